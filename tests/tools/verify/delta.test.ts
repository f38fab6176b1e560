import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Incomparable } from "../../../tools/verify/commits";
import { SinkReader } from "../../../tools/verify/sink";
import { events, tableFiles, Volume } from "./volume";

const commitOf = (version: number) => `${events}/_delta_log/${String(version).padStart(20, "0")}.json`;
const stream = tableFiles("stream");

/** The one file that a commit of `stream` adds. */
function addedBy(version: number): { path: string; modificationTime: number; stats: string } {
  const actions = String(stream.get(commitOf(version)))
    .trim()
    .split("\n");
  return actions.map((line) => JSON.parse(line).add).find((add) => add);
}

/** Records of `stream` at a version, as `tables.scala` makes them. */
function recordsAt(version: number): string[] {
  const records: string[] = [];
  const append = (since: number, partition: number, offset: number) => {
    if (version >= since) records.push(`${partition}:${offset}`, `${partition}:${offset + 1}`);
  };
  for (const index of [0, 1, 2, 3, 4, 5]) append(index + 1, index % 2, Math.floor(index / 2) * 2);
  append(8, 0, 6);
  append(9, 1, 6);
  append(11, 1, 8);
  return records.filter((record) => version < 10 || record !== "1:6").sort();
}

interface How {
  /** Whether there are checkpoints (at 5 and 10), and whether something says which is the newest. */
  checkpoints: "named" | "there" | "none";
  /** Whether the commits before the newest checkpoint are gone. */
  cleaned: boolean;
  /** Whether the files that the table has no more are gone. */
  vacuumed: boolean;
}

/** The files of `stream` at a version. */
function streamAt(version: number, { checkpoints, cleaned, vacuumed }: How): Map<string, Buffer> {
  const checkpoint = checkpoints === "none" || version < 5 ? -1 : version < 10 ? 5 : 10;
  const text = (at: number) => String(stream.get(commitOf(at)));
  const later = Array.from({ length: version + 1 }, (_, at) => text(at)).join("\n");
  const files = [...stream].filter(([file]) => {
    const at = /_delta_log\/(\d{20})\.(checkpoint\.)?/.exec(file);
    if (!at) return !vacuumed || !later.includes(`"remove":{"path":"${file.slice(events.length + 1)}"`);
    if (at[2]) return Number(at[1]) <= checkpoint;
    return Number(at[1]) <= version && !(cleaned && Number(at[1]) <= checkpoint);
  });
  const named = checkpoints === "named" && checkpoint >= 0;
  const pointer = Buffer.from(JSON.stringify({ version: checkpoint }));
  const rest = files.filter(([file]) => !file.endsWith("_last_checkpoint"));
  return new Map([...rest, ...(named ? [[`${events}/_delta_log/_last_checkpoint`, pointer] as const] : [])]);
}

class Reading {
  readonly volume = new Volume(new Map());
  readonly reader: SinkReader;

  constructor({ marked, from = 0 }: { marked?: string; from?: number } = {}) {
    const ranges = [0, 1].map((partition) => ({ partition, from, to: 99 }));
    this.reader = new SinkReader(this.volume, "delta", events, { ranges, isMarked: (id) => id === marked });
  }

  /** What the reader has found after a look at these files: each record as often as it was found. */
  async look(files: Map<string, Buffer>): Promise<string[]> {
    this.volume.contents.clear();
    for (const [file, content] of files) this.volume.contents.set(file, content);
    this.volume.asked.length = 0;
    await this.reader.update();
    const found = [...this.reader.found].flatMap(([partition, offsets]) =>
      [...offsets].flatMap(([offset, times]) => Array.from({ length: times }, () => `${partition}:${offset}`)),
    );
    return found.sort();
  }

  get asked(): string[] {
    return this.volume.asked.map((file) => file.slice(events.length + 1));
  }
}

const usual: How = { checkpoints: "named", cleaned: false, vacuumed: false };

