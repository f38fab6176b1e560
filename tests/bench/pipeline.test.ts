import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { longestBatch } from "../../bench/benches/pipeline/consumer";
import { rateIn } from "../../bench/benches/pipeline/producer";
import { writeDataset } from "../../bench/engine/dataset";

const folder = mkdtempSync(path.join(tmpdir(), "bench-pipeline-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the rate of Kafka's tool", () => {
  it("is that of all records, in the last line", () => {
    const output =
      "5 records sent, 1.0 records/sec (0.1 MB/sec), 3.0 ms avg latency\n" +
      "9 records sent, 116732.4 records/sec (16.1 MB/sec), 3.0 ms avg latency, 9.0 ms max latency.\n";
    expect(rateIn(output)).toBe(116732.4);
    expect(() => rateIn("java.net.ConnectException\n")).toThrow("told no rate:\njava.net.ConnectException");
  });
});

describe("the batch with all events", () => {
  const line = (query: string, numInputRows: number, triggerExecutionMs: number) =>
    `[cell 9] ${JSON.stringify({ query, batchId: 0, numInputRows, triggerExecutionMs })}\n`;

  it("takes as long as the slower query", () => {
    const log = line("events", 10, 700) + line("hashtags", 10, 900) + line("hashtags", 0, 5_000);
    expect(longestBatch(log, 10)).toBe(900);
  });

  it("is one that both queries have", () => {
    expect(() => longestBatch(line("events", 10, 700) + line("hashtags", 9, 900), 10)).toThrow(/no batch of 10 events/);
  });
});

describe("a data set", () => {
  it("has lines with ids and texts of their own, of one length", async () => {
    const file = path.join(folder, "data.jsonl");
    await writeDataset(file, 300, 40);
    const lines = readFileSync(file, "utf8").trim().split("\n");
    const posts = lines.map((line) => JSON.parse(line) as { id: string; text: string });
    expect(new Set(posts.map(({ id }) => id)).size).toBe(300);
    expect(new Set(posts.map(({ text }) => text.length))).toEqual(new Set([40]));
    expect(new Set(posts.map(({ text }) => text)).size).toBeGreaterThan(50);
  });
});
