import { describe, expect, it } from "vitest";
import { KafkaCluster } from "../../../components/kafka/cluster";
import { plain } from "../recording";
import { args, expectNoCanary, record } from "./support";

describe("a Kafka cluster with script actions", () => {
  it("has them run in order, after new workers and before brokers are restarted, and makes nothing without any", async () => {
    const recording = record();
    new KafkaCluster("kafka", {
      ...args,
      scriptActions: [
        { name: "first", uri: "https://example.com/1.sh", roles: ["headnode", "workernode"], parameters: "canary" },
        { name: "second", uri: "https://example.com/2.sh", roles: ["zookeepernode"] },
      ],
    });
    await recording.finished();
    const { inputs, options, parent } = recording.named("kafka-scripts-first");
    const script = "node --require ts-node/register/transpile-only scriptAction.ts";
    expect(inputs).toMatchObject({ create: `${script} run`, update: `${script} run`, delete: `${script} forget` });
    expect(plain(inputs.environment)).toEqual({
      HDINSIGHT_CLUSTER_ID: "kafka-cluster-id",
      SCRIPT_NAME: "first",
      SCRIPT_URI: "https://example.com/1.sh",
      SCRIPT_ROLES: "headnode,workernode",
      SCRIPT_PARAMETERS: "canary",
    });
    expect(plain(inputs.triggers)).toEqual(["11f0-22"]);
    expect(options).toMatchObject({
      replaceOnChanges: expect.arrayContaining(["environment"]),
      deleteBeforeReplace: true,
    });
    expect(options.deletedWith).toMatch(/Cluster::kafka-cluster$/);
    expect(parent).toMatch(/KafkaScriptActions::kafka-scripts$/);
    expectNoCanary(recording);
    const names = ["kafka-live-apply", "kafka-scripts-first", "kafka-scripts-second", "kafka-addresses-advertise"];
    for (const [index, name] of names.slice(1).entries()) expect(recording.before(name)).toContain(names[index]);

    const without = record();
    new KafkaCluster("kafka", { ...args, scriptActions: [] });
    await without.finished();
    expect(without.resources.filter(({ name }) => name.startsWith("kafka-scripts"))).toEqual([]);
  });
});