describe("a Delta table that a stream writes", () => {
  const version = fc.integer({ min: 0, max: 11 });
  const how = fc.record({
    checkpoints: fc.constantFrom("named", "there", "none"),
    cleaned: fc.boolean(),
    vacuumed: fc.boolean(),
  });

  it("is what it holds, whenever one looks, with compaction, deletion, checkpoints and what is cleaned up between", async () => {
    const looks = fc.array(fc.tuple(version, how), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(looks, async (unsorted) => {
        const reading = new Reading();
        for (const [at, how] of unsorted.toSorted(([a], [b]) => a - b)) {
          // Commits before a checkpoint are kept for weeks: who has looked before finds those that came since.
          const isFirst = reading.asked.length === 0;
          expect(await reading.look(streamAt(at, { ...how, cleaned: how.cleaned && isFirst }))).toEqual(recordsAt(at));
          expect(reading.reader.problems()).toEqual([]);
        }
      }),
    );
  });

  it("is not there before the stream has begun", async () => {
    const reading = new Reading();
    expect(await reading.look(new Map())).toEqual([]);
    expect(await reading.look(streamAt(1, usual))).toEqual(["0:0", "0:1"]);
  });

  it("is read from its newest checkpoint on, and nothing of it twice", async () => {
    const reading = new Reading();
    await reading.look(streamAt(8, usual));
    const log = (name: string) => `_delta_log/${name}`;
    const commits = (...versions: number[]) => versions.map((at) => commitOf(at).slice(events.length + 1));
    expect(reading.asked.filter((file) => file.startsWith("_delta_log"))).toEqual([
      log("_last_checkpoint"),
      log("00000000000000000005.checkpoint.parquet"),
      ...commits(6, 7, 8, 9, 10, 11, 12),
    ]);
    expect(reading.asked.filter((file) => file.startsWith("part-"))).toHaveLength(2);

    await reading.look(streamAt(9, usual));
    expect(reading.asked).toEqual([...commits(9, 10, 11), expect.stringMatching(/^part-/)]);
    await reading.look(streamAt(9, usual));
    expect(reading.asked).toEqual(commits(10));
  });

  it.each([
    [5, 3],
    [6, 2],
    [8, 0],
  ])(
    "is not read where it holds only what was before offset %d, which the topic holds no more",
    async (from, files) => {
      const reading = new Reading({ from });
      const found = await reading.look(streamAt(9, usual));
      const held = (records: string[]) => records.filter((record) => Number(record.slice(2)) >= from);
      expect(held(found)).toEqual(held(recordsAt(9)));
      expect(reading.asked.filter((file) => file.startsWith("part-"))).toHaveLength(files);
    },
  );

  it("is read whole where its log has no statistics", async () => {
    const files = streamAt(1, usual);
    const { stats, ...add } = addedBy(1);
    expect(stats).toContain("maxValues");
    for (const left of [add, { ...add, stats: '{"numRecords":2}' }, { ...add, stats: null }]) {
      files.set(commitOf(1), Buffer.from(JSON.stringify({ add: left })));
      expect(await new Reading({ from: 50 }).look(files)).toEqual(["0:0", "0:1"]);
    }
  });

  it("says when the file was written in which a marked record came, not the one that it was moved to", async () => {
    const reading = new Reading({ marked: "1-0" });
    for (const at of [2, 8, 10]) await reading.look(streamAt(at, usual));
    expect([...reading.reader.written]).toEqual([["1-0", addedBy(2).modificationTime]]);
  });

  it("has a problem while a file that it holds cannot be read, and none any more when it can", async () => {
    const reading = new Reading();
    const files = streamAt(9, usual);
    const path = `${events}/${addedBy(8).path}`;
    const without = recordsAt(9).filter((record) => record !== "0:6" && record !== "0:7");
    expect(await reading.look(new Map([...files].filter(([file]) => file !== path)))).toEqual(without);
    expect(reading.reader.problems()).toEqual([
      `The consumer committed ${path}, which cannot be read: 404 for ${path}`,
    ]);
    expect(await reading.look(files)).toEqual(recordsAt(9));
    expect(reading.reader.problems()).toEqual([]);
  });
});

