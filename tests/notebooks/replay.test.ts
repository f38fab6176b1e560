import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitValue, sparkTimeout, TestEngine } from "../local/engines/spark/runs";
import { libraries, readNotebook } from "./files";
import { type Read, TestKafka } from "./kafka";

const dataset = "/Volumes/main/streaming/data/tweets.jsonl";
const rate = 40;
const wellFormed = Array.from({ length: 80 }, (_, index) => ({
  id: `t${index + 1}`,
  text: `Tweet ${index + 1}`,
  rating: 0.5,
}));
const lines = [
  JSON.stringify({
    id: "tags",
    text: "Überall #Größe, #größe und #日本 #a1_b; nicht x#y, #123 oder http://a/#b &#c",
    rating: -1.25,
  }),
  "this is no JSON",
  JSON.stringify({ id: "by-author", text: "“quoted” \\ & <b>", authorId: "42", createdAt: "2024-05-06T07:08:09Z" }),
  JSON.stringify({ text: "has no id" }),
  JSON.stringify([{ id: "an array" }]),
  "",
  JSON.stringify({ id: 7, text: "a number as id", rating: "none" }),
  ...wellFormed.map((tweet) => JSON.stringify(tweet)),
];

describe("KafkaProducer replaying a data set", () => {
  const topic = "replayed";
  let twin: TestEngine;
  let kafka: TestKafka;
  let records: Read[];
  let summary: Record<string, unknown>;
  let log: string;
  let began: number;

  beforeAll(async () => {
    twin = new TestEngine();
    kafka = await TestKafka.start();
    await kafka.createTopic(topic, 3);
    mkdirSync(path.dirname(twin.onDisk(dataset)), { recursive: true });
    writeFileSync(twin.onDisk(dataset), lines.join("\n"));
    began = Date.now();
    const parameters = {
      brokers: kafka.brokers,
      topic,
      source: "replay",
      rate: String(rate),
      stopAfter: "end",
      dataset,
    };
    const run = await twin.run(readNotebook("KafkaProducer"), { parameters, libraries });
    log = run.log;
    summary = JSON.parse(exitValue(run));
    records = await kafka.read(topic);
  }, sparkTimeout);
  afterAll(async () => {
    await twin?.close();
    await kafka?.stop();
  });

  const event = (id: string) =>
    JSON.parse(records.find(({ value }) => JSON.parse(value ?? "").id === id)?.value ?? "null");

  it("sends each event once, and counts the lines that are none", () => {
    const ids = records.map(({ value }) => JSON.parse(value ?? "").id);
    expect(ids.sort()).toEqual(["tags", "by-author", "7", ...wellFormed.map(({ id }) => id)].sort());
    expect(summary).toMatchObject({
      source: "replay",
      topic,
      sent: 83,
      acknowledged: 83,
      failed: 0,
      malformed: 3,
      rounds: 1,
    });
  });

  it("writes the event format, with the hashtags of any script in lower case", () => {
    expect(event("tags")).toEqual({
      id: "tags",
      source: "replay",
      text: "Überall #Größe, #größe und #日本 #a1_b; nicht x#y, #123 oder http://a/#b &#c",
      hashtags: ["größe", "日本", "a1_b"],
      authorId: null,
      createdAt: null,
      sentAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      rating: -1.25,
    });
    expect(event("by-author")).toMatchObject({
      text: "“quoted” \\ & <b>",
      hashtags: [],
      authorId: "42",
      createdAt: "2024-05-06T07:08:09Z",
      rating: null,
    });
  });

  it("uses the author as key where one is known, else the id, and the send time as timestamp", () => {
    for (const { key, value, timestamp } of records) {
      const { id, authorId, sentAt } = JSON.parse(value ?? "");
      expect(key).toBe(authorId ?? id);
      expect(timestamp).toBe(Date.parse(sentAt));
      expect(timestamp).toBeGreaterThan(began);
    }
    expect(new Set(records.map(({ partition }) => partition)).size).toBe(3);
  });

  it("keeps to the rate, and to the order of the data set", () => {
    const sent = records.map(({ value }) => JSON.parse(value ?? "")).sort((a, b) => a.sentAt.localeCompare(b.sentAt));
    const seconds = (Date.parse(sent[82].sentAt) - Date.parse(sent[0].sentAt)) / 1000;
    expect(seconds).toBeGreaterThan(82 / rate - 0.05);
    expect(seconds).toBeLessThan(82 / rate + 1.5);
    const numbered = sent.map(({ text }) => /^Tweet (\d+)$/.exec(text)?.[1]).filter((number) => number !== undefined);
    expect(numbered).toEqual(wellFormed.map((_, index) => String(index + 1)));
    expect(log).toMatch(/^\[cell \d+\] sent 83, acknowledged 83, failed 0, \d+\.\d\/s$/m);
  });
});
