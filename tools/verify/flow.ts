import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import { Impossible, reason } from "../stack/failure";
import { heldOffsets, type OffsetRange, sendMarked, withAdmin } from "../stack/kafka";
import { Incomparable } from "./commits";
import { compare, count, countRepeats, percentiles } from "./compare";
import { describeRun } from "./consumerRun";
import { describeMisses } from "./misses";
import { SinkReader } from "./sink";
import { expectedRanges } from "./start";
import type { Workspace } from "./workspace";

/** What became of the records of the consumer's topic. */
export interface Flow {
  /** Records that the topic held after the marked batch. */
  produced: number;
  /** Those of them that the consumer has committed. */
  consumed: number;
  missing: number;
  /** Records that the consumer committed more than once, counted without the first time. */
  duplicates: number;
  /**
   * From a marked record's `sentAt` to the time of the file that holds it, ms; null when none arrived. The first is by
   * this machine's clock, the second by the storage's.
   */
  latencyMs: { p50: number | null; p99: number | null };
}

export interface FlowOptions {
  /** Number of marked records. */
  count: number;
  /** How long the consumer may take, ms. */
  timeoutMs: number;
  /** Time between two looks at the sink, ms; 1000 by default. */
  pollMs?: number;
  /** Told what is going on. */
  progress?: (message: string) => void;
}

/** The job that reads the topic, by its parameters. */
export interface Consumer {
  jobUrl: string;
  topic: string;
  startingOffsets: string;
  /** delta, json or parquet. */
  sink: string;
  /** Where it commits the files with raw events. */
  folder: string;
  checkpoint: string;
}

/**
 * Sends marked records, and compares everything that the topic then holds with what the consumer has committed. Throws
 * `Incomparable` when the sink turns out to be one whose records cannot be read from here, before it sends any.
 */
export async function checkFlow(
  kafka: Kafka,
  workspace: Workspace,
  consumer: Consumer,
  options: FlowOptions,
): Promise<{ flow: Flow; misses: string[] }> {
  const say = options.progress ?? (() => {});
  const run = `verify-${randomUUID()}`;
  const isMarked = (id: string) => id.startsWith(run);
  const before = await withAdmin(kafka, (admin) => heldOffsets(admin, consumer.topic));
  const reader = new SinkReader(workspace, consumer.sink, consumer.folder, { ranges: before, isMarked, progress: say });
  say("Reading what the consumer has committed so far");
  // What else goes wrong here is found again below, or has passed by then.
  await reader.update().catch(stopIfHopeless);

  say(`Sending ${options.count} marked records to topic ${consumer.topic}`);
  const sent = await sendMarked(kafka, consumer.topic, run, options.count);
  const ranges = await withAdmin(kafka, (admin) => heldOffsets(admin, consumer.topic));

  say(`Waiting for the consumer to commit all of the ${count(ranges)} records that the topic holds`);
  const expected = () => expectedRanges(ranges, consumer.startingOffsets, consumer.topic, reader.found);
  const trouble = await follow(reader, expected, sent.size, options);

  const comparison = compare(expected(), reader.found);
  const lost = sent.size - reader.written.size;
  const misses = [
    ...(trouble ? [trouble] : []),
    ...reader.problems(),
    ...describeMisses(comparison, consumer.checkpoint),
    ...(lost > 0 ? [`${lost} of the ${sent.size} marked records (${run}-*) did not arrive.`] : []),
  ];
  if (comparison.missing.length > 0 || lost > 0) misses.push(await stateOf(consumer, workspace));

  const latencies = [...reader.written].map(([id, written]) => written - Number(sent.get(id)));
  return {
    flow: {
      produced: comparison.produced,
      consumed: comparison.consumed,
      missing: count(comparison.missing),
      duplicates: countRepeats(comparison.duplicates),
      latencyMs: percentiles(latencies),
    },
    misses,
  };
}

/** Reads the sink until everything is there or time is up; the trouble that the last look met, if any. */
async function follow(
  reader: SinkReader,
  expected: () => OffsetRange[],
  marked: number,
  { timeoutMs, pollMs = 1000 }: FlowOptions,
): Promise<string | undefined> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let trouble: string | undefined;
    try {
      await reader.update();
    } catch (error) {
      stopIfHopeless(error);
      trouble = `The sink cannot be read: ${reason(error)}.`;
    }
    const complete = compare(expected(), reader.found).missing.length === 0 && reader.written.size === marked;
    if (complete || Date.now() + pollMs > deadline) return trouble;
    await setTimeout(pollMs);
  }
}

/** Throws an error that no further look at the sink can change. */
function stopIfHopeless(error: unknown): void {
  if (error instanceof Impossible || error instanceof Incomparable) throw error;
}

async function stateOf({ jobUrl }: Consumer, workspace: Workspace): Promise<string> {
  const state = await workspace
    .runState(jobUrl)
    .then(describeRun, (error: unknown) => `Its state is unknown: ${reason(error)}.`);
  return `${state} Look at ${jobUrl}.`;
}
