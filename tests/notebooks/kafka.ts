import { randomInt } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { type KafkaMessage, Partitioners } from "kafkajs";
import { type StandaloneHosts, StandaloneKafka, startHosts } from "../../bench/engine/kafka";

/** A record as it was read. */
export interface Read {
  partition: number;
  offset: number;
  key: string | null;
  value: string | null;
  headers: KafkaMessage["headers"];
  timestamp: number;
}

/** One real broker for tests of what is sent and what is read. */
export class TestKafka extends StandaloneKafka {
  private constructor(
    private readonly folder: string,
    hosts: StandaloneHosts,
  ) {
    super(hosts);
  }

  static override async start(): Promise<TestKafka> {
    const folder = mkdtempSync(path.join(tmpdir(), "test-kafka-"));
    try {
      const block = `127.${randomInt(100, 200)}.${randomInt(1, 255)}`;
      return await new TestKafka(folder, await startHosts({ folder, brokers: 1, block })).whenControlled();
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  override async stop(): Promise<void> {
    await super.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What the broker has written to its log and to its standard output. */
  log(): string {
    const logs = path.join(this.folder, "wn0", "logs");
    return readdirSync(logs)
      .map((name) => readFileSync(path.join(logs, name), "utf8"))
      .join("\n");
  }

  async send(topic: string, messages: { key?: string; value: string | null; partition?: number }[]): Promise<void> {
    const producer = this.clients.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic, messages });
    await producer.disconnect();
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
}
