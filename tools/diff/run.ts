import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import * as path from "node:path";
import pMap from "p-map";
import { projectRoot } from "../../local/paths";
import { type Baseline, baseline, CannotDeploy, onCopy, onNothing } from "./baseline";
import { prune } from "./cache";
import { configurationChanges } from "./configuration";
import { type DiffReport, type PolicyFinding, type StackReport, worst } from "./model";
import { notebookChanges } from "./notebooks";
import { hasProvider, packageChanges } from "./packages";
import { type Policies, policyFindings } from "./policies";
import { withoutSecretTexts } from "./secrets";
import { nameOf, type Source } from "./source";
import { comparedReport, failed, nothing, removed, secretsOf } from "./stackReport";
import { type RunnableConfiguration, readConfiguration } from "./standIns";

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
  const { base, head, cache } = options;
  prune(cache);
  // As many at a time as there are cores, since the engine and its plugins compute more than they wait.
  const stacks = await pMap(options.stacks, (stack) => diffStack(stack, options), {
    concurrency: availableParallelism(),
  });
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
    return removed(report);
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
    const failure = await onNothing(stack, cache, (sandbox) => sandbox.install(head, after));
    if (failure !== undefined) return failed(report, "head", readable(failure, head, [after]));
    return failed(report, "base", readable(before.message, base, [readConfiguration(base.folder, stack, cache)]));
  }

  onProgress(`${stack}: deploying ${nameOf(head)} over it`);
  const args = pack?.args(stack) ?? [];
  const deployment = await onCopy(before, stack, (sandbox) => sandbox.deploy(head, after, args));
  const configurations = [after, before.configuration];
  const failure = deployment.failure === undefined ? undefined : readable(deployment.failure, head, configurations);
  // What the policies have against the base version, nobody can blame the new one for.
  const isAsked = policyFindings(deployment.events).length > 0;
  const old = isAsked ? await findings(base, stack, before, args) : undefined;
  const isNewProvider = hasProvider(packageChanges(base.folder, head.folder));
  return comparedReport(report, deployment, {
    before: before.configuration,
    after,
    isNewProvider,
    ...(failure !== undefined && { failure }),
    ...(old && { old }),
  });
}

/** What policies say of a base version; nothing where that one does not know the stack. */
async function findings(
  base: Source,
  stack: string,
  deployed: Baseline,
  args: string[],
): Promise<PolicyFinding[] | undefined> {
  const { configuration } = deployed;
  if (!configuration) return undefined;
  return policyFindings(await onCopy(deployed, stack, (sandbox) => sandbox.preview(base, configuration, args)));
}

/**
 * What stopped a version, without secrets. Where the files were for the comparison says nothing to a reader, and neither
 * do lines of Node's and of packages.
 */
function readable(
  message: string,
  { folder }: Source,
  configurations: readonly (RunnableConfiguration | undefined)[],
): string {
  const relative = message.replaceAll(`${folder}/`, "").replaceAll(`${projectRoot}/`, "");
  const own = relative.replaceAll(/\n\s+at .*\(?(?:node:|node_modules\/|lazyPackages\.cjs).*/g, "");
  return withoutSecretTexts(own, secretsOf(configurations));
}
