import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { projectRoot, toolPaths } from "../../local/paths";
import { stackName } from "../../local/stack/configuration";
import { LocalStack } from "../../local/stack/localStack";
import { checkStack, configurationOf, projectDefaults } from "../stackConfiguration";
import { differences, secretsInClear } from "./configuration";
import type { DeclaredTopic } from "./declaredTopics";
import { topicsBefore } from "./deployedTopics";
import { drift, findings } from "./drifted";
import { type CliRun, cli, cliRun, runEngine } from "./engine";
import { outputsOf, stepsOf } from "./events";
import { type ConfigValue, comparable, lastConfiguration } from "./history";
import { type DiffReport, type NotebookChange, type StackReport, worst } from "./model";
import { deployedNotebookChanges } from "./notebooks";
import { outputChanges } from "./outputs";
import { isForbidden, type Policies, policyFindings } from "./policies";
import { guarded, protectionChanges } from "./protection";
import { renames } from "./renames";
import { resourceChanges, unchangedResources } from "./resources";
import { secretsIn, secretVariables, withoutSecrets, withoutSecretTexts } from "./secrets";
import { nameOf, workingTree } from "./source";
import { failed, nothing } from "./stackReport";
import { withTopics } from "./topicEffects";
import { hasUnknown } from "./values";

/** Runs the Pulumi CLI on one stack, with its login and its configuration. */
export type StackCli = (args: string[]) => Promise<CliRun>;

export interface DeployedOptions {
  /** Look first at what is there, instead of what the state says is there. */
  refresh?: boolean;
  /** Policies that the code is checked against. Default: none. */
  policies?: Policies;
  /**
   * Configuration that the next deployment has, by full key. Default: neither keys nor topics are compared with those of
   * the last one.
   */
  configuration?: Readonly<Record<string, unknown>>;
}

/** What a preview says of a stack, and of the notebooks in its workspace. */
export interface DeployedStack {
  report: StackReport;
  notebooks: NotebookChange[];
}

/**
 * What `pulumi up` would do to a stack as it is deployed, by a preview: nothing is changed, in Azure or in the state.
 * What only waits for a value that is not known yet counts as changed here, unless it was looked at; secrets are
 * `[secret]`.
 */
export async function previewDeployed(
  stack: string,
  pulumi: StackCli,
  { refresh = false, policies: pack, configuration: next }: DeployedOptions = {},
): Promise<DeployedStack> {
  const args = ["preview", ...(refresh ? ["--refresh"] : []), ...(pack?.args(stack) ?? [])];
  const { events, failure } = await runEngine(args, tmpdir(), pulumi);
  const said = policyFindings(events);
  const inClear = secretsInClear(next ?? {});
  const secrets = failure !== undefined || said.length > 0 ? [...inClear, ...(await secretsOf(pulumi))] : inClear;
  const hide = (text: string) => withoutSecretTexts(text, secrets);
  const policies = said.map((finding) => ({ ...finding, message: hide(finding.message) }));
  const last = next && (await lastConfiguration(pulumi));
  const configuration = last && next ? differences(comparable(last), comparable(next, last)) : [];
  const standIns = { encrypted: [], missing: [] };
  const common = { stack, policies, configuration, standIns, needed: [], ...(refresh && { isDrift: true as const }) };
  const forbidden = isForbidden(events);
  const kept = guarded(events);
  if (failure !== undefined && !forbidden && kept.length === 0) {
    return { report: failed({ ...nothing(stack), ...common }, "head", hide(failure)), notebooks: [] };
  }
  const steps = stepsOf(events).filter(({ op }) => op !== "refresh");
  const shown = withoutSecrets(steps, inClear);
  const planned = resourceChanges(shown);
  const differing = refresh ? drift(planned, findings(events)) : { changes: planned, following: [] };
  const known = outputsOf(events);
  // An output that only waits for a change follows from it, too.
  const outputs = withoutSecrets(outputChanges(known), inClear).filter(({ after }) => !refresh || !hasUnknown(after));
  const declared = next && topicsOf(stack, next);
  const before = (last && topicsOf(stack, last)) ?? topicsBefore(shown, planned, known.before, declared);
  const { changes, topics, refusal } =
    declared && before
      ? withTopics(differing.changes, before, declared, undefined, forbidden || kept.length > 0)
      : { changes: differing.changes, topics: [], refusal: undefined };
  const protection = protectionChanges(steps);
  const stopped = forbidden || kept.length > 0 || refusal ? "disruptive" : "none";
  const grade = worst([...changes, ...outputs, ...topics, ...protection, { grade: stopped }]);
  const found = {
    changes,
    following: differing.following,
    unchanged: unchangedResources(steps),
    outputs,
    topics,
    notCompared: next ? [...(last ? [] : ["keys" as const]), ...(before ? [] : ["topics" as const])] : [],
    ...(refusal && { refusal }),
    guarded: kept,
    protection,
    renames: refresh ? [] : renames(changes),
  };
  return { report: { ...common, ...found, grade }, notebooks: deployedNotebookChanges(shown) };
}

