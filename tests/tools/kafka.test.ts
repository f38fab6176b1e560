import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseFrom } from "../../tools/consume/from";
import { type ConsumedRecord, type ReadOptions, readTopic } from "../../tools/consume/read";
import { kafkaClient, withAdmin } from "../../tools/stack/kafka";
import type { TopicState } from "../../tools/topics/describe";
import { toText } from "../../tools/topics/render";
import { TestKafka } from "../notebooks/kafka";

let kafka: TestKafka;
const folder = mkdtempSync(path.join(tmpdir(), "kafka-tools-"));

beforeAll(async () => {
  kafka = await TestKafka.start();
  await kafka.createTopic("events", 2, { "retention.ms": "60000" });
  await kafka.createTopic("empty", 1);
  const message = (partition: number, index: number) => ({
    partition,
    key: `k${index}`,
    value: `v${partition}-${index}`,
  });
  for (const partition of [0, 1]) {
    await kafka.send(
      "events",
      Array.from({ length: 5 }, (_, index) => message(partition, index)),
    );
  }
  await kafka.send("events", [{ partition: 1, value: null }]);
});
afterAll(async () => {
  await kafka.stop();
  rmSync(folder, { recursive: true });
});

/** Runs a command on a stack `dev` whose brokers are the test's. */
function tool(file: string, args: string[], brokers = [kafka.brokers]) {
  const cli = path.join(folder, "pulumi");
  const outputs = {
    kafkaBrokers: brokers,
    topics: [{ name: "events", partitions: 2, replicationFactor: 1, config: {} }],
    ...{ workspaceUrl: "https://127.0.0.1", consumerJobUrl: "https://127.0.0.1/#job/1" },
  };
  writeFileSync(
    cli,
    `#!/bin/sh\n[ "$*" = "stack output --json --stack dev" ] || exit 9\necho '${JSON.stringify(outputs)}'\n`,
  );
  chmodSync(cli, 0o755);
  return execa(process.execPath, ["--import", "tsx", `tools/${file}`, "--stack", "dev", ...args], {
    env: { PATH: `${folder}${path.delimiter}${process.env.PATH}`, NO_COLOR: "1" },
    reject: false,
    stdin: "ignore",
  });
}

describe("npm run topics", { timeout: 120_000 }, () => {
  it("shows what the brokers say of topics, but for Kafka's own", async () => {
    const { stdout } = await tool("topics.ts", []);
    expect(stdout.split("\n").map((line) => line.split(/\s{2,}/))).toEqual([
      ["Topic", "Partitions", "Replicas", "In sync", "Records", "Settings"],
      ["empty", "1", "1", "1", "0"],
      ["events", "2", "1", "1", "11", "retention.ms=60000"],
    ]);
  });

  it("shows leaders, copies and offsets of each partition, and the same for programs", async () => {
    const { stdout } = await tool("topics.ts", ["events", "--partitions"]);
    expect(stdout.split("\n")[2]).toMatch(/^events {3,}1 {3,}\d+ {3,}\d+ {3,}\d+ {3,}0 to 6$/);
    const [topic] = JSON.parse((await tool("topics.ts", ["events", "--json"])).stdout) as TopicState[];
    expect(topic?.partitions.map(({ from, to }) => [from, to])).toEqual([
      [0, 5],
      [0, 6],
    ]);
  });

  it("says which topics there are when one is not, and which broker does not answer", async () => {
    const missing = await tool("topics.ts", ["nothing"]);
    expect(missing).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^There is no topic nothing\. There are: .*events/),
    });
    const silent = await tool("topics.ts", [], ["127.0.0.1:1"]);
    expect(silent.exitCode).toBe(1);
    expect(silent.stderr).toMatch(/ECONNREFUSED 127\.0\.0\.1:1/);
  });

  it("marks what has too few copies or no leader, in words too", () => {
    const partition = { partition: 0, leader: -1, replicas: [1, 2], inSync: [1], from: 0, to: 1234 };
    const state = [{ name: "t", partitions: [partition], config: {} }];
    expect(stripVTControlCharacters(toText(state, false))).toMatch(/t {3,}1 {3,}2 {3,}1 ! {3,}1,234/);
    expect(stripVTControlCharacters(toText(state, true))).toMatch(/none ! {3,}1 2 {3,}1 ! {3,}0 to 1234/);
    expect(toText([], false)).toBe("There is no topic.");
  });
});

