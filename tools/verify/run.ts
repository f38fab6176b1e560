import { Impossible, reason } from "../stack/failure";
import { checkBrokers, checkTopics, kafkaClient, type TopicReport, withAdmin } from "../stack/kafka";
import type { Outputs } from "../stack/outputs";
import { Incomparable } from "./commits";
import { checkRun } from "./consumerRun";
import { checkFlow, type Flow, type FlowOptions } from "./flow";
import { eventsFolder, unreadable } from "./sink";
import type { Workspace } from "./workspace";

/** What was verified, in the shape of `--json`. */
export interface Report extends Omit<Flow, Count> {
  /** Brokers that answer at their advertised addresses. */
  brokers: string[];
  topics: TopicReport[];
  /** Why records were not compared, and the counts are null; absent where they were, or would have been. */
  notCompared?: string;
  /** State of the consumer's newest run, where records were not compared. */
  consumerRun?: string;
  produced: number | null;
  consumed: number | null;
  missing: number | null;
  duplicates: number | null;
}

type Count = "produced" | "consumed" | "missing" | "duplicates";

/**
 * Verifies a deployed pipeline from its outputs. Where its sink cannot be read from here, brokers, topics and the
 * consumer's run are all there is to look at: nothing is sent then, as far as that is known before, and the report says
 * so. Each miss says what is wrong and what to look at.
 */
export async function verify(
  outputs: Outputs,
  workspace: Workspace,
  options: FlowOptions,
): Promise<{ report: Report; misses: string[] }> {
  const say = options.progress ?? (() => {});
  const nothing = { produced: 0, consumed: 0, missing: 0, duplicates: 0, latencyMs: { p50: null, p99: null } };
  const report: Report = { brokers: [], topics: [], ...nothing };
  const misses: string[] = [];

  /** A step whose failure is a finding, and no reason to leave out what does not need it. */
  async function attempt<T>(failed: string, step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      if (error instanceof Impossible || error instanceof Incomparable) throw error;
      misses.push(`${failed}: ${reason(error)}.`);
      return undefined;
    }
  }

  const consumer = await attempt(`The workspace does not describe the consumer's job (${outputs.consumerJobUrl})`, () =>
    consumerOf(outputs, workspace),
  );
  if (consumer?.unreadable) Object.assign(report, uncounted(consumer.unreadable));

  say(`Asking ${outputs.kafkaBrokers.length} brokers for their addresses`);
  const brokers = await checkBrokers(outputs.kafkaBrokers);
  report.brokers = brokers.answering;
  misses.push(...brokers.misses);
  if (brokers.answering.length === 0) return { report, misses };

  const kafka = kafkaClient(brokers.answering);
  const topics = await attempt("The brokers do not describe the topics", () =>
    withAdmin(kafka, (admin) => checkTopics(admin, outputs.topics)),
  );
  report.topics = topics?.topics ?? [];
  misses.push(...(topics?.misses ?? []));
  if (!consumer || !report.topics.some(({ name }) => name === consumer.topic)) return { report, misses };

  try {
    if (consumer.unreadable) throw new Incomparable(consumer.unreadable);
    const flow = await attempt(`Nothing can be sent through topic ${consumer.topic}`, () =>
      checkFlow(kafka, workspace, consumer, options),
    );
    misses.push(...(flow?.misses ?? []));
    return { report: { ...report, ...flow?.flow }, misses };
  } catch (error) {
    if (!(error instanceof Incomparable)) throw error;
    say("Looking at the consumer's run");
    const run = await attempt(`The workspace does not tell of the consumer's runs (${consumer.jobUrl})`, () =>
      checkRun(workspace, consumer.jobUrl, options),
    );
    misses.push(...(run?.misses ?? []));
    return { report: { ...report, ...uncounted(error.message), consumerRun: run?.state }, misses };
  }
}

function uncounted(notCompared: string): Pick<Report, "notCompared" | Count> {
  return { notCompared, produced: null, consumed: null, missing: null, duplicates: null };
}

async function consumerOf({ consumerJobUrl: jobUrl }: Outputs, workspace: Workspace) {
  const parameters = await workspace.jobParameters(jobUrl);
  const { topic, startingOffsets = "earliest", sink, checkpoint } = parameters;
  const where = { folder: eventsFolder(parameters), unreadable: unreadable(parameters) };
  return { jobUrl, ...where, topic, startingOffsets, sink, checkpoint };
}
