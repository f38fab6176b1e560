import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NotebookRun } from "../../local/engines/spark";
import { exitValue, sparkTimeout, TestEngine } from "../local/engines/spark/runs";
import { libraries, readNotebook } from "./files";
import { type Read, TestKafka } from "./kafka";
import { committedBatches, committedRows } from "./sink";

interface Row {
  id?: string;
  hashtags?: string[];
  sentAt?: string;
  partition: number;
  offset: number;
  malformed?: string;
  [column: string]: unknown;
}
interface Count {
  start: string;
  end: string;
  hashtag: string;
  count: number;
}

type Offsets = Record<string, Record<string, number>>;

const base = "/Volumes/main/streaming";
const event = (id: string, sentAt: string, ...hashtags: string[]) =>
  JSON.stringify({ id, source: "test", text: id, hashtags, authorId: null, createdAt: null, sentAt, rating: 0.5 });

let twin: TestEngine;
let kafka: TestKafka;

beforeAll(async () => {
  twin = new TestEngine();
  kafka = await TestKafka.start();
}, sparkTimeout);
afterAll(async () => {
  await twin?.close();
  await kafka?.stop();
});

/** A run of the consumer as it is deployed, on a topic, with output and checkpoint named after the topic. */
function consumer(topic: string, parameters: Record<string, string>): [string, Partial<NotebookRun>] {
  const places = { checkpoint: `${base}/checkpoints/${topic}`, output: `${base}/${topic}` };
  return [
    readNotebook("KafkaConsumer"),
    { libraries, parameters: { brokers: kafka.brokers, topic, sink: "json", ...places, ...parameters } },
  ];
}

/** The lines of progress that a query printed, first to last. */
function progressOf(log: string, query: string): Record<string, unknown>[] {
  return [...log.matchAll(/^\[cell \d+\] (\{"query":.*\})$/gm)]
    .map(([, json]) => JSON.parse(json as string) as Record<string, unknown>)
    .filter((line) => line.query === query);
}

