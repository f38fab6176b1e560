import type { Admin } from "kafkajs";
import { heldOffsets } from "../stack/kafka";

/** Where to begin: the oldest record that is kept, what comes from now on, or the first record of a time on. */
export type From = "beginning" | "end" | Date;

/** @throws Error for anything else */
export function parseFrom(text: string): From {
  if (text === "beginning" || text === "end") return text;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime())) {
    throw new Error(`It needs to be beginning, end or a time such as 2026-01-31T12:00:00Z; this is ${text}.`);
  }
  return time;
}

/** By partition, the offset to begin with and the one that the topic ends before at this moment. */
export type Range = Map<number, { from: number; to: number }>;

/** What there is to read of a topic as of now. */
export async function rangeOf(admin: Admin, topic: string, from: From): Promise<Range> {
  const held = await heldOffsets(admin, topic);
  const start = new Map(held.map((range) => [range.partition, from === "end" ? range.to : range.from]));
  if (from instanceof Date) {
    for (const { partition, offset } of await admin.fetchTopicOffsetsByTimestamp(topic, from.getTime())) {
      // -1: nothing is as late as that.
      const end = held.find((range) => range.partition === partition)?.to ?? 0;
      start.set(partition, Number(offset) < 0 ? end : Number(offset));
    }
  }
  return new Map(held.map(({ partition, to }) => [partition, { from: start.get(partition) ?? to, to }]));
}
