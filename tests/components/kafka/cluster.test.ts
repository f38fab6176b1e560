import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import type { KafkaCluster } from "../../../components/kafka/cluster";
import { findEndpoint } from "../../../components/kafka/endpoint";
import { isSecret, plain, type Recording, settled } from "../recording";
import { expectNoCanary, made, recorded } from "./support";

describe("a Kafka cluster", () => {
  let recording: Recording;
  let cluster: KafkaCluster;
  beforeAll(async () => {
    ({ recording, cluster } = await made());
  });

  it("is HDInsight 5.1 with Kafka 3.2, two head nodes, the workers asked for and three ZooKeepers, in that order", () => {
    const { properties } = plain(recording.named("kafka-cluster").inputs) as never as {
      properties: {
        clusterVersion: string;
        clusterDefinition: { componentVersion: unknown };
        computeProfile: { roles: { name: string; targetInstanceCount: number }[] };
      };
    };
    expect(properties.clusterVersion).toBe("5.1");
    expect(properties.clusterDefinition.componentVersion).toEqual({ Kafka: "3.2" });
    expect(properties.computeProfile.roles.map((r) => [r.name, r.targetInstanceCount])).toEqual([
      ["headnode", 2],
      ["workernode", 3],
      ["zookeepernode", 3],
    ]);
  });

  it("logs in to SSH by key and never by password", () => {
    expect(JSON.stringify(plain(recording.named("kafka-cluster").inputs))).not.toMatch(/"password"/);
  });

  it("keeps the gateway password secret wherever it goes", () => {
    expect(isSecret(recording.named("kafka-cluster").inputs.properties)).toBe(true);
    expectNoCanary(recording);
  });

  it("leaves workers, login and tags to the calls that change them on a running cluster, and that run before Ambari is asked", () => {
    expect(recording.named("kafka-cluster").options.ignoreChanges).toEqual([
      "tags",
      "properties.computeProfile.roles[1].targetInstanceCount",
      "properties.clusterDefinition.configurations",
    ]);
    const { create, update, environment, triggers, addPreviousOutputInEnv } =
      recording.named("kafka-live-apply").inputs;
    // It tells the script which tags the program gave before.
    expect(addPreviousOutputInEnv).toBe(true);
    expect([create, update]).toEqual(Array(2).fill("node --require ts-node/register/transpile-only apply.ts"));
    expect(plain(environment)).toEqual({
      HDINSIGHT_CLUSTER_ID: "kafka-cluster-id",
      KAFKA_WORKERS: "3",
      GATEWAY_USER: "admin",
      GATEWAY_PASSWORD: "Canary-Gateway-1!",
      CLUSTER_TAGS: '{"environment":"dev","team":"data"}',
    });
    expect(plain(triggers)).toEqual(["11f0-22"]);
    expect(recording.before("kafka-addresses-advertise")).toContain("kafka-live-apply");
  });

  it("is replaced, old before new, when something changes that HDInsight cannot change", () => {
    const { deleteBeforeReplace, replaceOnChanges } = recording.named("kafka-cluster").options;
    expect(deleteBeforeReplace).toBe(true);
    expect(replaceOnChanges).toContain("properties.computeProfile.roles[*].hardwareProfile");
    expect(replaceOnChanges.join()).not.toMatch(/roles\[[1*]\]\.targetInstanceCount|configurations/);
  });

  it("makes every child below the component, and what Ambari set goes with the cluster", () => {
    expect(recording.named("kafka-cluster").parent).toMatch(/streaming:kafka:KafkaCluster::kafka$/);
    expect(recording.named("kafka-network-vnet").parent).toMatch(/KafkaNetwork::kafka-network$/);
    for (const name of ["kafka-live-apply", "kafka-addresses-advertise", "kafka-addresses-read"]) {
      expect(recording.named(name).options.deletedWith).toMatch(/Cluster::kafka-cluster$/);
    }
  });

  it("tells brokers and ZooKeepers with their ports, and endpoints without the default port, none of it secret", async () => {
    expect(await settled(cluster.brokers)).toEqual(["10.0.0.9:9092", "10.0.0.10:9092"]);
    expect(await settled(cluster.bootstrapServers)).toBe("10.0.0.9:9092,10.0.0.10:9092");
    expect(await settled(cluster.zookeeperNodes)).toEqual(["10.0.0.6:2181"]);
    expect(await settled(cluster.dashboardUrl)).toBe("https://events.azurehdinsight.net");
    expect(await settled(cluster.sshEndpoint.host)).toBe("events-ssh.azurehdinsight.net");
    expect(await pulumi.isSecret(cluster.brokers)).toBe(false);
    expect(await pulumi.isSecret(cluster.dashboardUrl)).toBe(false);
    expect(await pulumi.isSecret(cluster.sshEndpoint.host)).toBe(false);
  });
});

describe("the brokers' settings at creation", () => {
  const settingsOf = async (brokerConfig?: Record<string, string>) => {
    const { inputs } = (await recorded({ brokerConfig })).named("kafka-cluster");
    const { properties } = plain(inputs) as never as {
      properties: { clusterDefinition: { configurations: { "kafka-broker": unknown } } };
    };
    return properties.clusterDefinition.configurations["kafka-broker"];
  };

  it("keep copies, and make no topic by a slip of the pen", async () => {
    expect(await settingsOf()).toEqual({
      "auto.create.topics.enable": "false",
      "default.replication.factor": "3",
      "min.insync.replicas": "2",
    });
  });

  it("are those that are given, and no others", async () => {
    const given = { "default.replication.factor": "4", "log.retention.hours": "24" };
    expect(await settingsOf(given)).toEqual(given);
  });
});

describe("protection of a Kafka cluster", () => {
  const protectedNames = async (protect?: boolean) => {
    const { resources } = await recorded({ protect });
    return resources.filter(({ options }) => options.protect).map(({ name }) => name);
  };

  it("is for what holds data, and leaves what can be made again without loss", async () => {
    expect(await protectedNames(true)).toEqual(["kafka-storage-account", "kafka-storage-container", "kafka-cluster"]);
  });

  it("is off unless asked for", async () => {
    expect(await protectedNames()).toEqual([]);
  });
});

describe("a cluster that reports no public endpoint", () => {
  it("is refused with the endpoints it does report", () => {
    const endpoints = [{ name: "HTTPS-INTERNAL", location: "events-int.azurehdinsight.net", port: 443 }];
    expect(() => findEndpoint(endpoints, "HTTPS")).toThrow(/no public `HTTPS` endpoint \(it reports: HTTPS-INTERNAL\)/);
    expect(() => findEndpoint(undefined, "SSH")).toThrow(/it reports: none/);
  });
});
