import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { committedFiles, currentLogs, volumePath } from "../../../tools/verify/sinkLog";

const entry = (path: string, action = "add", modificationTime = 1000) =>
  JSON.stringify({ path, size: 1, isDir: false, modificationTime, blockReplication: 1, blockSize: 1, action });
const log = (...entries: string[]) => ["v1", ...entries].join("\n");

describe("the logs that matter", () => {
  it.each([
    [[], []],
    [
      ["0", "1", "2"],
      ["0", "1", "2"],
    ],
    [
      ["10", "9", "8"],
      ["8", "9", "10"],
    ],
    [
      ["8", "9.compact", "10", "11"],
      ["9.compact", "10", "11"],
    ],
    [["9.compact", "18", "19.compact"], ["19.compact"]],
    [[".10.0a1b.tmp", ".9.compact.crc", "9.compact", "_tmp", "10.tmp"], ["9.compact"]],
  ])("of %j are %j", (names, expected) => {
    expect(currentLogs(names)).toEqual(expected);
  });

  it("start with the newest compacted one and are in the order of their batches, whatever the order of the listing", () => {
    const batches = fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(batches, (numbers) => {
        const names = numbers.map((batch) => (batch % 10 === 9 ? `${batch}.compact` : String(batch)));
        const logs = currentLogs(names).map((name) => Number.parseInt(name, 10));
        const newest = Math.max(-1, ...numbers.filter((batch) => batch % 10 === 9));
        expect(logs).toEqual(numbers.filter((batch) => batch >= newest).sort((a, b) => a - b));
      }),
    );
  });
});

describe("the files that are committed", () => {
  it("are those added and not deleted, with the time of each", () => {
    const logs = [
      log(entry("viewfs:/Volumes/a/b/1.json", "add", 10), entry("viewfs:/Volumes/a/b/2.json", "add", 20)),
      log(entry("viewfs:/Volumes/a/b/1.json", "delete"), entry("viewfs:/Volumes/a/b/3.json", "add", 30)),
    ];
    expect(committedFiles(logs)).toEqual([
      { path: "/Volumes/a/b/2.json", modified: 20, size: 1 },
      { path: "/Volumes/a/b/3.json", modified: 30, size: 1 },
    ]);
  });

  it("are none of a batch without output", () => {
    expect(committedFiles(["v1", "v1\n"])).toEqual([]);
  });

  it.each(["v2\n{}", "", entry("/Volumes/a/b/c")])("cannot be told from a log that begins otherwise: %j", (text) => {
    expect(() => committedFiles([text])).toThrow("not v1");
  });

  it.each(["v1\nnot json", 'v1\n{"path":"/Volumes/a/b/c"}'])("cannot be told from broken lines: %j", (text) => {
    expect(() => committedFiles([text])).toThrow();
  });
});

describe("the path of a file", () => {
  it.each([
    ["/Volumes/main/streaming/output/events/part-0.json", "/Volumes/main/streaming/output/events/part-0.json"],
    ["viewfs:/Volumes/main/s/v/part-0.json", "/Volumes/main/s/v/part-0.json"],
    ["viewfs://twin/Volumes/main/s/v/part-0.json", "/Volumes/main/s/v/part-0.json"],
    ["dbfs:/Volumes/main/s/v/part-0.json", "/Volumes/main/s/v/part-0.json"],
    ["file:///home/me/.local/twin/volumes/Volumes/main/s/v/a%20b.json", "/Volumes/main/s/v/a b.json"],
  ])("%s begins at /Volumes", (uri, path) => expect(volumePath(uri)).toBe(path));

  it("is refused when it is elsewhere", () => {
    expect(() => volumePath("abfss://c@account.dfs.core.windows.net/x.json")).toThrow("not under /Volumes");
  });
});
