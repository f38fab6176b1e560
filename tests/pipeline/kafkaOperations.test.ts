import { execa } from "execa";
import { type Admin, ConfigResourceTypes, Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalStack } from "../../local/stack/localStack";
import { refusalMessage } from "../../tools/diff/topicRefusals";
import { topicChanges } from "../../tools/diff/topics";
import { runEngine } from "../local/events";
import { TestTwin } from "../local/twin";

const tweets = { name: "tweets", partitions: 4, replicationFactor: 3, config: { "min.insync.replicas": "2" } };
const audit = {
  name: "audit",
  partitions: 2,
  replicationFactor: 3,
  config: { "retention.ms": "3600000", "cleanup.policy": "compact,delete" },
};
const raw = { name: "events.raw", partitions: 2, replicationFactor: 2, config: {} };

/** What a report of the change, which has no Kafka, says of it: claims that the brokers are then asked about. */
const told = (...change: Parameters<typeof topicChanges>) =>
  topicChanges(...change).map(({ topic, what }) => `${topic} ${what}`);

/** What people do to a cluster that runs, while messages flow: real engine, real brokers. */
describe("a running Kafka", { timeout: 240_000 }, () => {
  let twin: TestTwin;
  let stack: LocalStack;
  beforeAll(async () => {
    twin = await TestTwin.start(73);
  });
  afterAll(() => twin?.stop());

  async function up(values: Record<string, unknown>) {
    // With the sink of the stacks on Azure, whose table `verify` reads.
    stack = await twin.stack({ sparkInteractiveCluster: "false", sink: "delta", ...values });
    return runEngine(stack, "up");
  }

  async function ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const { kafkaBrokers } = await stack.outputs();
    const admin = new Kafka({ brokers: kafkaBrokers as string[], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      return await question(admin);
    } finally {
      await admin.disconnect();
    }
  }

  const partitionsOf = (topic: string) =>
    ask(async (admin) => (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions ?? []);

  const run = (tool: string, ...args: string[]) =>
    execa("npx", ["tsx", `tools/${tool}.ts`, "--stack", "local", ...args], {
      env: { STREAMING_TWIN_DIR: twin.home },
      reject: false,
    });

  it("has the topics that it was deployed with", async () => {
    const { errors } = await up({ topics: [tweets, audit] });
    expect(errors).toBe("");
    expect((await stack.outputs()).topics).toEqual([tweets, audit]);
  });

  it("takes a new topic, more partitions, another value and none of one's own in one `up`", async () => {
    const changed = { ...audit, partitions: 3, config: { "retention.ms": "7200000" } };
    expect(told([tweets, audit], [tweets, changed, raw])).toEqual([
      "audit gets 3 partitions instead of 2",
      "audit has `cleanup.policy` Kafka's default instead of compact,delete",
      "audit has `retention.ms` 7200000 (2 hours) instead of 3600000 (1 hour)",
      "events.raw is made, with 2 partitions and 2 replicas",
    ]);
    const { errors, touched } = await up({ topics: [tweets, changed, raw] });
    expect(errors).toBe("");
    expect(touched).toEqual({ update: ["topics-script"] });
    expect(await partitionsOf("audit")).toHaveLength(3);
    const made = await partitionsOf("events.raw");
    expect(made.map(({ replicas }) => replicas.length)).toEqual([2, 2]);
    const { resources } = await ask((admin) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: [
          { type: ConfigResourceTypes.TOPIC, name: "audit", configNames: ["retention.ms", "cleanup.policy"] },
        ],
      }),
    );
    const values = resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]);
    expect(Object.fromEntries(values ?? [])).toEqual({ "retention.ms": "7200000", "cleanup.policy": "delete" });
  });

  it("refuses what Kafka cannot do, all of it in one message, before it makes or deletes anything", async () => {
    const topics = [
      { ...tweets, partitions: 2 },
      { ...audit, replicationFactor: 2 },
      { ...raw, deleted: true },
      { ...raw, name: "another" },
    ];
    const { ok, errors } = await up({ topics });
    expect(ok).toBe(false);
    // A report of this change, which has no Kafka, says the same.
    const before = [tweets, { ...audit, partitions: 3 }, raw];
    expect(errors).toContain(refusalMessage(before, topics));
    expect(errors).toContain(
      [
        "Nothing was changed, because these topics cannot be made as declared:",
        "  topic tweets has 4 partitions and 2 are wanted: Kafka cannot take partitions away. Declare at least 4, or move to a new topic.",
        "  topic audit has 3 partitions and 2 are wanted: Kafka cannot take partitions away. Declare at least 3, or move to a new topic.",
        "  topic audit has replication factor 3 and 2 is wanted: it is fixed when a topic is created. Declare 3, or move to a new topic.",
      ].join("\n"),
    );
    const names = await ask((admin) => admin.listTopics());
    expect(names).toContain("events.raw");
    expect(names).not.toContain("another");
  });

  it("loses a topic that is marked, keeps one that is left out and says so, and has nothing to do again", async () => {
    const topics = [tweets, { ...raw, deleted: true }];
    expect(told([tweets, audit, raw], topics)).toEqual([
      "audit is no longer declared",
      "events.raw is deleted, where it exists",
    ]);
    const first = await up({ topics });
    expect(first.errors).toBe("");
    expect(first.text).toContain("Topic events.raw is deleted, as declared.");
    expect(first.text).toContain("Kept, though not declared (any more): audit.");
    const names = await ask((admin) => admin.listTopics());
    expect(names).toContain("audit");
    expect(names).not.toContain("events.raw");
    expect((await stack.outputs()).topics).toEqual([tweets]);
    expect((await up({ topics })).touched).toEqual({});
  });

  it("spreads its partitions over a broker that was added, without losing a message, and once", async () => {
    const grown = { topics: [tweets], kafkaWorkers: "4" };
    expect((await up(grown)).errors).toBe("");
    const holders = async () => (await partitionsOf("tweets")).flatMap(({ replicas }) => replicas);
    expect(await holders()).not.toContain(1004);

    const plan = await run("rebalance");
    expect(plan.stderr).not.toMatch(/error/i);
    expect(plan.stdout).toMatch(/^1004 .* 0 -> \d+/m);
    expect(plan.stdout).toContain("Nothing is moved yet: that takes --apply.");
    expect(await holders()).not.toContain(1004);

    const applied = await run("rebalance", "--apply", "--throttle", "20");
    expect(applied.stderr).not.toMatch(/error/i);
    expect(applied.exitCode).toBe(0);
    expect(applied.stdout).toContain("All partitions are where they were to be, and nothing is throttled any more.");
    const partitions = await partitionsOf("tweets");
    expect(partitions.filter(({ replicas }) => replicas.includes(1004))).toHaveLength(3);
    expect(partitions.map(({ leader }) => leader).sort()).toEqual([1001, 1002, 1003, 1004]);

    expect((await run("rebalance")).stdout).toContain("Nothing is to be moved.");
    expect((await up(grown)).touched).toEqual({});
    const { stderr, stdout } = await run("verify", "--json");
    expect(stderr).not.toMatch(/^- /m);
    expect(JSON.parse(stdout)).toMatchObject({ missing: 0, duplicates: 0, topics: [{ inSync: 3 }] });
  });

  it("goes back to host names when it is to advertise nothing, with nothing to do again, and no client here resolves them", async () => {
    const none = { topics: [tweets], kafkaWorkers: "4", kafkaAdvertise: "none" };
    const { errors, touched } = await up(none);
    expect(errors).toBe("");
    expect(touched["create-replacement"]).toEqual(["kafka-addresses-advertise"]);
    const { exitCode, stderr } = await run("verify", "--json", "--timeout", "10");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/wn\d-kafkal\.\w+\.bx\.internal\.cloudapp\.net/);
    expect((await up(none)).touched).toEqual({});
  });
});