describe("tables that are laid out otherwise", () => {
  it("have a checkpoint in several parts, be it named or found", async () => {
    const files = tableFiles("parts");
    for (const at of [0, 1, 2, 3]) files.delete(commitOf(at));
    const all = ["0:0", "0:1", "0:2", "0:3", "0:4", "0:5"];
    expect(await new Reading().look(files)).toEqual(all);
    files.delete(`${events}/_delta_log/_last_checkpoint`);
    expect(await new Reading().look(files)).toEqual(all);
  });

  it("are not read from a checkpoint whose parts are not all there", async () => {
    const files = tableFiles("parts");
    files.delete(`${events}/_delta_log/_last_checkpoint`);
    files.delete(`${events}/_delta_log/00000000000000000003.checkpoint.0000000002.0000000002.parquet`);
    const reading = new Reading();
    expect(await reading.look(files)).toHaveLength(6);
    expect(reading.asked).not.toContainEqual(expect.stringContaining("checkpoint.0"));
  });

  it.each([
    [2, "json"],
    [4, "parquet"],
  ])("have a V2 checkpoint at %d in the form %s, be it named or found", async (version, form) => {
    const files = tableFiles("v2");
    const log = `${events}/_delta_log`;
    for (const file of files.keys()) {
      const [, at, isCommit] = /_delta_log\/0+(\d)\.(json$)?/.exec(file) ?? [];
      const isGone = Number(at) > version || (isCommit && Number(at) <= version);
      if (isGone || file.endsWith("_last_checkpoint")) files.delete(file);
    }
    const checkpoint = String([...files.keys()].find((file) => file.includes(`${version}.checkpoint.`)));
    expect(checkpoint).toMatch(new RegExp(`/0+${version}\\.checkpoint\\.[\\da-f-]{36}\\.${form}$`));
    const all = Array.from({ length: version * 2 }, (_, offset) => `0:${offset}`);
    expect(await new Reading().look(files)).toEqual(all);
    const pointer = { version, v2Checkpoint: { path: checkpoint.slice(log.length + 1) } };
    files.set(`${log}/_last_checkpoint`, Buffer.from(JSON.stringify(pointer)));
    const reading = new Reading();
    expect(await reading.look(files)).toEqual(all);
    expect(reading.asked).not.toContain("_delta_log/");
  });

  it("have names that are encoded, and absolute ones", async () => {
    const files = tableFiles("kinds");
    expect(await new Reading().look(files)).toEqual(["0:0", "0:1"]);
    const text = String(files.get(commitOf(1)));
    files.set(commitOf(1), Buffer.from(text.replace('"path":"', `"path":"dbfs:${events}/`)));
    expect(await new Reading().look(files)).toEqual(["0:0", "0:1"]);
  });

  it("may have deletion vectors as long as there are none", async () => {
    const files = tableFiles("vectors");
    files.delete(commitOf(2));
    expect(await new Reading().look(files)).toEqual(["0:0", "0:1", "0:2", "0:3"]);
  });
});

describe("a table that cannot be read", () => {
  const refusal = async (files: Map<string, Buffer>, before?: Map<string, Buffer>) => {
    const reading = new Reading();
    if (before) await reading.look(before);
    return reading.look(files).catch((error: unknown) => {
      expect(error).toBeInstanceOf(Incomparable);
      return (error as Error).message;
    });
  };

  it("has deletion vectors, from the first look on or since", async () => {
    const files = tableFiles("vectors");
    const before = new Map([...files].filter(([file]) => file !== commitOf(2)));
    expect(await refusal(files)).toBe(`the Delta table ${events} has deletion vectors, which cannot be read from here`);
    expect(await refusal(files, before)).toBe(await refusal(files));
  });

  it.each([
    ["the reader version 4", /"minReaderVersion":1/, '"minReaderVersion":4'],
    ["the features catalogManaged", /"minReaderVersion":1/, '"minReaderVersion":3,"readerFeatures":["catalogManaged"]'],
    ["column mapping by name", /"configuration":\{/, '"configuration":{"delta.columnMapping.mode":"name",'],
    ["partitions by offset", /"partitionColumns":\[\]/, '"partitionColumns":["offset","text"]'],
    ["files in the format orc", /"provider":"parquet"/, '"provider":"orc"'],
  ])("has %s, from the first look on or since", async (has, before, after) => {
    const files = streamAt(3, usual);
    const changed = Buffer.from(String(files.get(commitOf(0))).replace(before, after));
    const expected = `the Delta table ${events} has ${has}, which cannot be read from here`;
    expect(await refusal(new Map([...files, [commitOf(0), changed]]))).toBe(expected);
    expect(await refusal(new Map([...files, [commitOf(4), changed]]), files)).toBe(expected);
  });

  it("has files in another place", async () => {
    const files = streamAt(1, usual);
    const text = String(files.get(commitOf(1)));
    files.set(commitOf(1), Buffer.from(text.replace('"path":"', '"path":"abfss://c@account.dfs.core.windows.net/')));
    expect(await refusal(files)).toMatch(/has files elsewhere \(abfss:.*only what is below \/Volumes can be read/);
  });
});