describe("npm run consume", { timeout: 120_000 }, () => {
  async function read(options: Partial<ReadOptions>, topic = "events"): Promise<ConsumedRecord[]> {
    const records: ConsumedRecord[] = [];
    const all = { from: "beginning", follow: false, signal: new AbortController().signal, ...options } as ReadOptions;
    await readTopic(kafkaClient([kafka.brokers]), topic, all, (record) => records.push(record));
    return records;
  }

  it("reads all there is, in order within each partition, and leaves no group behind", async () => {
    const records = await read({});
    expect(records).toHaveLength(11);
    for (const partition of [0, 1]) {
      const offsets = records.filter((one) => one.partition === partition).map(({ offset }) => offset);
      expect(offsets).toEqual(Array.from({ length: 5 + partition }, (_, index) => index));
    }
    expect(records.find(({ key }) => key === null)).toMatchObject({ partition: 1, offset: 5, value: null });
    const { groups } = await withAdmin(kafkaClient([kafka.brokers]), (admin) => admin.listGroups());
    expect(groups.filter(({ groupId }) => groupId.startsWith("streaming-consume"))).toEqual([]);
  });

  it("begins at a time, at the end, and ends after so many", async () => {
    const [, second] = (await read({})).filter(({ partition }) => partition === 0);
    const later = new Date((second as ConsumedRecord).timestamp.getTime() + 3_600_000);
    expect(await read({ from: new Date(0) })).toHaveLength(11);
    expect(await read({ from: later })).toEqual([]);
    expect(await read({ from: "end" })).toEqual([]);
    expect(await read({ count: 3 })).toHaveLength(3);
    expect(await read({}, "empty")).toEqual([]);
  });

  it("goes on with what comes until it is stopped", async () => {
    const stop = new AbortController();
    const records: ConsumedRecord[] = [];
    const reading = readTopic(
      kafkaClient([kafka.brokers]),
      "empty",
      { from: "end", follow: true, signal: stop.signal },
      (record) => {
        records.push(record);
        if (records.length === 2) stop.abort();
      },
    );
    const sending = setInterval(() => void kafka.send("empty", [{ value: "new" }]), 500);
    await reading.finally(() => clearInterval(sending));
    expect(records.map(({ value }) => value)).toEqual(["new", "new"]);
  });

  it("prints for people and for programs", async () => {
    const text = (await tool("consume.ts", ["--from", "beginning", "--no-follow"])).stdout.split("\n");
    expect(text).toHaveLength(11);
    expect(text).toContainEqual(expect.stringMatching(/^\d{4}-.*Z {2}partition 0 {2}offset 3 {2}k3 {2}v0-3$/));
    expect(text).toContainEqual(expect.stringMatching(/partition 1 {2}offset 5 {2}\(no value\)$/));
    const { stdout } = await tool("consume.ts", ["events", "--from", "beginning", "-n", "1", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ topic: "events", key: "k0", offset: 0 });
  });

  it("refuses a start that is none, and a topic that is not there", async () => {
    expect((await tool("consume.ts", ["--from", "yesterday"])).stderr).toContain(
      "It needs to be beginning, end or a time such as 2026-01-31T12:00:00Z; this is yesterday.",
    );
    await expect(read({}, "nothing")).rejects.toThrow(/^There is no topic nothing\. There are: /);
    expect(parseFrom("2026-01-31T12:00:00Z")).toEqual(new Date("2026-01-31T12:00:00Z"));
  });
});
