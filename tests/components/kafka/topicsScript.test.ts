import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { topicChanges } from "../../../components/kafka/topicChanges/compiled";
import { deleteScript, type TopicSpec, topicsScript } from "../../../components/kafka/topicsScript";
import { refusalMessage } from "../../../tools/diff/topicRefusals";
import { classIn } from "../../../tools/topicChanges/compile";

/**
 * The script runs in a real bash against stand-ins for Kafka's tools, which print what real ones print and write down how
 * they were called, or, as the script's own program, what it was given. The pipeline tests run it against real ones.
 */
describe("the topics script", { timeout: 120_000 }, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "topics-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(topics: TopicSpec[], described = "", configs = "", broken = "", script?: string) {
    const bin = path.join(folder, "bin");
    mkdirSync(bin, { recursive: true });
    for (const [tool, answer] of [
      ["kafka-topics.sh", described],
      ["kafka-configs.sh", configs],
    ]) {
      writeFileSync(path.join(folder, tool), answer);
      // Arguments hold anything but the zero character; an empty one ends a call.
      const text = `case " $* " in *" --describe "*) echo >> ${folder}/looks; ${tool === broken ? "echo no broker answers >&2; exit 3" : `cat ${folder}/${tool}`} ;; *) printf '%s\\0' ${tool} "\${@:3}" '' >> ${folder}/calls ;; esac`;
      writeFileSync(path.join(bin, tool), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
    }
    const program = `cp "$CLASSPATH/$1.class" ${folder}/class; cat >> ${folder}/changes; echo "$2" >> ${folder}/servers`;
    writeFileSync(path.join(bin, "kafka-run-class.sh"), `#!/bin/bash\n${program}\n`, { mode: 0o755 });
    for (const file of ["calls", "looks", "changes", "servers"]) writeFileSync(path.join(folder, file), "");
    const input = (script ?? topicsScript("10.0.0.9:9092,10.0.0.10:9092", topics)).replaceAll(
      "/usr/hdp/current/kafka-broker/bin",
      bin,
    );
    mkdirSync(path.join(folder, "tmp"), { recursive: true });
    const env = { ...process.env, TMPDIR: path.join(folder, "tmp") };
    const { status, stdout, stderr } = spawnSync("bash", ["-s"], { input, encoding: "utf8", env });
    expect(readdirSync(path.join(folder, "tmp"))).toEqual([]);
    const recorded = readFileSync(path.join(folder, "calls"), "utf8").split("\0\0").slice(0, -1);
    const looks = readFileSync(path.join(folder, "looks"), "utf8").length;
    return {
      code: status,
      failure: stderr,
      said: stdout,
      looks,
      calls: recorded.map((call) => call.split("\0")),
      changes: changesIn(readFileSync(path.join(folder, "changes"), "utf8")),
      runs: readFileSync(path.join(folder, "servers"), "utf8").split("\n").slice(0, -1),
    };
  }

  const tweets = { name: "tweets", partitions: 4, replicationFactor: 3 };
  const existing = (partitions: number, replicas: number, name = "tweets") =>
    `Topic: ${name}\tTopicId: x1\tPartitionCount: ${partitions}\tReplicationFactor: ${replicas}\tConfigs: min.insync.replicas=2\n\tTopic: ${name}\tPartition: 0\tLeader: 1\tReplicas: 1,2,3\tIsr: 1,2,3\n`;
  const overrides = (settings: string[], name = "tweets") =>
    `Dynamic configs for topic ${name} are:\n${settings.map((s) => `  ${s} sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:${s}}\n`).join("")}`;

  it("creates a missing topic with its partitions, replicas and settings", () => {
    const { calls, changes, failure, runs } = run([
      {
        name: "tweets",
        partitions: 4,
        replicationFactor: 3,
        config: { "min.insync.replicas": "2", "cleanup.policy": "compact,delete" },
      },
    ]);
    expect(failure).toBe("");
    expect(calls).toEqual([]);
    expect(changes).toEqual([
      ["create", "tweets", "4", "3"],
      ["with", "tweets", "cleanup.policy=compact,delete"],
      ["with", "tweets", "min.insync.replicas=2"],
    ]);
    expect(runs).toEqual(["10.0.0.9:9092,10.0.0.10:9092"]);
    expect(readFileSync(path.join(folder, "class"))).toEqual(classIn(topicChanges));
  });

  it("changes nothing when everything is as declared and no setting is", () => {
    expect(run([tweets], existing(4, 3))).toMatchObject({ calls: [], changes: [], runs: [], failure: "" });
    expect(existsSync(path.join(folder, "class"))).toBe(false);
  });

  it("starts one tool for all that are new or changed, however many there are", () => {
    const many = Array.from({ length: 600 }, (_, index) => ({ ...tweets, name: `${"n".repeat(245)}${index}` }));
    const there = many.slice(300).map(({ name }) => existing(1, 3, name));
    const { changes, runs, calls, failure, looks } = run(many, there.join(""));
    expect({ failure, runs: runs.length, calls, looks }).toEqual({ failure: "", runs: 1, calls: [], looks: 3 });
    expect(changes).toEqual([
      ...many.slice(0, 300).map(({ name }) => ["create", name, "4", "3"]),
      ...many.slice(300).map(({ name }) => ["grow", name, "4"]),
    ]);
  });

  it("does nothing when it is cut anywhere on its way", () => {
    const whole = topicsScript("10.0.0.9:9092", [tweets, { ...tweets, name: "old", deleted: true }]);
    const there = existing(1, 1, "old");
    expect(run([], there, "", "", whole)).toMatchObject({ code: 0, looks: 3, runs: ["10.0.0.9:9092"] });
    const cuts = [0.1, 0.5, 0.9].map((part) => Math.floor(whole.length * part));
    for (const cut of [...cuts, whole.indexOf("\nmain() {") + 30, whole.length - 3]) {
      expect(run([], there, "", "", whole.slice(0, cut))).toMatchObject({ calls: [], changes: [], runs: [], looks: 0 });
    }
    const all = deleteScript("10.0.0.9:9092", [tweets]);
    expect(run([], there, "", "", all).calls).toHaveLength(1);
    expect(run([], there, "", "", all.slice(0, -3)).calls).toEqual([]);
  });

  it("refuses a name that differs from another topic's in periods and underscores only, before anything is changed", () => {
    const named = (name: string) => ({ ...tweets, name });
    const { changes, failure } = run([named("a.b"), named("new"), named("c_d"), named("c.d")], existing(4, 3, "a_b"));
    expect(changes).toEqual([]);
    expect(failure).toContain("Nothing was changed");
    expect(failure).toContain("topic a.b cannot be made beside topic a_b: their metrics have one name");
    expect(failure).toContain("topic c.d cannot be made beside topic c_d");
    expect(run([named("a_b"), named("a-b"), named("a__b")], existing(4, 3, "a_b")).changes).toEqual([
      ["create", "a-b", "4", "3"],
      ["create", "a__b", "4", "3"],
    ]);
  });

  it("looks again when a topic went away while it looked", () => {
    const once = path.join(folder, "once");
    const script = topicsScript("10.0.0.9:9092", [tweets]).replace(
      "look configs --describe",
      `vanishing() { [ -e ${once} ] || { touch ${once}; return 1; }; configs --describe; }; look vanishing`,
    );
    expect(run([], existing(4, 3), "", "", script)).toMatchObject({ code: 0, looks: 2, changes: [] });
    expect(existsSync(once)).toBe(true);
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
    expect(changed.changes).toEqual([["set", "topic.0", "note=b"]]);
  });

  it.each(["kafka-topics.sh", "kafka-configs.sh"])("changes nothing when %s cannot look", (tool) => {
    const { calls, changes, code, failure } = run([tweets], "", "", tool);
    expect({ calls, changes, code }).toEqual({ calls: [], changes: [], code: 3 });
    expect(failure).toContain("no broker answers");
  });

  it("adds partitions when more are declared", () => {
    expect(run([{ ...tweets, partitions: 8 }], existing(4, 3)).changes).toEqual([["grow", "tweets", "8"]]);
  });

  it("sets what is declared and takes away the settings that are not any more", () => {
    const { changes } = run(
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
    expect(changes).toEqual([
      ["unset", "tweets", "segment.ms"],
      ["set", "tweets", "cleanup.policy=compact,delete"],
      ["set", "tweets", "retention.ms=60000"],
    ]);
  });

  it("leaves the throttles of a reassignment that is under way", () => {
    const throttles = ["leader.replication.throttled.replicas=0:1", "follower.replication.throttled.replicas=0:2"];
    const topic = { name: "tweets", partitions: 4, replicationFactor: 3 };
    expect(run([topic], existing(4, 3), overrides(throttles))).toMatchObject({ changes: [], code: 0 });
  });

  it("refuses fewer partitions and another replication factor, names every such topic, and changes nothing at all", () => {
    const { changes, failure } = run(
      [
        { name: "new", partitions: 1, replicationFactor: 1 },
        { name: "tweets", partitions: 2, replicationFactor: 3 },
        { name: "users", partitions: 4, replicationFactor: 2 },
      ],
      existing(4, 3) + existing(4, 3, "users"),
    );
    expect(changes).toEqual([]);
    expect(failure).toContain("Nothing was changed");
    expect(failure).toContain("topic tweets has 4 partitions and 2 are wanted");
    expect(failure).toContain("topic users has replication factor 3 and 2 is wanted");
  });

  it("refuses what a report of a change says that it refuses, in the same words, and nothing else", () => {
    const topic = (name: string, partitions: number, replicationFactor: number, more: Partial<TopicSpec> = {}) => ({
      ...{ name, partitions, replicationFactor, config: {} },
      ...more,
    });
    const before = [
      topic("tweets", 4, 3),
      topic("users", 4, 3),
      topic("a_b", 1, 1),
      topic("c_d", 1, 1),
      topic("gone", 9, 3, { deleted: true }),
    ];
    const there = before
      .filter(({ deleted }) => !deleted)
      .map((each) => existing(each.partitions, each.replicationFactor, each.name));
    const refused = [
      topic("tweets", 2, 2),
      topic("users", 8, 1),
      topic("a.b", 1, 1),
      topic("a_b", 1, 1),
      topic("c.d", 1, 1),
      topic("c_d", 1, 1, { deleted: true }),
      topic("gone", 1, 1),
      topic("new", 1, 1),
    ];
    const { failure, calls, changes } = run(refused, there.join(""));
    expect(failure.trim()).toBe(refusalMessage(before, refused));
    expect(failure.trim().split("\n")).toHaveLength(6);
    expect([...calls, ...changes]).toEqual([]);

    const taken = [topic("tweets", 8, 3), topic("users", 1, 1, { deleted: true }), topic("gone", 1, 1)];
    expect(run(taken, there.join(""))).toMatchObject({ code: 0, failure: "" });
    expect(refusalMessage(before, taken)).toBeUndefined();
  });

  it("does not take one topic for another whose name begins alike", () => {
    const { changes } = run(
      [{ name: "tweets", partitions: 1, replicationFactor: 1 }],
      existing(9, 3, "tweets.archive"),
    );
    expect(changes).toEqual([["create", "tweets", "1", "1"]]);
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
        const { changes } = run([{ name: "tweets", partitions: 1, replicationFactor: 1, config }]);
        const settings = Object.entries(config).map(([name, value]) => ["with", "tweets", `${name}=${value}`]);
        expect(changes).toEqual([["create", "tweets", "1", "1"], ...settings]);
      }),
      { numRuns: 10 },
    );
  });

  it("changes settings to every value as it is, whatever characters it holds", () => {
    fc.assert(
      fc.property(values, (list) => {
        const config = configOf(list);
        const { changes } = run([{ ...tweets, config }], existing(4, 3));
        expect(changes).toEqual(Object.entries(config).map(([name, value]) => ["set", "tweets", `${name}=${value}`]));
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
    const { calls, changes } = run(
      [marked, { name: "tweets", partitions: 1, replicationFactor: 3 }],
      existing(4, 3) + existing(1, 1, "old"),
    );
    expect([...calls, ...changes]).toEqual([]);
  });

  it("keeps topics that are declared no more, names them and how they would go, and says nothing of Kafka's own", () => {
    const there =
      existing(4, 3) + existing(1, 1, "old") + existing(1, 1, "older") + existing(50, 3, "__consumer_offsets");
    const { calls, changes, said } = run([{ name: "tweets", partitions: 4, replicationFactor: 3 }], there);
    expect([...calls, ...changes]).toEqual([]);
    expect(said).toContain("Kept, though not declared (any more): old,older. A topic is deleted when");
    expect(run([{ name: "tweets", partitions: 4, replicationFactor: 3 }], existing(4, 3)).said).not.toContain("Kept");
  });

  it("never deletes Kafka's own topics, marked or with all others", () => {
    const offsets = { name: "__consumer_offsets", partitions: 50, replicationFactor: 3 };
    expect(run([{ ...offsets, deleted: true }], existing(50, 3, "__consumer_offsets")).calls).toEqual([]);
    const script = deleteScript("b:9092", [offsets, { name: "tweets", partitions: 1, replicationFactor: 1 }]);
    expect(script).toContain("delete 'tweets'");
    expect(script).not.toContain("__consumer_offsets");
  });
});

/** What the script's program was given: changes with their fields. */
function changesIn(given: string): string[][] {
  const fields = given.split("\0").slice(0, -1);
  const changes: string[][] = [];
  while (fields.length > 0) changes.push(fields.splice(0, fields[0] === "create" ? 4 : 3));
  return changes;
}
