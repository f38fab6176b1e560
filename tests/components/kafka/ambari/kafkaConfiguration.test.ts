import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  advertising,
  namesFromEnvironment,
  withoutAdvertising,
} from "../../../../components/kafka/ambari/kafkaConfiguration";

const env = (content: string) => ({ type: "kafka-env", properties: { content, kafka_log_dir: "/var/log/kafka" } });
const broker = (listeners: string) => ({ type: "kafka-broker", properties: { listeners, "log.dirs": "/data" } });
const asCreated = () => ({
  env: env("export JAVA_HOME={{java64_home}}\n"),
  broker: broker("PLAINTEXT://localhost:9092"),
});

describe("the configuration that makes brokers advertise IP addresses", () => {
  it("adds to what the cluster has, and loses none of it", () => {
    const created = asCreated();
    const wanted = advertising(created.env, created.broker);
    expect(wanted.broker.properties).toEqual({ listeners: "PLAINTEXT://0.0.0.0:9092", "log.dirs": "/data" });
    expect(wanted.env.properties.content).toMatch(/^export JAVA_HOME=\{\{java64_home\}\}\n/);
    expect(wanted.env.properties.kafka_log_dir).toBe("/var/log/kafka");
  });

  it("is the very same once it is there, so that nothing is restarted", () => {
    const created = asCreated();
    const once = advertising(created.env, created.broker);
    const twice = advertising(once.env, once.broker);
    expect(twice.env).toBe(once.env);
    expect(twice.broker).toBe(once.broker);
  });

  it("takes the place of an earlier version, wherever that stands", () => {
    const earlier = "a=1\n# streaming: advertise IP addresses (0)\nold line\n# streaming: end\nb=2\n";
    const { content } = advertising(env(earlier), broker("")).env.properties;
    expect(content).toMatch(/^a=1\nb=2\n# streaming: advertise IP addresses \(1\)\n/);
    expect(content).not.toContain("old line");
  });

  it("settles after one step, whatever the cluster had before", () => {
    fc.assert(
      fc.property(fc.string(), (content) => {
        const once = advertising(env(content), broker("x"));
        expect(advertising(once.env, once.broker)).toEqual(once);
      }),
    );
  });

  it("holds no double brace of its own, which Ambari would take for its template language", () => {
    expect(advertising(env(""), broker("")).env.properties.content).not.toMatch(/\{\{|\{%|\{#/);
  });

  it.each([
    ["the node's own address", {}, "10.0.0.9"],
    [
      "the name for it",
      { "10.0.0.9": "broker-0.kafka.internal", "10.0.0.10": "broker-1.kafka.internal" },
      "broker-0.kafka.internal",
    ],
    ["its address where there is no name for it", { "10.0.0.10": "broker-1.kafka.internal" }, "10.0.0.9"],
  ])("rewrites server.properties to %s, once, however often a broker starts", (_, names, advertised) => {
    const folder = mkdtempSync(path.join(tmpdir(), "advertise-"));
    try {
      const properties = path.join(folder, "server.properties");
      writeFileSync(
        properties,
        "broker.id=1\nadvertised.listeners=PLAINTEXT://wn0:9092\nlisteners=PLAINTEXT://0.0.0.0:9092\n",
      );
      writeFileSync(path.join(folder, "hostname"), "#!/bin/sh\necho '10.0.0.9 '\n", { mode: 0o755 });
      const script = (advertising(env(""), broker(""), names).env.properties.content ?? "").replaceAll(
        "/usr/hdp/current/kafka-broker/conf/server.properties",
        properties,
      );
      for (let start = 0; start < 2; start++) {
        execFileSync("bash", ["-ec", script], { env: { PATH: `${folder}:${process.env.PATH}` } });
      }
      expect(readFileSync(properties, "utf8")).toBe(
        `broker.id=1\nlisteners=PLAINTEXT://0.0.0.0:9092\nadvertised.listeners=PLAINTEXT://${advertised}:9092\n`,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("goes from addresses to names and back, with nothing of the other left", () => {
    const names = { "10.0.0.9": "broker-0.kafka.internal" };
    const addresses = advertising(env(""), broker(""));
    const named = advertising(addresses.env, addresses.broker, names);
    expect(named.env.properties.content).toContain("10.0.0.9) address=broker-0.kafka.internal ;;");
    expect(named.env.properties.content?.match(/# streaming: advertise/g)).toHaveLength(1);
    expect(advertising(named.env, named.broker, names).env).toBe(named.env);
    expect(advertising(named.env, named.broker)).toEqual(addresses);
  });

  it.each([
    ["addresses", {}],
    ["names", { "10.0.0.9": "broker-0.kafka.internal" }],
  ])("is taken back from %s, with nothing of it left, and listeners as they were", (_, names) => {
    const created = asCreated();
    const told = advertising(created.env, created.broker, names);
    expect(withoutAdvertising(told.env, told.broker)).toEqual(created);
  });

  it("is not taken back where it never was, be there listeners like its own", () => {
    const own = { env: env("a=1\n"), broker: broker("PLAINTEXT://0.0.0.0:9092") };
    const left = withoutAdvertising(own.env, own.broker);
    expect(left.env).toBe(own.env);
    expect(left.broker).toBe(own.broker);
  });

  it("is taken back without listeners that somebody has set since", () => {
    const told = advertising(env("a=1\n"), broker(""));
    const since = broker("PLAINTEXT://10.0.0.9:9092");
    const left = withoutAdvertising(told.env, since);
    expect(left.env.properties.content).toBe("a=1\n");
    expect(left.broker).toBe(since);
  });

  it("takes names and addresses from the environment, and nothing that a shell would read as more", () => {
    expect(namesFromEnvironment({})).toEqual({});
    expect(namesFromEnvironment({ KAFKA_BROKER_NAMES: '{"10.0.0.9":"b-0.kafka"}' })).toEqual({
      "10.0.0.9": "b-0.kafka",
    });
    for (const names of [{ "10.0.0.9": "$(reboot)" }, { "*": "broker-0.kafka" }, { "10.0.0.9": "a b" }]) {
      expect(() => namesFromEnvironment({ KAFKA_BROKER_NAMES: JSON.stringify(names) })).toThrow(
        "`KAFKA_BROKER_NAMES` needs host names by IPv4 addresses",
      );
    }
  });
});
