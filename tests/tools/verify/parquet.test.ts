import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readParquet } from "../../../tools/verify/parquet";
import { Workspace } from "../../../tools/verify/workspace";
import { tableFiles, Volume } from "./volume";
import { WorkspaceDouble } from "./workspaceDouble";

const files = tableFiles("stream");
const [, small] = [...files].find(([file]) => file.endsWith(".zstd.parquet")) as [string, Buffer];
const rows = [
  { id: "1-0", partition: 1, offset: 0 },
  { id: "1-1", partition: 1, offset: 1 },
];
/** The same rows, with five megabytes that no column names before the footer, which is found from the end. */
const large = (() => {
  const footer = small.length - 8 - small.readUInt32LE(small.length - 8);
  return Buffer.concat([small.subarray(0, footer), Buffer.alloc(5 * 1024 * 1024), small.subarray(footer)]);
})();

describe("a Parquet file", () => {
  const path = "/Volumes/main/a.parquet";
  let double: WorkspaceDouble;
  let workspace: Workspace;

  beforeEach(async () => {
    double = await new WorkspaceDouble().open();
    workspace = new Workspace(double.url, { DATABRICKS_TOKEN: double.token });
  });
  afterEach(async () => {
    await workspace.close();
    await double.close();
  });

  it.each([
    ["fetched whole when it is small", small, true],
    ["fetched in parts when it is large", large, true],
    ["cut here when the service sends all of it", large, false],
  ])("is %s", async (_, content, takesRanges) => {
    double.files.set(path, content);
    double.takesRanges = takesRanges;
    const file = { path, size: content.length };
    expect(await readParquet(workspace, file, ["id", "partition", "offset"])).toEqual(rows);
  });

  it("is asked for little more than the wanted columns when it is large", async () => {
    const volume = new Volume(new Map([[path, large]]));
    let fetched = 0;
    const bytes = async (file: string, range?: { start: number; end: number }) => {
      const content = await volume.bytes(file, range);
      fetched += content.byteLength;
      return content;
    };
    expect(await readParquet({ bytes }, { path, size: large.length }, ["offset", "partition", "id"])).toHaveLength(2);
    expect(fetched).toBeLessThan(600 * 1024);
  });

  it("has rows without the columns that it lacks", async () => {
    const volume = new Volume(new Map([[path, small]]));
    expect(await readParquet(volume, { path }, ["offset", "sidecar"])).toEqual([{ offset: 0 }, { offset: 1 }]);
  });

  it("is refused when it is none", async () => {
    const volume = new Volume(new Map([[path, Buffer.from("no Parquet at all")]]));
    await expect(readParquet(volume, { path }, ["offset"])).rejects.toThrow("PAR1");
  });
});
