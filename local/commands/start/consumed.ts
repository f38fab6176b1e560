import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pc from "picocolors";
import { queriesIn } from "../../page/progress";
import { type ConsumedEvent, firstEvents } from "../../stack/events";
import type { WorkspaceClient } from "../../stack/workspaceClient";

/** The calls of the workspace that tell what the consumer does. */
export type ConsumerSource = Pick<WorkspaceClient, "parameter" | "lastRun" | "log">;

export interface Patience {
  /** How long the consumer may take. Its Spark takes its time to come up; more than this, and something is wrong. */
  deadlineMs: number;
  /** Time between two looks at its log, ms; 500 by default. */
  pollMs?: number;
}

/** How much of a log's end is looked at, bytes. The sink `console` writes tables between the lines of progress. */
const tailBytes = 262_144;

/**
 * Waits until the consumer has read something, and says what, in lines: the first events themselves where it writes them
 * as JSON, and else what it says of its progress. Spark reports none of a continuous query: then that it runs is all
 * that can be waited for, and the line says so.
 *
 * @param jobUrl page of the consumer's job
 * @param home folder of the twin, which has the volumes
 * @throws Error with the end of the consumer's log when nothing comes in time
 */
export async function consumed(
  client: ConsumerSource,
  jobUrl: string,
  home: string,
  patience: Patience,
): Promise<string[]> {
  const sink = await client.parameter(jobUrl, "sink");
  const lines = await (sink === "json"
    ? jsonEvents(client, jobUrl, home, patience)
    : progress(client, jobUrl, sink, patience));
  if (lines.length > 0) return lines;
  const run = await client.lastRun(jobUrl);
  const log = run ? (await client.log(run)).trimEnd().split("\n").slice(-20).join("\n") : "The job has not run.";
  throw new Error(`No event was consumed within ${patience.deadlineMs / 1000} s. The consumer's log ends:\n${log}`);
}

async function jsonEvents(client: ConsumerSource, jobUrl: string, home: string, { deadlineMs }: Patience) {
  const folder = await client.parameter(jobUrl, "output");
  const local = path.join(home, folder.replace(/^\/Volumes\//, "volumes/"), "events");
  return (await firstEvents(local, 6, deadlineMs)).map(formatEvent);
}

async function progress(client: ConsumerSource, jobUrl: string, sink: string, patience: Patience) {
  const { deadlineMs, pollMs = 500 } = patience;
  const end = Date.now() + deadlineMs;
  const continuous = (await client.parameter(jobUrl, "trigger")).startsWith("continuous ");
  for (;;) {
    const run = await client.lastRun(jobUrl);
    if (continuous && run?.state.life_cycle_state === "RUNNING") {
      return [`  The consumer runs, into \`${sink}\`. Of a continuous query Spark does not report what it has read.`];
    }
    const queries = run && !continuous ? queriesIn((await client.log(run, tailBytes)).split("\n")) : [];
    const events = queries.find(({ name }) => name === "events");
    if (events && events.rowsSinceStart > 0) {
      return [`  ${events.rowsSinceStart} events were read up to batch ${events.batch}, into \`${sink}\`.`];
    }
    if (Date.now() > end) return [];
    await sleep(pollMs);
  }
}

function formatEvent({ partition, offset, text }: ConsumedEvent): string {
  const where = `partition ${partition}  offset ${offset}`;
  const line = text.replaceAll(/\s+/g, " ");
  const width = Math.max(30, (process.stdout.columns ?? 120) - 29);
  return `  ${pc.dim(where.padEnd(24))}  ${line.length > width ? `${line.slice(0, width - 1)}…` : line}`;
}
