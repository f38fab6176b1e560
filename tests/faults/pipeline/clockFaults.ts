import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Partitioners } from "kafkajs";
import { expect, it } from "vitest";
import { kafkaClient } from "../../../tools/stack/kafka";
import { isFull } from "../record";
import type { Stream } from "./stream";
import { tried } from "./trial";

const day = 24 * 60 * 60_000;

/** What a sender with a wrong clock does to the stream of the others. */
export function clockFaults(stream: () => Stream): void {
  if (!isFull) return;

  it("are read and counted beside those of senders whose clocks are days ahead or behind", async () => {
    const since = Date.now();
    await tried(stream(), {
      fault: "events from clocks that are two days ahead, and thirty days behind",
      outcome: "all of them are in the sink; hashtags are counted on",
      inject: async () => {
        await send(stream(), [2 * day, -30 * day]);
        return since;
      },
      mend: async () => {
        while (newestCount(stream().sink) <= since + 5_000) await sleep(200);
      },
    });
    expect(newestCount(stream().sink)).toBeLessThanOrEqual(Date.now());
  });
}

/** Some events for each of these clocks, with its time as the record's own, too. */
async function send({ brokers }: Stream, clocks: number[]): Promise<void> {
  const producer = kafkaClient(brokers).producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const messages = clocks.flatMap((skew) =>
    Array.from({ length: 20 }, (_, i) => {
      const time = new Date(Date.now() + skew);
      const event = { id: `skewed ${skew} ${i}`, source: "test", text: "#skew", hashtags: ["skew"] };
      return {
        key: event.id,
        value: JSON.stringify({ ...event, sentAt: time.toISOString() }),
        timestamp: String(time.getTime()),
      };
    }),
  );
  await producer.send({ topic: "tweets", acks: -1, messages });
  await producer.disconnect();
}

/** Start of the newest window whose hashtags have been counted. */
function newestCount(events: string): number {
  const folder = path.join(path.dirname(events), "hashtags");
  const files = readdirSync(folder).filter((name) => name.startsWith("part-") && name.endsWith(".json"));
  const rows = files.flatMap((name) => readFileSync(path.join(folder, name), "utf8").split("\n").filter(Boolean));
  return Math.max(0, ...rows.map((row) => Date.parse((JSON.parse(row) as { start: string }).start)));
}
