import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { type Admin, Kafka, logLevel } from "kafkajs";
import {
  type Configurations,
  defaultConfigurations,
  KafkaEngine,
  type KafkaHost,
  kafkaJava,
  withClassData,
} from "../../local/engines/kafka";
import { toolPaths } from "../../local/paths";
import { classpath } from "../../local/setup/jars";
import { javaBinary } from "../../local/setup/prerequisites";

/** Where a cluster is and how large. */
export interface ClusterPlace {
  /** Empty or absent; stays when the cluster is stopped. */
  folder: string;
  /** Number of brokers, beside one ZooKeeper server. */
  brokers: number;
  /** First three octets of the hosts' loopback addresses: `127.x.y`. */
  block: string;
}

/** What runs of a cluster. */
export interface StandaloneHosts {
  workers: KafkaHost[];
  engine: KafkaEngine;
}

/** Real brokers at addresses that everything on this machine reaches, with no cluster's network or Ambari around them. */
export class StandaloneKafka {
  /** `ip:port` of the brokers, separated by commas. */
  readonly brokers: string;
  protected readonly clients: Kafka;

  protected constructor(private readonly hosts: StandaloneHosts) {
    this.brokers = hosts.workers.map(listener).join(",");
    this.clients = new Kafka({ brokers: this.brokers.split(","), logLevel: logLevel.NOTHING });
  }

  static async start(place: ClusterPlace): Promise<StandaloneKafka> {
    return new StandaloneKafka(await startHosts(place)).whenControlled();
  }

  /** Makes a topic with as many replicas as there are brokers, three at most. */
  async createTopic(topic: string, numPartitions: number, config: Record<string, string> = {}): Promise<void> {
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    const replicationFactor = Math.min(3, this.hosts.workers.length);
    await this.admin((admin) =>
      admin.createTopics({
        waitForLeaders: true,
        topics: [{ topic, numPartitions, replicationFactor, configEntries }],
      }),
    );
  }

  deleteTopic(topic: string): Promise<void> {
    return this.admin((admin) => admin.deleteTopics({ topics: [topic] }));
  }

  /** Number of records in a topic. */
  async size(topic: string): Promise<number> {
    const offsets = await this.admin((admin) => admin.fetchTopicOffsets(topic));
    return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  }

  /** Runs one of Kafka's own tools on the first broker's host, and returns what it printed. */
  async tool(script: string, args: readonly string[]): Promise<string> {
    const { workers, engine } = this.hosts;
    const host = workers[0] as KafkaHost;
    const { stdout } = await execa(path.join(engine.folders(host).bin, script), args, {
      env: { ...engine.environment(host), KAFKA_HEAP_OPTS: "-Xmx640m" },
      extendEnv: false,
      stdin: "ignore",
    });
    return stdout;
  }

  stop(): Promise<void> {
    return this.hosts.engine.stop(2_000);
  }

  /** A broker serves a moment before there is a controller, and nothing can be created until then. */
  protected async whenControlled(): Promise<this> {
    try {
      while ((await this.admin((admin) => admin.describeCluster())).controller === null) await sleep(50);
      return this;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  private async admin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.clients.admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

/** Starts ZooKeeper and the brokers. Leaves nothing running when one of them does not start. */
export async function startHosts({ folder, brokers, block }: ClusterPlace): Promise<StandaloneHosts> {
  const zookeeper: KafkaHost = { role: "zookeeper", name: "zk0.standalone.internal", address: `${block}.4` };
  const workers = Array.from({ length: brokers }, (_, index): KafkaHost => {
    return { role: "worker", name: `wn${index}.standalone.internal`, address: `${block}.${5 + index}` };
  });
  const configurationOf = (host: KafkaHost): Configurations => {
    const listeners = `PLAINTEXT://${listener(host)}`;
    return defaultConfigurations({
      zookeepers: [zookeeper.name],
      brokers,
      brokerConfig: {
        ...{ listeners, "advertised.listeners": listeners },
        // As in a cluster that `KafkaCluster` makes, as far as there are brokers.
        "min.insync.replicas": String(Math.min(2, brokers)),
      },
    });
  };
  const java = await withClassData(kafkaJava(javaBinary(), classpath("kafka")), toolPaths().root, () => undefined);
  const engine = new KafkaEngine({ folder, hosts: [zookeeper, ...workers], java });
  engine.install();
  try {
    for (const server of engine.of("ZOOKEEPER_SERVER")) await server.start(configurationOf(zookeeper));
    await Promise.all(engine.of("KAFKA_BROKER").map((broker) => broker.start(configurationOf(broker.host))));
  } catch (error) {
    await engine.stop(2_000);
    throw error;
  }
  return { workers, engine };
}

const listener = ({ address }: KafkaHost) => `${address}:9092`;
