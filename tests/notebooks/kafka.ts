import { randomInt } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Admin, Kafka, type KafkaMessage, logLevel, Partitioners } from "kafkajs";
import {
  defaultConfigurations,
  KafkaEngine,
  type KafkaHost,
  kafkaJava,
  withClassData,
} from "../../local/engines/kafka";
import { toolPaths } from "../../local/paths";
import { classpath } from "../../local/setup/jars";
import { javaBinary } from "../../local/setup/prerequisites";

/** A record as it was read. */
export interface Read {
  partition: number;
  offset: number;
  key: string | null;
  value: string | null;
  headers: KafkaMessage["headers"];
  timestamp: number;
}

/** One real ZooKeeper and one real broker, at addresses of their own, for tests of what is sent and what is read. */
export class TestKafka {
  private readonly clients: Kafka;

  private constructor(
    private readonly folder: string,
    private readonly engine: KafkaEngine,
    /** `ip:port` of the broker. */
    readonly brokers: string,
  ) {
    this.clients = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING });
  }

  static async start(): Promise<TestKafka> {
    const tools = toolPaths();
    const folder = mkdtempSync(path.join(tmpdir(), "test-kafka-"));
    const block = `127.${randomInt(100, 200)}.${randomInt(1, 255)}`;
    const hosts: KafkaHost[] = [
      { role: "zookeeper", name: "zk0.test.internal", address: `${block}.4` },
      { role: "worker", name: "wn0.test.internal", address: `${block}.5` },
    ];
    const java = await withClassData(kafkaJava(javaBinary(), classpath("kafka")), tools.root, () => undefined);
    const engine = new KafkaEngine({ folder, hosts, java });
    const brokers = `${block}.5:9092`;
    const kafka = new TestKafka(folder, engine, brokers);
    const configurations = defaultConfigurations({
      zookeepers: ["zk0.test.internal"],
      brokers: 1,
      brokerConfig: { listeners: `PLAINTEXT://${brokers}`, "advertised.listeners": `PLAINTEXT://${brokers}` },
    });
    engine.install();
    try {
      for (const component of [...engine.of("ZOOKEEPER_SERVER"), ...engine.of("KAFKA_BROKER")]) {
        await component.start(configurations);
      }
      await kafka.untilControlled();
    } catch (error) {
      await kafka.stop();
      throw error;
    }
    return kafka;
  }

  async stop(): Promise<void> {
    await this.engine.stop(2_000);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What the broker has written to its log and to its standard output. */
  log(): string {
    const logs = path.join(this.folder, "wn0", "logs");
    return readdirSync(logs)
      .map((name) => readFileSync(path.join(logs, name), "utf8"))
      .join("\n");
  }

  async createTopic(topic: string, numPartitions: number, config: Record<string, string> = {}): Promise<void> {
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    await this.admin((admin) =>
      admin.createTopics({
        waitForLeaders: true,
        topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }],
      }),
    );
  }

  async send(topic: string, messages: { key?: string; value: string | null; partition?: number }[]): Promise<void> {
    const producer = this.clients.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic, messages });
    await producer.disconnect();
  }

  /** Number of records in the topic. */
  async size(topic: string): Promise<number> {
    const offsets = await this.admin((admin) => admin.fetchTopicOffsets(topic));
    return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  }

  /** All that is in the topic now, by partition and offset. */
  async read(topic: string): Promise<Read[]> {
    const size = await this.size(topic);
    const read: Read[] = [];
    if (size === 0) return read;
    const consumer = this.clients.consumer({ groupId: `${topic}-${randomInt(1e9)}` });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve) => {
      consumer.run({
        eachMessage: async ({ partition, message }) => {
          const { key, value, headers, offset, timestamp } = message;
          const text = (bytes: Buffer | null) => (bytes === null ? null : bytes.toString());
          read.push({
            ...{ partition, offset: Number(offset), key: text(key), value: text(value) },
            ...{ headers, timestamp: Number(timestamp) },
          });
          if (read.length >= size) resolve();
        },
      });
    });
    await consumer.disconnect();
    return read.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  }

  /** A broker serves a moment before it is the controller, and nothing can be created until then. */
  private async untilControlled(): Promise<void> {
    while ((await this.admin((admin) => admin.describeCluster())).controller === null) await sleep(50);
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