/**
 * What must not be in texts that others worded: the secrets of the stack's configuration and state, and those that this
 * process logs in with. What cannot be read here, the engine could not read either.
 */
async function secretsOf(pulumi: StackCli): Promise<string[]> {
  const config = await pulumi(["config", "--show-secrets", "--json"]);
  const state = await pulumi(["stack", "export", "--show-secrets"]);
  const configured = Object.values(parsed<Record<string, ConfigValue>>(config)).filter((each) => each.secret);
  return [
    ...configured.flatMap(({ value, objectValue }) => [...(value ? [value] : []), ...texts(objectValue)]),
    ...secretsIn(parsed(state)),
    ...secretVariables(),
  ];
}

function parsed<T extends object>({ stdout, failure }: CliRun): T | Record<string, never> {
  return failure === undefined ? (JSON.parse(stdout) as T) : {};
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}

/** The topics that a configuration declares, as the program reads it; nothing where it would not take them. */
function topicsOf(stack: string, configuration: Readonly<Record<string, unknown>>): DeclaredTopic[] | undefined {
  return checkStack(stack, configuration, new Set()).values.topics;
}

/** Previews several stacks as they are deployed, with the login that each needs. */
export async function deployedReport(
  stacks: string[],
  what: Pick<DiffReport, "subject" | "base">,
  { onProgress = () => undefined, ...options }: DeployedOptions & { onProgress?: (line: string) => void } = {},
): Promise<DiffReport> {
  const reports: StackReport[] = [];
  const notebooks = new Map<string, NotebookChange>();
  for (const stack of stacks) {
    onProgress(`${stack}: previewing`);
    const { pulumi, configuration: next } = await stackOf(stack);
    const configuration = next();
    const found = await previewDeployed(stack, pulumi, { ...options, configuration });
    reports.push(found.report);
    for (const notebook of found.notebooks) notebooks.set(JSON.stringify(notebook), notebook);
  }
  const head = nameOf(await workingTree());
  return { ...what, head, grade: worst(reports), stacks: reports, notebooks: [...notebooks.values()], packages: [] };
}

/** The CLI for a stack: the twin's own for `local`, else the user's, with whatever login there is. */
export async function stackCli(stack: string): Promise<StackCli> {
  return (await stackOf(stack)).pulumi;
}

/** The CLI for a stack, and what reads the configuration that its next deployment has. */
async function stackOf(stack: string): Promise<{ pulumi: StackCli; configuration: () => Record<string, unknown> }> {
  if (stack === stackName) {
    const local = await LocalStack.open();
    return {
      pulumi: (args) => cliRun((options) => local.pulumi(args, options), local.environment),
      // It has more than its file in the project says.
      configuration: () => {
        const { config } = parse(readFileSync(local.configuration, "utf8")) as { config: Record<string, unknown> };
        return { ...projectDefaults(), ...config };
      },
    };
  }
  // The user's own CLI comes first; this project's is better than none.
  const env = { PATH: `${process.env.PATH ?? ""}${path.delimiter}${toolPaths().bin}` };
  return {
    pulumi: (args) => cli([...args, "--stack", stack], { cwd: projectRoot, env }),
    configuration: () => configurationOf(stack),
  };
}
