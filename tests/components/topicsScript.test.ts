import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deleteScript, quote, type TopicSpec, topicsScript } from "../../components/kafka/topicsScript";

/**
 * The script runs in a real bash against stand-ins for Kafka's two tools, which print what real ones print and write
 * down how they were called. The pipeline tests run it against the real ones.
 */
describe("the topics script", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "topics-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(topics: TopicSpec[], described = "", configs = "") {
    const bin = path.join(folder, "bin");
    mkdirSync(bin);
    writeFileSync(path.join(folder, "described"), described);
    writeFileSync(path.join(folder, "configs"), configs);
    for (const tool of ["kafka-topics.sh", "kafka-configs.sh"]) {
      const answer = path.join(folder, tool === "kafka-topics.sh" ? "described" : "configs");
      writeFileSync(
        path.join(bin, tool),
        `#!/bin/bash\ncase " $* " in *" --describe "*) cat ${answer} ;; *) printf '%s' "${tool}" >> ${folder}/calls; printf '\\t%s' "\${@:3}" >> ${folder}/calls; printf '\\n' >> ${folder}/calls ;; esac\n`,
        { mode: 0o755 },
      );
    }
    writeFileSync(path.join(folder, "calls"), "");
    const script = topicsScript("10.0.0.9:9092,10.0.0.10:9092", topics).replaceAll(
      "/usr/hdp/current/kafka-broker/bin",
      bin,
    );
    let failure = "";
    try {
      execFileSync("bash", ["-s"], { input: script, stdio: ["pipe", "pipe", "pipe"] });
    } catch (error) {
      failure = String((error as { stderr: Buffer }).stderr);
    }
    const calls = readFileSync(path.join(folder, "calls"), "utf8").split("\n").filter(Boolean);
    return { failure, calls: calls.map((call) => call.split("\t")) };
  }

  const existing = (partitions: number, replicas: number, name = "tweets") =>
    `Topic: ${name}\tTopicId: x1\tPartitionCount: ${partitions}\tReplicationFactor: ${replicas}\tConfigs: min.insync.replicas=2\n\tTopic: ${name}\tPartition: 0\tLeader: 1\tReplicas: 1,2,3\tIsr: 1,2,3\n`;
  const overrides = (settings: string[], name = "tweets") =>
    `Dynamic configs for topic ${name} are:\n${settings.map((s) => `  ${s} sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:${s}}\n`).join("")}`;

  it("creates a missing topic with its partitions, replicas and settings", () => {
    const { calls, failure } = run([
      {
        name: "tweets",
        partitions: 4,
        replicationFactor: 3,
        config: { "min.insync.replicas": "2", "cleanup.policy": "compact,delete" },
      },
    ]);
    expect(failure).toBe("");
    expect(calls).toEqual([
      [
        "kafka-topics.sh",
        "--create",
        "--topic",
        "tweets",
        "--partitions",
        "4",
        "--replication-factor",
        "3",
        "--config",
        "cleanup.policy=compact,delete",
        "--config",
        "min.insync.replicas=2",
      ],
    ]);
  });

  it("changes nothing when everything is as declared and no setting is", () => {
    expect(run([{ name: "tweets", partitions: 4, replicationFactor: 3 }], existing(4, 3)).calls).toEqual([]);
  });

  it("adds partitions when more are declared", () => {
    const { calls } = run([{ name: "tweets", partitions: 8, replicationFactor: 3 }], existing(4, 3));
    expect(calls).toEqual([["kafka-topics.sh", "--alter", "--topic", "tweets", "--partitions", "8"]]);
  });

  it("sets what is declared and takes away the settings that are not any more", () => {
    const { calls } = run(
      [
        {
          name: "tweets",
          partitions: 4,
          replicationFactor: 3,
          config: { "retention.ms": "60000", "cleanup.policy": "compact,delete" },
        },
      ],
      existing(4, 3),
      overrides(["retention.ms=1", "segment.ms=5"]),
    );
    expect(calls).toEqual([
      [
        "kafka-configs.sh",
        "--entity-type",
        "topics",
        "--alter",
        "--entity-name",
        "tweets",
        "--delete-config",
        "segment.ms",
      ],
      [
        "kafka-configs.sh",
        "--entity-type",
        "topics",
        "--alter",
        "--entity-name",
        "tweets",
        "--add-config",
        "cleanup.policy=[compact,delete],retention.ms=60000",
      ],
    ]);
  });

  it("refuses fewer partitions and another replication factor, names every such topic, and changes nothing at all", () => {
    const { calls, failure } = run(
      [
        { name: "new", partitions: 1, replicationFactor: 1 },
        { name: "tweets", partitions: 2, replicationFactor: 3 },
        { name: "users", partitions: 4, replicationFactor: 2 },
      ],
      existing(4, 3) + existing(4, 3, "users"),
    );
    expect(calls).toEqual([]);
    expect(failure).toContain("Nothing was changed");
    expect(failure).toContain("topic tweets has 4 partitions and 2 are wanted");
    expect(failure).toContain("topic users has replication factor 3 and 2 is wanted");
  });

  it("does not take one topic for another whose name begins alike", () => {
    const { calls } = run([{ name: "tweets", partitions: 1, replicationFactor: 1 }], existing(9, 3, "tweets.archive"));
    expect(calls[0].slice(0, 4)).toEqual(["kafka-topics.sh", "--create", "--topic", "tweets"]);
  });

  it("deletes only topics that exist", () => {
    expect(deleteScript("b:9092", [{ name: "tweets", partitions: 1, replicationFactor: 1 }])).toContain(
      "topics --delete --if-exists --topic 'tweets'",
    );
  });
});

describe("a value in the script", () => {
  it("reaches the tool as it is, whatever characters it holds", () => {
    fc.assert(
      fc.property(
        fc.string().filter((s) => !s.includes("\0")),
        (value) => {
          expect(execFileSync("bash", ["-c", `printf %s ${quote(value)}`], { encoding: "utf8" })).toBe(value);
        },
      ),
      { numRuns: 60 },
    );
  });
});
