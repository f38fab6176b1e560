import { randomUUID } from "node:crypto";
import type { Kafka, KafkaMessage } from "kafkajs";
import { withAdmin } from "../stack/kafka";
import { type From, type Range, rangeOf } from "./from";

export interface ConsumedRecord {
  topic: string;
  partition: number;
  offset: number;
  timestamp: Date;
  /** Null where the record has none. */
  key: string | null;
  value: string | null;
}

export interface ReadOptions {
  from: From;
  /** Ends after so many records. Default: never. */
  count?: number;
  /** Goes on with what comes; otherwise ends with what was there at the start. */
  follow: boolean;
  /** Ends it from outside. */
  signal: AbortSignal;
}

/**
 * Hands over the records of a topic, in order within each partition. Joins as a consumer group of its own, which is
 * gone afterwards, so nobody else's place in the topic changes.
 *
 * @throws Error when the topic is not there, or the brokers go away
 */
export async function readTopic(
  kafka: Kafka,
  topic: string,
  { from, count = Number.POSITIVE_INFINITY, follow, signal }: ReadOptions,
  onRecord: (record: ConsumedRecord) => void,
): Promise<void> {
  const range = await withAdmin(kafka, async (admin) => {
    const there = await admin.listTopics();
    if (!there.includes(topic)) throw new Error(`There is no topic ${topic}. There are: ${there.sort().join(", ")}.`);
    return rangeOf(admin, topic, from);
  });
  const left = follow ? new Map<number, number>() : whatIsLeft(range);
  if (!follow && left.size === 0) return;

  const groupId = `streaming-consume-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 500 });
  let seen = 0;
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            const { from: first = 0 } = range.get(batch.partition) ?? {};
            for (const message of batch.messages) {
              // A batch may begin before the offset that was sought.
              if (seen >= count || signal.aborted || Number(message.offset) < first) continue;
              if (!follow && Number(message.offset) >= (range.get(batch.partition)?.to ?? 0)) continue;
              onRecord(toRecord(topic, batch.partition, message));
              seen++;
            }
            const end = left.get(batch.partition);
            if (end !== undefined && Number(batch.lastOffset()) + 1 >= end) left.delete(batch.partition);
            if (seen >= count || (!follow && left.size === 0)) resolve();
          },
        })
        .then(() => {
          for (const [partition, { from: offset }] of range)
            consumer.seek({ topic, partition, offset: String(offset) });
        }, reject);
      if (signal.aborted) resolve();
    });
  } finally {
    await consumer.disconnect();
    await withAdmin(kafka, (admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
}

/** The partitions in which there is something to read, with the offset at which each is done. */
function whatIsLeft(range: Range): Map<number, number> {
  return new Map([...range].filter(([, { from, to }]) => to > from).map(([partition, { to }]) => [partition, to]));
}

function toRecord(topic: string, partition: number, message: KafkaMessage): ConsumedRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestamp: new Date(Number(message.timestamp)),
    key: message.key?.toString() ?? null,
    value: message.value?.toString() ?? null,
  };
}
