import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deleteScript, type TopicSpec, topicsScript } from "../../components/kafka/topicsScript";

/**
 * The script runs in a real bash against stand-ins for Kafka's two tools, which print what real ones print and write
 * down how they were called. The pipeline tests run it against the real ones.
 */
describe("the topics script", { timeout: 60_000 }, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "topics-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(topics: TopicSpec[], described = "", configs = "", broken = "") {
    const bin = path.join(folder, "bin");
    mkdirSync(bin, { recursive: true });
    for (const [tool, answer] of [
      ["kafka-topics.sh", described],
      ["kafka-configs.sh", configs],
    ]) {
      writeFileSync(path.join(folder, tool), answer);
      // Arguments hold anything but the zero character; an empty one ends a call.
      const script = `case " $* " in *" --describe "*) echo >> ${folder}/looks; ${tool === broken ? "echo no broker answers >&2; exit 3" : `cat ${folder}/${tool}`} ;; *) printf '%s\\0' ${tool} "\${@:3}" '' >> ${folder}/calls ;; esac`;
      writeFileSync(path.join(bin, tool), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
    }
    for (const file of ["calls", "looks"]) writeFileSync(path.join(folder, file), "");
    const script = topicsScript("10.0.0.9:9092,10.0.0.10:9092", topics).replaceAll(
      "/usr/hdp/current/kafka-broker/bin",
      bin,
    );
    const { status, stdout, stderr } = spawnSync("bash", ["-s"], { input: script, encoding: "utf8" });
    const recorded = readFileSync(path.join(folder, "calls"), "utf8").split("\0\0").slice(0, -1);
    const looks = readFileSync(path.join(folder, "looks"), "utf8").length;
    return { code: status, failure: stderr, said: stdout, looks, calls: recorded.map((call) => call.split("\0")) };
  }

  const tweets = { name: "tweets", partitions: 4, replicationFactor: 3 };
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

  it("starts no tool for any topic that is as declared, settings and all, however many there are", () => {
    const config = { "cleanup.policy": "compact,delete", "retention.ms": "60000", note: "a sensitive word, b" };
    const names = Array.from({ length: 100 }, (_, index) => `topic.${index}`);
    const topics = names.map((name) => ({ name, partitions: 4, replicationFactor: 3, config }));
    const there = names.map((name) => existing(4, 3, name)).join("");
    const settings = Object.entries(config).map(([name, value]) => `${name}=${value}`);
    const set = names.map((name) => overrides(settings, name)).join("");
    const same = run(topics, there, set);
    expect(same).toMatchObject({ failure: "", calls: [], looks: 2 });
    expect(same.said.match(/PartitionCount/g)).toHaveLength(100);

    const changed = run([...topics.slice(1), { ...topics[0], config: { ...config, note: "b" } }], there, set);
    expect(changed.looks).toBe(3);
    expect(changed.calls.map((call) => call.slice(5))).toEqual([["topic.0", "--add-config", "note=b"]]);
  });

  it.each(["kafka-topics.sh", "kafka-configs.sh"])("changes nothing when %s cannot look", (tool) => {
    const { calls, code, failure } = run([tweets], "", "", tool);
    expect({ calls, code }).toEqual({ calls: [], code: 3 });
    expect(failure).toContain("no broker answers");
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

  it("leaves the throttles of a reassignment that is under way", () => {
    const throttles = ["leader.replication.throttled.replicas=0:1", "follower.replication.throttled.replicas=0:2"];
    const topic = { name: "tweets", partitions: 4, replicationFactor: 3 };
    expect(run([topic], existing(4, 3), overrides(throttles)).calls).toEqual([]);
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

  // Many in one topic, since each run starts a dozen programs.
  const values = fc.array(
    fc
      .oneof(
        fc.string({ unit: fc.constantFrom(..."[],=a\n'\"$ ") }),
        fc.string({ unit: "grapheme" }),
        fc.constantFrom("[", "]", "[a]", "[a", "a]", "a,[b]", "*", "compact,delete"),
      )
      .filter((value) => !value.includes("\0")),
    { minLength: 1, maxLength: 40 },
  );
  const configOf = (list: string[]) =>
    Object.fromEntries(list.map((value, index) => [`setting.${String(index).padStart(2, "0")}`, value]));

  it("creates a topic with every value as it is, whatever characters it holds", () => {
    fc.assert(
      fc.property(values, (list) => {
        const config = configOf(list);
        const { calls } = run([{ name: "tweets", partitions: 1, replicationFactor: 1, config }]);
        const options = Object.entries(config).flatMap(([name, value]) => ["--config", `${name}=${value}`]);
        expect(calls.map((call) => call.slice(8))).toEqual([options]);
      }),
      { numRuns: 10 },
    );
  });

  it("changes settings with brackets around values that have commas, and around no other", () => {
    fc.assert(
      fc.property(values, (list) => {
        const config = configOf(list);
        const { calls } = run([{ name: "tweets", partitions: 4, replicationFactor: 3, config }], existing(4, 3));
        const settings = Object.entries(config).map(
          ([name, value]) => `${name}=${value.includes(",") ? `[${value}]` : value}`,
        );
        expect(calls.map((call) => call.slice(6))).toEqual([["--add-config", settings.join(",")]]);
      }),
      { numRuns: 10 },
    );
  });

  it("deletes a topic that is marked and exists, and nothing the second time", () => {
    const marked = { name: "old.tweets", partitions: 1, replicationFactor: 1, deleted: true };
    const topics = [marked, { name: "tweets", partitions: 4, replicationFactor: 3 }];
    const { calls, said } = run(topics, existing(4, 3) + existing(9, 2, "old.tweets"));
    expect(calls).toEqual([["kafka-topics.sh", "--delete", "--if-exists", "--topic", "old\\.tweets"]]);
    expect(said).toContain("Topic old.tweets is deleted");
    expect(run(topics, existing(4, 3)).calls).toEqual([]);
  });

  it("deletes all topics that are marked and exist by one call, or by one for a hundred", () => {
    const marked = (count: number) =>
      Array.from({ length: count }, (_, index) => `old.${index}`).map((name) => ({ ...tweets, name, deleted: true }));
    const names = (count: number) => marked(count).map(({ name }) => name.replace(".", "\\."));
    const there = marked(150).map(({ name }) => existing(4, 3, name));
    expect(run(marked(3), there.slice(0, 2).join("")).calls.map((call) => call.at(-1))).toEqual(["old\\.0|old\\.1"]);
    const { calls, said } = run(marked(150), there.join(""));
    expect(calls.map((call) => call.at(-1))).toEqual([
      names(150).slice(0, 100).join("|"),
      names(150).slice(100).join("|"),
    ]);
    expect(said).toContain("Topic old.0 is deleted, as declared.\nTopic old.1 is deleted");
  });

  it("deletes nothing when another topic cannot be made as declared", () => {
    const marked = { name: "old", partitions: 1, replicationFactor: 1, deleted: true };
    const { calls } = run(
      [marked, { name: "tweets", partitions: 1, replicationFactor: 3 }],
      existing(4, 3) + existing(1, 1, "old"),
    );
    expect(calls).toEqual([]);
  });

  it("keeps topics that are declared no more, names them and how they would go, and says nothing of Kafka's own", () => {
    const there =
      existing(4, 3) + existing(1, 1, "old") + existing(1, 1, "older") + existing(50, 3, "__consumer_offsets");
    const { calls, said } = run([{ name: "tweets", partitions: 4, replicationFactor: 3 }], there);
    expect(calls).toEqual([]);
    expect(said).toContain("Kept, though not declared (any more): old,older. A topic is deleted when");
    expect(run([{ name: "tweets", partitions: 4, replicationFactor: 3 }], existing(4, 3)).said).not.toContain("Kept");
  });

  it("names a topic to Kafka's tools so that its periods are no other character", () => {
    const { calls } = run([{ name: "a.b", partitions: 8, replicationFactor: 3 }], existing(4, 3, "a.b"));
    expect(calls).toEqual([["kafka-topics.sh", "--alter", "--topic", "a\\.b", "--partitions", "8"]]);
  });

  it("never deletes Kafka's own topics, marked or with all others", () => {
    const offsets = { name: "__consumer_offsets", partitions: 50, replicationFactor: 3 };
    expect(run([{ ...offsets, deleted: true }], existing(50, 3, "__consumer_offsets")).calls).toEqual([]);
    const script = deleteScript("b:9092", [offsets, { name: "tweets", partitions: 1, replicationFactor: 1 }]);
    expect(script).toContain("delete 'tweets'");
    expect(script).not.toContain("__consumer_offsets");
  });
});
