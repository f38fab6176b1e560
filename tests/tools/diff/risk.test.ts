import { describe, expect, it } from "vitest";
import { effectOf } from "../../../tools/diff/risk";
import { type DeclaredTopic, topicChanges } from "../../../tools/diff/topics";

describe("topics", () => {
  const tweets = { name: "tweets", partitions: 4, replicationFactor: 3, config: { "retention.ms": "1000" } };
  it.each([
    ["more partitions", { ...tweets, partitions: 8 }, "low"],
    ["fewer partitions", { ...tweets, partitions: 2 }, "disruptive"],
    ["other replicas", { ...tweets, replicationFactor: 2 }, "disruptive"],
    ["a longer retention", { ...tweets, config: { "retention.ms": "2000" } }, "low"],
    ["retention for ever", { ...tweets, config: { "retention.ms": "-1" } }, "low"],
    ["a shorter retention", { ...tweets, config: { "retention.ms": "500" } }, "destructive"],
    ["no retention of its own, which is a week", { ...tweets, config: {} }, "low"],
    ["a limit of its size", { ...tweets, config: { ...tweets.config, "retention.bytes": "1000000" } }, "destructive"],
    ["no limit of its size, as ever", { ...tweets, config: { ...tweets.config, "retention.bytes": "-1" } }, "low"],
    [
      "the newest event of each key only",
      { ...tweets, config: { ...tweets.config, "cleanup.policy": "compact" } },
      "destructive",
    ],
    ["the policy that is Kafka's own", { ...tweets, config: { ...tweets.config, "cleanup.policy": "delete" } }, "low"],
    [
      "smaller batches than now",
      { ...tweets, config: { ...tweets.config, "max.message.bytes": "1000" } },
      "disruptive",
    ],
  ])("with %s", (_, after, grade) => {
    expect(topicChanges([tweets], [after]).map((found) => found.grade)).toEqual([grade]);
  });

  const gone = { ...tweets, deleted: true };
  it.each([
    ["that are marked are deleted", [tweets], [gone], ["destructive"]],
    ["that are marked without having been declared are deleted if they exist", [], [gone], ["destructive"]],
    ["that are deleted already are none of the report's business, with the mark kept", [gone], [gone], []],
    ["that are deleted already are none of the report's business, with the mark taken away too", [gone], [], []],
    ["whose mark is taken off are made anew", [gone], [tweets], ["low"]],
  ])("%s", (_, before, after, grades) => {
    expect(topicChanges(before, after).map(({ grade }) => grade)).toEqual(grades);
  });

  it.each([
    ["compact", "compact, delete", "destructive"],
    ["compact,delete", "compact", "low"],
    ["compact", undefined, "destructive"],
  ])("that are cleaned up by %s, and then by %s", (before, after, grade) => {
    const cleaned = (policy?: string): DeclaredTopic => ({
      ...tweets,
      config: policy ? { "cleanup.policy": policy } : {},
    });
    expect(topicChanges([cleaned(before)], [cleaned(after)])).toMatchObject([{ grade }]);
  });

  it("say how long events are kept, in words", () => {
    const kept = (ms?: string): DeclaredTopic => ({
      ...tweets,
      config: ms === undefined ? {} : { "retention.ms": ms },
    });
    expect(topicChanges([kept("86400000")], [kept("5400000")])).toMatchObject([
      {
        what: "has `retention.ms` 5400000 (90 minutes) instead of 86400000 (1 day)",
        cost: "Kafka deletes the events that are older than that.",
      },
    ]);
    expect(topicChanges([kept()], [kept("-1")])).toMatchObject([
      {
        what: "has `retention.ms` -1 (for ever) instead of Kafka's default",
        grade: "low",
        cost: "Nothing is lost; the brokers' disks have to hold more.",
      },
    ]);
    expect(topicChanges([kept("-1")], [kept("172800000")])[0]?.grade).toBe("destructive");
  });

  it("that are only compacted lose nothing by a shorter retention", () => {
    const compacted = (ms: string) => ({ ...tweets, config: { "cleanup.policy": "compact", "retention.ms": ms } });
    expect(topicChanges([compacted("2000")], [compacted("1000")])).toMatchObject([
      { grade: "low", cost: "It is only compacted, so this has no effect." },
    ]);
  });

  it("that `up` refuses to change would be so", () => {
    expect(topicChanges([tweets], [{ ...tweets, partitions: 2 }])[0]?.what).toBe("would get 2 partitions instead of 4");
  });

  it("that are marked are none of the report's business on a cluster that never had them", () => {
    const marked = { name: "audit", partitions: 1, replicationFactor: 3, config: {}, deleted: true };
    expect(topicChanges([], [marked], { isNewCluster: true })).toEqual([]);
  });

  it("beside one that `up` refuses would be changed, made and deleted", () => {
    const other = (name: string, more: Partial<DeclaredTopic> = {}) => ({ ...tweets, name, ...more });
    const before = [tweets, other("audit"), other("short"), other("grown"), other("left")];
    const after = [
      { ...tweets, partitions: 2 },
      other("audit", { deleted: true }),
      other("short", { config: { "retention.ms": "500" } }),
      other("grown", { partitions: 8 }),
      other("new"),
    ];
    expect(topicChanges(before, after).map(({ topic, what }) => `${topic} ${what}`)).toEqual([
      "tweets would get 2 partitions instead of 4",
      "audit would be deleted, where it exists",
      "short would have `retention.ms` 500 (500 milliseconds) instead of 1000 (1 second)",
      "grown would get 8 partitions instead of 4",
      "left is no longer declared",
      "new would be made, with 4 partitions and 3 replicas",
    ]);
  });

  it("are made anew in another cluster, which refuses none", () => {
    const after = { ...tweets, partitions: 2, replicationFactor: 2 };
    expect(topicChanges([tweets], [after], { isNewCluster: true })).toEqual([
      { topic: "tweets", what: "gets 2 partitions instead of 4", grade: "low" },
      { topic: "tweets", what: "gets 2 replicas instead of 3", grade: "low" },
    ]);
  });

  it("cannot be made beside one whose metrics have the same name, be it left out or deleted", () => {
    const [old, now] = [
      { ...tweets, name: "a_b" },
      { ...tweets, name: "a.b" },
    ];
    for (const after of [[now], [now, { ...old, deleted: true }]]) {
      expect(topicChanges([old], after)).toContainEqual(
        expect.objectContaining({ topic: "a.b", what: expect.stringContaining("would be made"), grade: "disruptive" }),
      );
    }
    expect(topicChanges([{ ...old, deleted: true }], [now])).toMatchObject([{ topic: "a.b", grade: "low" }]);
  });

  it("that are no longer declared stay", () => {
    expect(topicChanges([tweets], [])).toMatchObject([
      { topic: "tweets", what: "is no longer declared", grade: "low" },
    ]);
  });
});

