import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** An event as the consumer wrote it; the columns that a person looks at first. */
export interface ConsumedEvent {
  partition: number;
  offset: number;
  sentAt: string;
  text: string;
  hashtags?: string[];
}

/**
 * The first `count` events below `folder` (the consumer's JSON output), waiting for them until `deadlineMs` from now.
 * Returns fewer, or none, when they do not come.
 */
export async function firstEvents(folder: string, count: number, deadlineMs: number): Promise<ConsumedEvent[]> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const events = readEvents(folder, count);
    if (events.length >= count || Date.now() > end) return events;
    await sleep(500);
  }
}

function readEvents(folder: string, count: number): ConsumedEvent[] {
  const events: ConsumedEvent[] = [];
  for (const file of jsonFiles(folder)) {
    for (const line of readFileSync(file, "utf8").split("\n")) {
      if (line && events.length < count) events.push(JSON.parse(line) as ConsumedEvent);
    }
    if (events.length >= count) break;
  }
  return events;
}

/** Spark's files in the order they were written; files still being written have another name. */
function jsonFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith("part-") && name.endsWith(".json"))
    .map((name) => path.join(folder, name))
    .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
}
