/**
 * Runs a script action on a running HDInsight cluster (`run`), or takes it from those that new workers get (`forget`).
 * Run by `KafkaScriptActions`; may be run any number of times, and does only what is not so already.
 *
 * A script action that is persisted with the same address, roles and parameters has succeeded: HDInsight persists no
 * other. So it is not run again. The name of a persisted one is taken, so a changed one is forgotten first.
 *
 * Sources: scriptActions.json and cluster.json of HDInsight in Azure/azure-rest-api-specs;
 * https://learn.microsoft.com/azure/hdinsight/hdinsight-hadoop-customize-cluster-linux
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ArmClient } from "../../arm/client";
import { followMinutes } from "../../arm/limits";
import { masked } from "./mask";

const version = "2021-06-01";
/** How often a script of somebody else's, or of an interrupted run, is looked at; and for how long, a script's own limit. */
const pollMs = 5_000;
const deadlineMs = followMinutes * 60_000;

interface ScriptAction {
  name: string;
  uri: string;
  roles: string[];
  parameters?: string | null;
}

interface Execution extends ScriptAction {
  scriptExecutionId: number;
  startTime: string;
  status: string;
  executionSummary?: { status: string; instanceCount: number }[];
  /** Only of one that is asked for by its number: Ambari's tasks, as JSON. */
  debugInformation?: string;
}

async function main(): Promise<void> {
  const [verb] = process.argv.slice(2);
  const { HDINSIGHT_CLUSTER_ID: cluster, SCRIPT_NAME: name, SCRIPT_URI: uri, SCRIPT_ROLES: roles } = process.env;
  if (!cluster || !name || !uri || !roles || !["run", "forget"].includes(verb ?? "")) {
    throw new Error(
      "`HDINSIGHT_CLUSTER_ID`, `SCRIPT_NAME`, `SCRIPT_URI` and `SCRIPT_ROLES` are needed in the environment, and `run` or `forget`.",
    );
  }
  const arm = await ArmClient.fromEnvironment();
  if (verb === "forget") return forget(arm, cluster, name);
  const wanted = { name, uri, roles: roles.split(","), parameters: process.env.SCRIPT_PARAMETERS ?? "" };
  console.log(JSON.stringify({ script: name, ran: await run(arm, cluster, wanted) }));
}

/** Returns whether there was something to do. */
async function run(arm: ArmClient, cluster: string, wanted: ScriptAction): Promise<boolean> {
  await untilIdle(arm, cluster);
  const before = await persisted(arm, cluster, wanted.name);
  if (before && isSame(before, wanted)) return false;
  if (before) await forget(arm, cluster, wanted.name);
  let refused: Error | undefined;
  try {
    await arm.post(`${cluster}/executeScriptActions`, version, { scriptActions: [wanted], persistOnSuccess: true });
  } catch (error) {
    refused = error as Error;
  }
  // What ends without success is not persisted, however the call that was followed ended.
  const after = await persisted(arm, cluster, wanted.name);
  if (after && isSame(after, wanted)) return true;
  throw new Error([refused?.message, await account(arm, cluster, wanted)].filter(Boolean).join("\n"));
}

async function forget(arm: ArmClient, cluster: string, name: string): Promise<void> {
  await arm.delete(`${cluster}/scriptActions/${encodeURIComponent(name)}`, version);
}

async function persisted(arm: ArmClient, cluster: string, name: string): Promise<ScriptAction | undefined> {
  const { value } = await arm.get<{ value: ScriptAction[] }>(`${cluster}/scriptActions`, version);
  return value.find((one) => one.name === name);
}

async function history(arm: ArmClient, cluster: string): Promise<Execution[]> {
  return (await arm.get<{ value: Execution[] }>(`${cluster}/scriptExecutionHistory`, version)).value;
}

/** An earlier run may have been interrupted while its script goes on; the cluster takes no other meanwhile. */
async function untilIdle(arm: ArmClient, cluster: string): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (
    (await history(arm, cluster)).some(({ status }) => /^(submitted|accepted|inprogress|running)$/i.test(status))
  ) {
    if (Date.now() > end) throw new Error("another script action has been running for more than an hour");
    await sleep(pollMs);
  }
}

function isSame(a: ScriptAction, b: ScriptAction): boolean {
  const roles = ({ roles }: ScriptAction) => roles.map((role) => role.toLowerCase()).sort();
  return a.uri === b.uri && (a.parameters ?? "") === (b.parameters ?? "") && String(roles(a)) === String(roles(b));
}

/** What the cluster's history says of the last run of a script: on how many nodes it ended how, and what one of them wrote. */
async function account(arm: ArmClient, cluster: string, { name }: ScriptAction): Promise<string> {
  const runs = (await history(arm, cluster)).filter((one) => one.name === name);
  const [last] = runs.sort((a, b) => b.scriptExecutionId - a.scriptExecutionId);
  if (!last) return "HDInsight has no record of a run.";
  const id = `${cluster}/scriptExecutionHistory/${last.scriptExecutionId}`;
  const { debugInformation = "" } = await arm.get<Execution>(id, version);
  const nodes = (last.executionSummary ?? []).map((one) => `${one.status} on ${one.instanceCount}`).join(", ");
  return [
    `Run ${last.scriptExecutionId} ended as ${last.status}${nodes && ` (${nodes} nodes)`}. Ambari has the whole output, among`,
    "its background operations as run_customscriptaction.",
    written(debugInformation),
  ].join("\n");
}

/** The end of what the script wrote on the first node where it failed; of the whole where it is no list of Ambari's tasks. */
function written(debugInformation: string): string {
  // Masked before it is cut, which may leave half of a secret.
  const end = (text: string) => hidden(text).trim().slice(-2_000);
  try {
    const { tasks } = JSON.parse(debugInformation) as { tasks: { Tasks: Record<string, string> }[] };
    const task = tasks.map(({ Tasks }) => Tasks).find(({ status }) => status !== "COMPLETED");
    return task ? `${task.host_name}:\n${end(`${task.stdout ?? ""}\n${task.stderr ?? ""}`)}` : "";
  } catch {
    return end(debugInformation);
  }
}

/** A text without the script's arguments and its address's signature. */
function hidden(text: string): string {
  const { SCRIPT_URI: uri = "", SCRIPT_PARAMETERS: parameters } = process.env;
  return masked(text, { uri, parameters });
}

main().catch((error: Error) => {
  // All of it, whoever wrote it: Azure's refusal may repeat the call.
  console.error(`Script action \`${process.env.SCRIPT_NAME}\` of the Kafka cluster: ${hidden(error.message)}`);
  process.exitCode = 1;
});
