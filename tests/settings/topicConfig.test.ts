import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { classpath } from "../../local/setup/jars";
import { javaBinary } from "../../local/setup/prerequisites";
import { topicConfigs } from "../../settings/topicConfig";

/** What Kafka says of itself: the page of its documentation is made of this. Values by the name of a topic configuration. */
function kafkaConfigs(): Record<string, { type: string; valid: string }> {
  const html = execFileSync(javaBinary(), ["-cp", classpath("kafka").join(path.delimiter), "kafka.log.LogConfig"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 120_000,
  });
  const cell = (text: string, title: string) => new RegExp(`<th>${title}:</th><td>(.*?)</td>`).exec(text)?.[1] ?? "";
  return Object.fromEntries(
    [...html.matchAll(/href="#topicconfigs_(.*?)">(.*?)<\/table>/gs)].map(([, name, text]) => [
      name,
      { type: cell(text, "Type"), valid: cell(text, "Valid Values") },
    ]),
  );
}

const limits: Record<string, bigint> = { int: 2n ** 31n - 1n, long: 2n ** 63n - 1n };
/** Where the table asks for more than Kafka does, as its comment says. */
const least: Record<string, bigint> = { "retention.bytes": -1n };

describe("the topic settings that are taken", () => {
  let kafka: ReturnType<typeof kafkaConfigs>;
  beforeAll(() => {
    kafka = kafkaConfigs();
  }, 240_000);

  const taken = (name: string, ...values: string[]) => values.filter((value) => topicConfigs[name].accepts(value));
  const ofType = (...types: string[]) => Object.entries(kafka).filter(([, { type }]) => types.includes(type));

  it("are those that Kafka has", () => {
    expect(Object.keys(topicConfigs).sort()).toEqual(Object.keys(kafka).sort());
  });

  it("have Kafka's limits where they are whole numbers", () => {
    const numbers = ofType("int", "long");
    expect(numbers.length).toBeGreaterThan(14);
    for (const [name, { type, valid }] of numbers) {
      const min = least[name] ?? BigInt(/^\[(-?\d+),\.\.\.\]$/.exec(valid)?.[1] ?? "");
      const max = limits[type];
      expect([name, ...taken(name, String(min - 1n), String(min), String(max), String(max + 1n))]).toEqual([
        ...[name, String(min), String(max)],
      ]);
      expect(taken(name, "", "1d", "two", "0x10", "1.5", "1e3", " 20", "true", "9".repeat(40))).toEqual([]);
    }
  });

  it("take Kafka's words and no other", () => {
    const words = ofType("string", "list").filter(([, { valid }]) => /^\[[\w, ]+\]$/.test(valid));
    expect(words.map(([name]) => name).sort()).toEqual([
      "cleanup.policy",
      "compression.type",
      "message.timestamp.type",
    ]);
    for (const [name, { valid }] of words) {
      const all = valid.slice(1, -1).split(", ");
      expect(taken(name, ...all)).toEqual(all);
      expect(taken(name, "", "x", all[0].toUpperCase(), `${all[0]}s`, `${all[0]},x`)).toEqual([]);
    }
    expect(taken("cleanup.policy", "compact,delete", "compact, delete")).toEqual(["compact,delete"]);
  });

  it("take true and false where Kafka has a boolean", () => {
    expect(ofType("boolean")).toHaveLength(3);
    for (const [name] of ofType("boolean")) {
      expect(taken(name, "true", "false", "yes", "1", "")).toEqual(["true", "false"]);
    }
  });

  it("take a ratio from 0 to 1", () => {
    expect(ofType("double").map(([name, { valid }]) => [name, valid])).toEqual([
      ["min.cleanable.dirty.ratio", "[0,...,1]"],
    ]);
    const good = ["0", "1", "0.5", ".5", "1.0"];
    expect(taken("min.cleanable.dirty.ratio", ...good, "1.1", "-0.5", "50%", "half", ".")).toEqual(good);
  });

  it("take the versions of formats that Kafka knows", () => {
    const known = kafka["message.format.version"].valid.slice(1, -1).split(", ");
    const name = "message.format.version";
    expect(taken(name, ...known)).toEqual(known);
    const plain = known.map((version) => version.replace(/-IV\d$/, ""));
    expect(taken(name, ...plain)).toEqual(plain);
    expect(taken(name, ...plain.map((version) => `${version}.1`))).toHaveLength(known.length);
    const next = known.map((version) => version.replace(/\d$/, (last) => `${Number(last) + 1}`));
    expect(taken(name, ...next)).toEqual(next.filter((version) => known.includes(version) || plain.includes(version)));
    expect(taken(name, "3", "0.8", "latest", "0.9.0-IV0", "3.0-", "3.0-IV1x")).toEqual([]);
  });

  it("take replicas that are slowed down, or all of them", () => {
    for (const name of ["leader.replication.throttled.replicas", "follower.replication.throttled.replicas"]) {
      expect(taken(name, "*", "0:1", "0:1,1:2", "0", "0:1,", "a:b", "*:1")).toEqual(["*", "0:1", "0:1,1:2"]);
    }
  });
});