describe("KafkaConsumer reading what is there", () => {
  const topic = "crafted";
  const malformed = ["no JSON", "[1,2]", '"text"', "42", '{"id":"x","rating":"high"}', '{"id":"cut', ""];
  let rows: Row[];
  let counts: Count[];
  let summary: Record<string, unknown>;
  let log: string;

  beforeAll(async () => {
    await kafka.createTopic(topic, 2);
    const values = [
      event("1", "2024-05-06T12:00:10.000Z", "azure", "kafka"),
      event("2", "2024-05-06T12:00:59.999Z", "azure"),
      event("3", "2024-05-06T12:01:00.000Z", "azure"),
      event("4", "2024-05-06T12:10:00.250Z", "later"),
      JSON.stringify({ other: "fields" }),
      ...malformed,
      null,
    ];
    await kafka.send(
      topic,
      values.map((value, index) => ({ key: `key-${index}`, value, partition: index % 2 })),
    );
    const run = await twin.run(...consumer(topic, { trigger: "availableNow" }));
    summary = JSON.parse(exitValue(run));
    log = run.log;
    rows = committedRows(twin.onDisk(`${base}/${topic}/events`));
    counts = committedRows(twin.onDisk(`${base}/${topic}/hashtags`));
  }, sparkTimeout);

  it("writes each record as one row, with where it was in the topic", async () => {
    const read = await kafka.read(topic);
    const places = (of: { partition: number; offset: number }[]) =>
      of.map((at) => `${at.partition}:${at.offset}`).sort();
    expect(places(rows)).toEqual(places(read));
    expect(rows.find(({ id }) => id === "4")).toEqual({
      ...{ id: "4", source: "test", text: "4", hashtags: ["later"], sentAt: "2024-05-06T12:10:00.250Z", rating: 0.5 },
      ...{ key: "key-3", topic, partition: 1, offset: 1 },
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it("keeps what is no event as it was", () => {
    expect(rows.flatMap((row) => (row.malformed === undefined ? [] : [row.malformed])).sort()).toEqual(
      [...malformed].sort(),
    );
    const others = rows.filter(({ key }) => key === "key-4" || key === "key-12");
    expect(others).toHaveLength(2);
    for (const row of others)
      expect(Object.keys(row).sort()).toEqual(["key", "offset", "partition", "timestamp", "topic"]);
  });

  it("counts hashtags in windows that are over", () => {
    const minute = (from: string, to: string) => ({
      start: `2024-05-06T${from}:00.000Z`,
      end: `2024-05-06T${to}:00.000Z`,
    });
    const sorted = counts.sort((a, b) => `${a.start}${a.hashtag}`.localeCompare(`${b.start}${b.hashtag}`));
    expect(sorted).toEqual([
      { ...minute("12:00", "12:01"), hashtag: "azure", count: 2 },
      { ...minute("12:00", "12:01"), hashtag: "kafka", count: 1 },
      { ...minute("12:01", "12:02"), hashtag: "azure", count: 1 },
    ]);
  });

  it("ends with a summary, and tells progress on the way", () => {
    const offsets = { [topic]: { 0: 7, 1: 6 } };
    expect(summary).toMatchObject({
      topic,
      sink: "json",
      events: { rows: 13, malformed: 7, endOffsets: offsets },
      hashtags: { rows: 13 },
    });
    expect(progressOf(log, "events")[0]).toEqual({
      ...{ query: "events", batchId: 0, timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/), numInputRows: 13 },
      inputRowsPerSecond: 0, // Spark has nothing to compare the first batch with
      processedRowsPerSecond: expect.any(Number),
      triggerExecutionMs: expect.any(Number),
      ...{ endOffset: offsets, lag: { [topic]: { 0: 0, 1: 0 } }, totalLag: 0 },
      ...{ rowsSinceStart: 13, malformedSinceStart: 7 },
    });
    // Counts are state until their window is over: three of the hashtags' four leave it with the next batch.
    expect(progressOf(log, "hashtags")[0]).toMatchObject({
      ...{ query: "hashtags", batchId: 0, numInputRows: 13, endOffset: offsets, totalLag: 0 },
      ...{ numRowsTotal: 4, numRowsDroppedByWatermark: 0 },
    });
  });
});

describe("KafkaConsumer that is behind", () => {
  it("tells how far, by partition", { timeout: sparkTimeout }, async () => {
    await kafka.createTopic("behind", 2);
    const records = Array.from({ length: 30 }, (_, index) => ({
      value: event(String(index), "2024-05-06T12:00:00Z", "tag"),
      partition: index < 20 ? 0 : 1,
    }));
    await kafka.send("behind", records);
    // One batch now, and no other for an hour: what is left is known exactly.
    const settings = { trigger: "1 hour", maxOffsetsPerTrigger: "6", sink: "noop" };
    const run = await twin.start(...consumer("behind", settings));
    let [line] = progressOf(readFileSync(run.logFile, "utf8"), "events");
    for (; line === undefined; [line] = progressOf(readFileSync(run.logFile, "utf8"), "events")) await sleep(200);
    await run.cancel();
    const { endOffset, lag, totalLag } = line as Record<"endOffset" | "lag", Offsets> & { totalLag: number };
    expect(line).toMatchObject({ batchId: 0, numInputRows: endOffset.behind[0] + endOffset.behind[1] });
    // Spark shares the six out by how much each partition has.
    expect(endOffset).toEqual({ behind: { 0: 4, 1: 2 } });
    expect(lag).toEqual({ behind: { 0: 16, 1: 8 } });
    expect(totalLag).toBe(24);
  });
});

describe("KafkaConsumer killed in the middle of a stream and started again", () => {
  const topic = "flowing";
  let rows: Row[];
  let counts: Count[];
  let records: Read[];
  let seenWhenKilled: number;

  beforeAll(async () => {
    await kafka.createTopic(topic, 3);
    // From a clock that is ahead. It must not make all that follows too late to be counted.
    await kafka.send(topic, [{ value: event("ahead", "2999-01-01T00:00:00.000Z", "ahead"), partition: 0 }]);
    let flowing = true;
    let next = 0;
    const flow = (async () => {
      while (flowing) {
        const now = new Date().toISOString();
        const batch = Array.from({ length: 40 }, () => event(String(next), now, `tag${next++ % 5}`));
        await kafka.send(
          topic,
          batch.map((value, index) => ({ value, partition: index % 3 })),
        );
        await sleep(100);
      }
    })();
    const settings = { window: "1 second", watermark: "5 seconds" };
    const output = twin.onDisk(`${base}/${topic}`);
    const trigger = { trigger: "200 milliseconds", maxOffsetsPerTrigger: "400" };
    const first = await twin.start(...consumer(topic, { ...settings, ...trigger }));
    while (committedBatches(`${output}/events`) < 5 || committedBatches(`${output}/hashtags`) < 3) await sleep(50);
    process.kill(first.pid, "SIGKILL");
    await first.done;
    seenWhenKilled = committedRows(`${output}/events`).length;
    await sleep(1_000);
    flowing = false;
    await flow;
    exitValue(await twin.run(...consumer(topic, { ...settings, trigger: "availableNow" })));
    rows = committedRows(`${output}/events`);
    counts = committedRows(`${output}/hashtags`);
    records = await kafka.read(topic);
  }, sparkTimeout);

  it("has each record of the topic in its output exactly once", () => {
    expect(seenWhenKilled).toBeGreaterThan(0);
    expect(seenWhenKilled).toBeLessThan(records.length);
    const places = (of: { partition: number; offset: number }[]) =>
      of.map((at) => `${at.partition}:${at.offset}`).sort();
    expect(places(rows)).toEqual(places(records));
  });

  it("has counted each hashtag once and in full", () => {
    const truth = new Map<string, number>();
    for (const { value } of records) {
      const { sentAt, hashtags } = JSON.parse(value ?? "") as Required<Row>;
      const window = `${sentAt.slice(0, 19)}.000Z ${hashtags[0]}`;
      truth.set(window, (truth.get(window) ?? 0) + 1);
    }
    const ofTheFlow = counts.filter(({ hashtag }) => hashtag !== "ahead");
    const windows = ofTheFlow.map(({ start, hashtag }) => `${start} ${hashtag}`);
    expect(windows.length).toBeGreaterThan(5);
    expect(new Set(windows).size).toBe(windows.length);
    for (const { start, hashtag, count } of ofTheFlow) expect(count, start).toBe(truth.get(`${start} ${hashtag}`));
  });

  it("does not count an event from a clock that is ahead", () => {
    expect(counts.filter(({ hashtag }) => hashtag === "ahead")).toEqual([]);
  });
});

describe("KafkaConsumer without micro-batches", () => {
  it("passes events on to another topic as they come", { timeout: sparkTimeout }, async () => {
    await kafka.createTopic("narrow", 2);
    await kafka.createTopic("copy", 1);
    const run = await twin.start(...consumer("narrow", { trigger: "continuous 1 second", sink: "kafka:copy" }));
    let sent = 0;
    // What is in the topic before the query has begun comes too: it starts with the earliest.
    while ((await kafka.size("copy")) < 20) {
      await kafka.send("narrow", [{ key: `k${sent}`, value: event(`e${sent}`, "2024-05-06T12:00:00Z", "tag") }]);
      sent++;
      await sleep(200);
    }
    // Partitions go on independently: that one has passed on twenty says nothing about the other.
    while ((await kafka.size("copy")) < sent) await sleep(200);
    await run.cancel();
    const copies = await kafka.read("copy");
    const first = copies.find(({ value }) => JSON.parse(value ?? "").id === "e0");
    expect(first?.key).toBe("k0");
    expect(first?.headers?.result?.toString()).toBe("events");
    expect(JSON.parse(first?.value ?? "")).toMatchObject({ id: "e0", hashtags: ["tag"], topic: "narrow", key: "k0" });
    expect(new Set(copies.map(({ value }) => JSON.parse(value ?? "").id)).size).toBe(sent);
  });

  it("refuses a topic that has more partitions than the cluster has cores", { timeout: sparkTimeout }, async () => {
    const { result } = await twin.run(...consumer("flowing", { trigger: "continuous 1 second", sink: "noop" }));
    expect(result).toMatchObject({
      outcome: "FAILED",
      message: expect.stringMatching(
        /each of the 3 partitions of `flowing` needs a core of its own; this cluster has 2/,
      ),
    });
  });
});

describe("KafkaConsumer that cannot go on", () => {
  it("fails when the topic does not exist, and says what to look at", { timeout: sparkTimeout }, async () => {
    const { result } = await twin.run(...consumer("absent", { trigger: "1 second" }));
    expect(result).toMatchObject({
      outcome: "FAILED",
      message: expect.stringMatching(/Topic `absent` of the Kafka brokers at .* cannot be read: .*It must exist/),
    });
  });

  it("fails with the query that fails, here for data that is gone", { timeout: sparkTimeout }, async () => {
    await kafka.createTopic("gone", 1);
    await kafka.send("gone", [{ value: event("1", "2024-05-06T12:00:00Z") }]);
    const startingOffsets = JSON.stringify({ gone: { 0: 999 } });
    const { result } = await twin.run(...consumer("gone", { trigger: "1 second", startingOffsets }));
    expect(result).toMatchObject({ outcome: "FAILED", message: expect.stringMatching(/StreamingQueryException/) });
    expect(`${(result as { trace: string }).trace}`).toMatch(/data may have been (lost|missed)|OffsetOutOfRange/);
  });
});
