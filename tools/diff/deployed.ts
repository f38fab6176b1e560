import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { projectRoot, toolPaths } from "../../local/paths";
import { stackName } from "../../local/stack/configuration";
import { LocalStack } from "../../local/stack/localStack";
import { drift, findings } from "./drifted";
import { type CliRun, cli, cliRun, runEngine } from "./engine";
import { outputsOf, stepsOf } from "./events";
import { type DiffReport, type StackReport, worst } from "./model";
import { outputChanges } from "./outputs";
import { policyFindings } from "./policies";
import { resourceChanges, unchangedResources } from "./resources";
import { withoutSecrets } from "./secrets";
import { nameOf, workingTree } from "./source";
import { hasUnknown } from "./values";

/** Runs the Pulumi CLI on one stack, with its login and its configuration. */
export type StackCli = (args: string[]) => Promise<CliRun>;

export interface DeployedOptions {
  /** Look first at what is there, instead of what the state says is there. */
  refresh?: boolean;
  /** Policy pack, as the engine takes it. Default: none. */
  policyPack?: string;
}

/**
 * What `pulumi up` would do to a stack as it is deployed, by a preview: nothing is changed, in Azure or in the state.
 * What only waits for a value that is not known yet counts as changed here, unless it was looked at; secrets are
 * `[secret]`.
 */
export async function previewDeployed(
  stack: string,
  pulumi: StackCli,
  { refresh = false, policyPack }: DeployedOptions = {},
): Promise<StackReport> {
  const args = ["preview", ...(refresh ? ["--refresh"] : []), ...(policyPack ? ["--policy-pack", policyPack] : [])];
  const { events, failure } = await runEngine(args, tmpdir(), pulumi);
  const policies = policyFindings(events);
  const nothing = { configuration: [], topics: [], standIns: { encrypted: [], missing: [] } };
  const isForbidden = policies.some(({ level }) => level === "mandatory");
  if (failure !== undefined && !isForbidden) {
    const report = { ...nothing, changes: [], following: [], unchanged: 0, outputs: [], policies };
    return { stack, grade: "destructive", failure: { version: "head", message: failure }, ...report };
  }
  const steps = stepsOf(events).filter(({ op }) => op !== "refresh");
  const planned = resourceChanges(withoutSecrets(steps, []));
  const { changes, following } = refresh ? drift(planned, findings(events)) : { changes: planned, following: [] };
  // An output that only waits for a change follows from it, too.
  const outputs = outputChanges(outputsOf(events)).filter(({ after }) => !refresh || !hasUnknown(after));
  const grade = worst([...changes, ...outputs, { grade: isForbidden ? "disruptive" : "none" }]);
  return { stack, grade, ...nothing, changes, following, unchanged: unchangedResources(steps), outputs, policies };
}

/** Previews several stacks as they are deployed, with the login that each needs. */
export async function deployedReport(
  stacks: string[],
  what: Pick<DiffReport, "subject" | "base">,
  { onProgress = () => undefined, ...options }: DeployedOptions & { onProgress?: (line: string) => void } = {},
): Promise<DiffReport> {
  const reports: StackReport[] = [];
  for (const stack of stacks) {
    onProgress(`${stack}: previewing`);
    reports.push(await previewDeployed(stack, await stackCli(stack), options));
  }
  const head = nameOf(await workingTree());
  return { ...what, head, grade: worst(reports), stacks: reports, notebooks: [], packages: [] };
}

/** The CLI for a stack: the twin's own for `local`, else the user's, with whatever login there is. */
export async function stackCli(stack: string): Promise<StackCli> {
  if (stack === stackName) {
    const local = await LocalStack.open();
    return (args) => cliRun((options) => local.pulumi(args, options), local.environment);
  }
  if (!existsSync(path.join(projectRoot, `Pulumi.${stack}.yaml`))) {
    throw new Error(`There is no \`Pulumi.${stack}.yaml\`, so there is no stack \`${stack}\` to look at.`);
  }
  // The user's own CLI comes first; this project's is better than none.
  const env = { PATH: `${process.env.PATH ?? ""}${path.delimiter}${toolPaths().bin}` };
  return (args) => cli([...args, "--stack", stack], { cwd: projectRoot, env });
}
