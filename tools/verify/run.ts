import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { compare, count, countRepeats, type OffsetRange, percentiles } from "./compare";
import { CannotVerify, reason } from "./failure";
import { checkBrokers, checkTopics, heldOffsets, kafkaClient, sendMarked, type TopicReport, withAdmin } from "./kafka";
import { describeMisses } from "./misses";
import type { Outputs } from "./outputs";
import { eventsFolder, SinkReader } from "./sink";
import { expectedRanges } from "./start";
import type { Workspace } from "./workspace";

/** What was verified, in the shape of `--json`. */
export interface Report {
  /** Brokers that answer at their advertised addresses. */
  brokers: string[];
  topics: TopicReport[];
  /** Records that the consumer's topic held after the marked batch. */
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

export interface Options {
  /** Number of marked records. */
  count: number;
  /** How long the consumer may take, ms. */
  timeoutMs: number;
  /** Time between two looks at the sink, ms. */
  pollMs?: number;
  /** Told what is going on. */
  progress?: (message: string) => void;
}

/** Verifies a deployed pipeline from its outputs. Each miss says what is wrong and what to look at. */
export async function verify(
  outputs: Outputs,
  workspace: Workspace,
  options: Options,
): Promise<{ report: Report; misses: string[] }> {
  const say = options.progress ?? (() => {});
  const report: Report = {
    brokers: [],
    topics: [],
    produced: 0,
    consumed: 0,
    missing: 0,
    duplicates: 0,
    latencyMs: percentiles([]),
  };
  const misses: string[] = [];

  // First, because a sink that cannot be read ends the tool before it has written anything.
  const consumer = await consumerOf(outputs, workspace).catch((error: unknown) => {
    if (error instanceof CannotVerify) throw error;
    misses.push(
      `The workspace does not describe the consumer's job: ${reason(error)}. Look at ${outputs.consumerJobUrl}.`,
    );
    return undefined;
  });

  say(`Asking ${outputs.kafkaBrokers.length} brokers for their addresses`);
  const brokers = await checkBrokers(outputs.kafkaBrokers);
  report.brokers = brokers.answering;
  misses.push(...brokers.misses);
  if (brokers.answering.length === 0) return { report, misses };

  const kafka = kafkaClient(brokers.answering);
  const topics = await withAdmin(kafka, (admin) => checkTopics(admin, outputs.topics));
  report.topics = topics.topics;
  misses.push(...topics.misses);
  if (!consumer || !topics.topics.some(({ name }) => name === consumer.topic)) return { report, misses };

  say(`Sending ${options.count} marked records to topic ${consumer.topic}`);
  const run = `verify-${randomUUID()}`;
  const sent = await sendMarked(kafka, consumer.topic, run, options.count);
  const ranges = await withAdmin(kafka, (admin) => heldOffsets(admin, consumer.topic));

  say(`Waiting for the consumer to commit all of the ${count(ranges)} records that the topic holds`);
  const reader = new SinkReader(workspace, consumer.folder, (id) => sent.has(id));
  const expected = () => expectedRanges(ranges, consumer.startingOffsets, consumer.topic, reader.found);
  const trouble = await follow(reader, expected, sent, options);

  const comparison = compare(expected(), reader.found);
  const { produced, consumed, missing, duplicates } = comparison;
  const latencies = [...reader.written].map(([id, written]) => written - Number(sent.get(id)));
  const lost = sent.size - reader.written.size;
  if (trouble) misses.push(trouble);
  misses.push(...reader.problems(), ...describeMisses(comparison, consumer.checkpoint));
  if (lost > 0) misses.push(`${lost} of the ${sent.size} marked records (${run}-*) did not arrive.`);
  if (missing.length > 0 || lost > 0) {
    misses.push(`${await stateOf(outputs, workspace)} Look at ${outputs.consumerJobUrl}.`);
  }
  return {
    report: {
      ...report,
      ...{ produced, consumed, missing: count(missing), duplicates: countRepeats(duplicates) },
      latencyMs: percentiles(latencies),
    },
    misses,
  };
}

async function consumerOf(outputs: Outputs, workspace: Workspace) {
  const parameters = await workspace.jobParameters(outputs.consumerJobUrl);
  const folder = eventsFolder(parameters);
  const { topic, startingOffsets = "earliest", checkpoint } = parameters;
  return { folder, topic, startingOffsets, checkpoint };
}

/** Reads the sink until everything is there or time is up; the trouble that the last look met, if any. */
async function follow(
  reader: SinkReader,
  expected: () => OffsetRange[],
  sent: ReadonlyMap<string, number>,
  { timeoutMs, pollMs = 1000 }: Options,
): Promise<string | undefined> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let trouble: string | undefined;
    try {
      await reader.update();
    } catch (error) {
      if (error instanceof CannotVerify) throw error;
      trouble = `The sink cannot be read: ${reason(error)}.`;
    }
    if (!trouble && compare(expected(), reader.found).missing.length === 0 && reader.written.size === sent.size)
      return undefined;
    if (Date.now() + pollMs > deadline) return trouble;
    await setTimeout(pollMs);
  }
}

async function stateOf(outputs: Outputs, workspace: Workspace): Promise<string> {
  return workspace
    .runState(outputs.consumerJobUrl)
    .catch((error: unknown) => `Its state is unknown: ${reason(error)}.`);
}
