import { actual, expected } from "./actual";
import { secretsInClear } from "./configuration";
import { type PolicyFinding, type StackReport, worst } from "./model";
import { outputChanges } from "./outputs";
import { isForbidden, policyFindings, withOrigin } from "./policies";
import { refusalOf } from "./refusal";
import { renames } from "./renames";
import { resourceChanges, unchangedResources } from "./resources";
import type { Deployment } from "./sandbox";
import { withoutSecrets, withoutSecretTexts } from "./secrets";
import type { RunnableConfiguration } from "./standIns";
import { withTopics } from "./topicEffects";

/** What is known of a deployment beside its steps. */
export interface Comparison {
  /** Configuration of the base version, where that one knows the stack. */
  before: RunnableConfiguration | undefined;
  after: RunnableConfiguration;
  /** Whether a provider has another version. */
  isNewProvider: boolean;
  /** What the deployment stopped with, in a reader's words. */
  failure?: string;
  /** What the policies say of the base version; left out where nobody looked. */
  old?: PolicyFinding[];
}

type Configurations = readonly (RunnableConfiguration | undefined)[];

/** Values that are secrets where a stack is deployed: those that are made up here, and those that stand in its file in clear. */
export function secretsOf(configurations: Configurations): string[] {
  return configurations.flatMap((configuration) =>
    configuration ? [...Object.values(configuration.secrets), ...secretsInClear(configuration.values)] : [],
  );
}

/** A report of a stack of which there is nothing to say but what differs in its configuration. */
export function nothing(stack: string, configuration: StackReport["configuration"] = []): StackReport {
  return {
    stack,
    grade: "none",
    changes: [],
    following: [],
    unchanged: 0,
    outputs: [],
    configuration,
    policies: [],
    topics: [],
    guarded: [],
    protection: [],
    renames: [],
    needed: [],
    standIns: { encrypted: [], missing: [] },
  };
}

/** What cannot be compared may be anything, so it is graded as the worst. */
export function failed(report: StackReport, version: "base" | "head", message: string): StackReport {
  return { ...report, grade: "destructive", failure: { version, message } };
}

/** Nothing that is deployed changes when a stack's file goes; somebody has to destroy it, or to bring the file back. */
export function removed(report: StackReport): StackReport {
  return { ...report, grade: "disruptive", isRemoved: true };
}

/**
 * What the deployment of a new version over the base version's says.
 *
 * @param report what is known without it
 */
export function comparedReport(
  report: StackReport,
  deployment: Deployment,
  { before, after, isNewProvider, failure, old }: Comparison,
): StackReport {
  const forbidden = isForbidden(deployment.events);
  if (failure !== undefined && deployment.taken.length === 0) return failed(report, "head", failure);

  const { steps, outputs } = failure === undefined ? actual(deployment) : expected(deployment);
  const secrets = secretsOf([after, before]);
  const stopped = failure === undefined ? undefined : refusalOf(failure, deployment.failed);
  const planned = resourceChanges(withoutSecrets(steps, secrets)).map((change) =>
    stopped && deployment.failed.includes(change.urn) ? { ...change, isRefused: true as const } : change,
  );
  const isRefused = forbidden || deployment.guarded.length > 0;
  const { changes, topics, refusal } = withTopics(planned, before?.topics ?? [], after.topics, stopped, isRefused);
  const { encrypted, missing } = after;
  const needed = missing.filter((key) => !before?.missing.includes(key));
  const found = {
    changes,
    outputs: withoutSecrets(outputChanges(outputs), secrets),
    topics,
    policies: withOrigin(policyFindings(deployment.events), old).map((finding) => ({
      ...finding,
      message: withoutSecretTexts(finding.message, secrets),
    })),
    guarded: deployment.guarded,
    protection: deployment.protection,
    renames: renames(changes),
    needed: before ? needed : [],
    ...(refusal && { refusal }),
  };
  const isStopped = forbidden || failure !== undefined || refusal !== undefined;
  const grade = worst([
    ...found.changes,
    ...found.outputs,
    ...found.topics,
    ...found.protection,
    // What another version of it does differently, nobody can tell here.
    { grade: isNewProvider ? "low" : "none" },
    { grade: isStopped || found.needed.length + found.guarded.length > 0 ? "disruptive" : "none" },
  ]);
  const whole = { ...report, ...found, grade, unchanged: unchangedResources(steps), standIns: { encrypted, missing } };
  return inRealWords(whole, [after, before]);
}

/** Where the control plane's services are, which is nowhere that a reader could go. */
const localAddress = /\b127\.(?!0\.)\d+\.\d+\.\d+(?::\d+)?/g;

/** Made-up values give way to what the stack files say, and addresses of the control plane to a word. */
function inRealWords(report: StackReport, configurations: Configurations): StackReport {
  const shown = configurations.flatMap((configuration) => [...(configuration?.shown ?? [])]);
  const text = shown.reduce(
    (json, [madeUp, real]) =>
      json.replaceAll(JSON.stringify(madeUp).slice(1, -1), () => JSON.stringify(real).slice(1, -1)),
    JSON.stringify(report),
  );
  return JSON.parse(text.replaceAll(localAddress, "[address in Azure]")) as StackReport;
}
