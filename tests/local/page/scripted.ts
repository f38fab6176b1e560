import type { Snapshot } from "../../../local/page/model";
import type { SnapshotSource } from "../../../local/page/snapshot";

const group = "/subscriptions/0/resourceGroups/rg-streaming-local/providers/Microsoft.Network/virtualNetworks";
const urn = (type: string, name: string) => `urn:pulumi:local::streaming::${type}::${name}`;

/** An environment in which all is well: three brokers, a topic, two jobs. */
export function healthy(): Snapshot {
  return {
    at: "2026-05-06T12:00:10.000Z",
    networkMode: "loopback",
    networks: {
      known: true,
      value: [
        {
          id: `${group}/kafka-vnet`,
          name: "kafka-vnet",
          hasSpark: false,
          addressSpace: ["10.0.0.0/16"],
          peerings: [{ name: "kafka-to-databricks", remote: "workers-vnet", state: "Connected" }],
        },
        {
          id: `${group}/workers-vnet`,
          name: "workers-vnet",
          hasSpark: true,
          addressSpace: ["10.139.0.0/16"],
          peerings: [{ name: "databricks-to-kafka", remote: "kafka-vnet", state: "Connected" }],
        },
      ],
    },
    clusters: {
      known: true,
      value: [
        {
          name: "streaming-local",
          network: `${group}/KAFKA-VNET`,
          zookeepers: 3,
          heads: 2,
          ambari: "https://127.0.0.4:8443",
          brokers: [9, 10, 11].map((last, index) => ({
            address: `127.0.0.${last}:9092`,
            id: 1001 + index,
            state: "up",
            isController: index === 1,
          })),
          topics: {
            known: true,
            value: [
              {
                name: "tweets",
                rate: { known: true, value: 20.04 },
                total: { known: true, value: 12_345 },
                partitions: [0, 1, 2, 3].map((id) => ({
                  id,
                  leader: 1001 + (id % 3),
                  replicas: [1001, 1002, 1003],
                  inSync: [1001, 1002, 1003],
                })),
              },
            ],
          },
        },
      ],
    },
    jobs: {
      known: true,
      value: [
        {
          name: "producer-job",
          url: "https://127.0.0.1:40001/#job/11",
          run: {
            known: true,
            value: { id: 21, state: "RUNNING", message: "In run", startedAt: "2026-05-06T11:50:00Z" },
          },
          log: { known: true, value: ["[cell 5] sent 1200, acknowledged 1200, failed 0, 20.0/s"] },
          queries: [],
        },
        {
          name: "consumer-job",
          url: "https://127.0.0.1:40001/#job/12",
          run: {
            known: true,
            value: { id: 22, state: "RUNNING", message: "In run", startedAt: "2026-05-06T11:50:00Z" },
          },
          log: { known: true, value: ["[cell 3] Reading topic tweets", "[cell 6] Writing to /Volumes/main/streaming"] },
          queries: [
            {
              name: "events",
              batch: 12,
              at: "2026-05-06T12:00:08.000Z",
              lag: { known: true, value: 2 },
              rate: { known: true, value: 20 },
              rowsSinceStart: 12_300,
            },
          ],
        },
      ],
    },
    stack: {
      known: true,
      value: {
        name: "local",
        updatedAt: "2026-05-06T11:49:00.000Z",
        resources: [
          {
            urn: urn("azure-native:resources:ResourceGroup", "streaming"),
            type: "azure-native:resources:ResourceGroup",
            name: "streaming",
          },
          { urn: urn("streaming:kafka:KafkaCluster", "kafka"), type: "streaming:kafka:KafkaCluster", name: "kafka" },
          {
            urn: urn("streaming:kafka:KafkaCluster$azure-native:hdinsight:Cluster", "kafka-cluster"),
            type: "azure-native:hdinsight:Cluster",
            name: "kafka-cluster",
            parent: urn("streaming:kafka:KafkaCluster", "kafka"),
          },
        ],
      },
    },
  };
}

/** The same with one broker dead: its partitions are under-replicated, and one has no leader. */
export function brokerDead(): Snapshot {
  const snapshot = healthy();
  if (!snapshot.clusters.known) throw new Error("It is known");
  const [cluster] = snapshot.clusters.value;
  if (!cluster?.topics.known) throw new Error("It is known");
  Object.assign(cluster.brokers[2] ?? {}, { state: "dead", reason: "connect ECONNREFUSED 127.0.0.11:9092" });
  for (const partition of cluster.topics.value[0]?.partitions ?? []) {
    partition.inSync = [1001, 1002];
    if (partition.leader === 1003) partition.leader = null;
  }
  return snapshot;
}

/** An environment that is being deployed: networks, half a peering, no cluster and no job yet. */
export function half(): Snapshot {
  const snapshot = healthy();
  if (!snapshot.networks.known || !snapshot.stack.known) throw new Error("It is known");
  const [kafka, workers] = snapshot.networks.value;
  Object.assign(kafka ?? {}, {
    peerings: [{ name: "kafka-to-databricks", remote: "workers-vnet", state: "Initiated" }],
  });
  Object.assign(workers ?? {}, { peerings: [] });
  snapshot.clusters = { known: true, value: [] };
  snapshot.jobs = { known: true, value: [] };
  return snapshot;
}

/** An environment in which everything was destroyed. */
export function empty(): Snapshot {
  const snapshot = half();
  snapshot.networks = { known: true, value: [] };
  snapshot.jobs = { known: false, reason: "no workspace is deployed" };
  snapshot.stack = { known: true, value: { name: "local", updatedAt: snapshot.at, resources: [] } };
  return snapshot;
}

/** An environment of which nothing is known. */
export function nothingKnown(): Snapshot {
  const unknown = { known: false as const, reason: "nothing answers" };
  return {
    at: "2026-05-06T12:00:10.000Z",
    networkMode: "loopback",
    networks: unknown,
    clusters: unknown,
    jobs: unknown,
    stack: unknown,
  };
}

/** Snapshots as a test says. */
export class ScriptedSource implements SnapshotSource {
  snapshot: Snapshot = healthy();
  resources: Record<string, unknown> = {};
  taken = 0;
  rests = 0;

  async take(): Promise<Snapshot> {
    this.taken += 1;
    return { ...this.snapshot, at: new Date().toISOString() };
  }

  resource(name: string): unknown {
    return this.resources[name];
  }

  async rest(): Promise<void> {
    this.rests += 1;
  }
}
