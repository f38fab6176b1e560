import { existsSync } from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../local/paths";
import { actual, expected } from "./actual";
import { baseline, CannotDeploy, onCopy, onNothing } from "./baseline";
import { configurationChanges } from "./configuration";
import { type DiffReport, type StackReport, worst } from "./model";
import { notebookChanges } from "./notebooks";
import { outputChanges } from "./outputs";
import { hasProvider, packageChanges } from "./packages";
import { isForbidden, type Policies, policyFindings } from "./policies";
import { resourceChanges, unchangedResources } from "./resources";
import { withoutSecrets, withoutSecretTexts } from "./secrets";
import { nameOf, type Source } from "./source";
import { type RunnableConfiguration, readConfiguration } from "./standIns";
import { topicChanges } from "./topics";

export interface DiffOptions {
  base: Source;
  head: Source;
  /** Names of stacks, each with a `Pulumi.<name>.yaml` in `head`. */
  stacks: string[];
  /** Folder for what later runs can use again. */
  cache: string;
  /** Policies that the new version is checked against. Default: none. */
  policies?: Policies;
  /** Told what is being done. */
  onProgress?: (line: string) => void;
}

/** Heading of a report of changes. */
export const subject = "What `pulumi up` would do";

/** Compares two versions of the project, stack by stack. Rejects for nothing that the report can say. */
export async function diff(options: DiffOptions): Promise<DiffReport> {
  const stacks: StackReport[] = [];
  // One after the other: the services of each take the addresses that its clusters have.
  for (const stack of options.stacks) stacks.push(await diffStack(stack, options));
  const { base, head } = options;
  return {
    subject,
    base: nameOf(base),
    head: nameOf(head),
    grade: worst(stacks),
    stacks,
    notebooks: notebookChanges(base.folder, head.folder),
    packages: packageChanges(base.folder, head.folder),
  };
}

async function diffStack(stack: string, options: DiffOptions): Promise<StackReport> {
  const { base, head, cache, policies: pack, onProgress = () => undefined } = options;
  const report = nothing(stack, configurationChanges(base.folder, head.folder, stack));
  if (!existsSync(path.join(head.folder, `Pulumi.${stack}.yaml`))) {
    return failed(
      report,
      "removed",
      `There is no \`Pulumi.${stack}.yaml\` any more. What is deployed stays until \`pulumi destroy\`.`,
    );
  }
  onProgress(`${stack}: deploying ${nameOf(base)} on a control plane of its own`);
  const before = await baseline(base, stack, cache).catch((error: unknown) => {
    if (error instanceof CannotDeploy) return error;
    throw error;
  });
  const after = readConfiguration(head.folder, stack, cache);
  if (before instanceof CannotDeploy) {
    // That is not the new version's fault, which may be what mends it; so it is tried by itself.
    onProgress(`${stack}: deploying ${nameOf(head)} by itself`);
    const alone = await onNothing(stack, cache, (sandbox) => sandbox.deploy(head, after));
    if (alone.failure !== undefined) return failed(report, "head", readable(alone.failure, head, [after]));
    return failed(report, "base", readable(before.message, base, [readConfiguration(base.folder, stack, cache)]));
  }

  onProgress(`${stack}: deploying ${nameOf(head)} over it`);
  const args = pack?.args(stack) ?? [];
  const deployment = await onCopy(before, stack, (sandbox) => sandbox.deploy(head, after, args));
  const configurations = [after, before.configuration];
  const failure = deployment.failure === undefined ? undefined : readable(deployment.failure, head, configurations);
  const madeUp = secretsOf(configurations);
  const policies = policyFindings(deployment.events).map((finding) => ({
    ...finding,
    message: withoutSecretTexts(finding.message, madeUp),
  }));
  const forbidden = isForbidden(deployment.events);
  if (failure !== undefined && deployment.taken.length === 0 && !forbidden) return failed(report, "head", failure);

  const { steps, outputs } = failure === undefined ? actual(deployment) : expected(deployment);
  const changes = resourceChanges(withoutSecrets(steps, madeUp));
  const { encrypted, missing } = after;
  const needed = missing.filter((key) => !before.configuration?.missing.includes(key));
  const found = {
    changes,
    outputs: outputChanges(outputs),
    topics: topicChanges(before.configuration?.topics ?? [], after.topics),
    policies,
    guarded: deployment.guarded,
    protection: deployment.protection,
    needed: before.configuration ? needed : [],
    ...(failure !== undefined && !forbidden && { refusal: failure }),
  };
  const isNewProvider = hasProvider(packageChanges(base.folder, head.folder));
  const grade = worst([
    ...found.changes,
    ...found.outputs,
    ...found.topics,
    ...found.protection,
    // What another version of it does differently, nobody can tell here.
    { grade: isNewProvider ? "low" : "none" },
    { grade: failure === undefined && found.needed.length + found.guarded.length === 0 ? "none" : "disruptive" },
  ]);
  const whole = { ...report, ...found, grade, unchanged: unchangedResources(steps), standIns: { encrypted, missing } };
  return inRealWords(whole, configurations);
}

type Configurations = readonly (RunnableConfiguration | undefined)[];

/** Values that are secrets where a stack is deployed, and made up here. */
function secretsOf(configurations: Configurations): string[] {
  return configurations.flatMap((configuration) => Object.values(configuration?.secrets ?? {}));
}

/**
 * What stopped a version, without secrets. Where the files were for the comparison says nothing to a reader, and neither
 * do lines of Node's and of packages.
 */
function readable(message: string, { folder }: Source, configurations: Configurations): string {
  const relative = message.replaceAll(`${folder}/`, "").replaceAll(`${projectRoot}/`, "");
  const own = relative.replaceAll(/\n\s+at .*\(?(?:node:|node_modules\/).*/g, "");
  return withoutSecretTexts(own, secretsOf(configurations));
}

function nothing(stack: string, configuration: StackReport["configuration"]): StackReport {
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
    needed: [],
    standIns: { encrypted: [], missing: [] },
  };
}

/** What cannot be compared may be anything, so it is graded as the worst. */
function failed(report: StackReport, version: "base" | "head" | "removed", message: string): StackReport {
  return { ...report, grade: "destructive", failure: { version, message } };
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