describe("effects", () => {
  const cluster = { operation: "replace", type: "azure-native:hdinsight:Cluster", properties: [] } as const;
  it("say that the engine will not replace what is protected and stays so", () => {
    const kept = { protect: true };
    expect(effectOf({ ...cluster, properties: [] }, kept, kept).cost).toMatch(/topics and events.*is protected/);
    expect(effectOf({ ...cluster, properties: [] }, kept, {}).cost).not.toMatch(/protected/);
    expect(effectOf({ ...cluster, operation: "delete", properties: [] }, kept).cost).toMatch(/is protected/);
    expect(effectOf({ ...cluster, properties: [] }).cost).not.toMatch(/protected/);
  });

  const updated = (type: string, ...paths: string[]) => ({
    operation: "update" as const,
    type,
    properties: paths.map((path) => ({ path, kind: "changed" as const, replaces: false })),
  });
  it.each([
    ["another number of Spark workers", updated("databricks:Cluster", "numWorkers"), "low", /resized while it runs/],
    [
      "workers of another size",
      updated("databricks:Cluster", "numWorkers", "nodeTypeId"),
      "disruptive",
      /restarted if it runs/,
    ],
    ["more brokers", updated("command:local:Command", "environment.KAFKA_WORKERS"), "low", /npm run rebalance/],
    [
      "other names of brokers",
      updated("command:local:Command", "environment.KAFKA_WORKERS", "environment.KAFKA_BROKER_NAMES"),
      "disruptive",
      /All brokers are restarted/,
    ],
    [
      "names in place of addresses, by a replacement",
      { ...updated("command:local:Command", "environment.KAFKA_BROKER_NAMES"), operation: "replace" as const },
      "disruptive",
      /All brokers are restarted/,
    ],
    [
      "brokers that advertise nothing any more",
      { ...updated("command:local:Command", "environment.KAFKA_ADVERTISE"), operation: "replace" as const },
      "disruptive",
      /All brokers are restarted/,
    ],
    [
      "a broker more, whose name all are told",
      {
        ...updated("command:local:Command", "environment.KAFKA_BROKER_NAMES", "triggers[1]"),
        operation: "replace" as const,
      },
      "disruptive",
      /All brokers are restarted/,
    ],
    ["another password", updated("command:local:Command", "environment.GATEWAY_PASSWORD"), "low", /old password/],
  ])("of %s", (_, what, grade, cost) => {
    expect(effectOf(what)).toMatchObject({ grade, cost: expect.stringMatching(cost) });
  });

  it("of what another cluster's brokers are told stop nobody", () => {
    const change = updated("command:local:Command", "environment.KAFKA_BROKER_NAMES", "triggers[0]");
    expect(effectOf({ ...change, operation: "replace" })).toEqual({ grade: "low" });
  });

  it.each([
    ["3", "4", "low", /New brokers hold no partitions/],
    ["3", "2", "disruptive", /^HDInsight takes no broker from a Kafka cluster.*refuses this and stops\.$/],
  ])("of %s brokers that become %s", (before, after, grade, cost) => {
    const properties = [
      { path: "environment.KAFKA_WORKERS", kind: "changed" as const, before, after, replaces: false },
    ];
    const found = effectOf({ operation: "update", type: "command:local:Command", properties });
    expect(found).toMatchObject({ grade, cost: expect.stringMatching(cost) });
  });

  const job = (notebook: string) => ({
    inputs: {
      continuous: { pauseStatus: "UNPAUSED" },
      tasks: [{ notebookTask: { notebookPath: `/Shared/streaming/${notebook}` } }],
    },
  });
  it.each([
    ["KafkaProducer", "rate", /goes on from its checkpoint/],
    ["KafkaProducer", "source", /begins anew/],
    ["KafkaProducer", "topic", /begins anew/],
    ["KafkaConsumer", "trigger", /goes on from its checkpoint/],
    ["KafkaConsumer", "topic", /the job fails until/],
  ])("of a job that runs %s with another %s", (notebook, parameter, cost) => {
    const change = updated("databricks:Job", `tasks[0].notebookTask.baseParameters.${parameter}`);
    expect(effectOf(change, job(notebook)).cost).toMatch(cost);
  });

  it.each([
    ["ceases to be kept going", { continuous: {} }, "removed", "disruptive", /when somebody starts it/],
    ["is kept going from now on", {}, "added", "low", /A run is started/],
    ["is run by hand, before and after", {}, undefined, "low", /No run is started or stopped/],
  ] as const)("of a job that %s", (_what, inputs, kind, grade, cost) => {
    const { properties, ...change } = updated("databricks:Job", "tasks[0].notebookTask.baseParameters.trigger");
    const kept = kind ? [{ path: "continuous.pauseStatus", kind, replaces: false }] : [];
    const found = effectOf({ ...change, properties: [...properties, ...kept] }, { inputs });
    expect(found).toMatchObject({ grade, cost: expect.stringMatching(cost) });
  });

  it("of tags are low, but for a job, which learns of its notebook by one", () => {
    const tags = [{ path: "tags.notebook", kind: "changed", replaces: false } as const];
    expect(effectOf({ operation: "update", type: "databricks:Job", properties: tags }).grade).toBe("disruptive");
    expect(effectOf({ operation: "update", type: "azure-native:hdinsight:Cluster", properties: tags }).grade).toBe(
      "low",
    );
  });

  it("of a new checkpoint are a stream that begins anew", () => {
    const path = "tasks[0].notebookTask.baseParameters.checkpoint";
    const properties = [{ path, kind: "changed", replaces: false } as const];
    expect(effectOf({ operation: "update", type: "databricks:Job", properties }).cost).toMatch(/begins anew/);
  });
});
