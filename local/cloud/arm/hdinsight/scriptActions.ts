import { z } from "zod";
import { HttpError } from "../../http";
import { badRequest, conflict } from "../errors";
import { parentOf } from "../ids";
import { type ActionResult, defineKind, type Kind, type Properties, type Resource, type Stored } from "../kind";
import { parseBody } from "../request";
import type { ScriptOutcome } from "../services";
import type { World } from "../world";

/**
 * Script actions of a running cluster: bash scripts that are run on its nodes and, when they are persisted, on workers
 * that are added later. The scripts are run for real, as far as that goes on one machine (hdinsight/scripts.ts).
 *
 * Sources: scriptActions.json and cluster.json of HDInsight in Azure/azure-rest-api-specs with their examples; the tests
 * of the .NET SDK (ScriptActionsOnRunningCluster) for statuses and order; what persisting means:
 * https://learn.microsoft.com/azure/hdinsight/hdinsight-hadoop-customize-cluster-linux
 */
const apiVersions = [
  "2024-08-01-preview",
  "2025-01-15-preview",
  "2023-08-15-preview",
  "2023-04-15-preview",
  "2021-06-01",
];

const roleNames = ["headnode", "workernode", "zookeepernode", "edgenode", "kafkamanagementnode", "gateway"] as const;

const scriptSchema = z.looseObject({
  name: z.string().min(1),
  uri: z.url({ protocol: /^https?$/, error: "must be an http or https address; the twin reaches no other" }),
  parameters: z.string().nullish(),
  roles: z.array(z.enum(roleNames)).min(1),
});
type ScriptAction = z.infer<typeof scriptSchema>;

const executionSchema = z.looseObject({
  scriptActions: z.array(scriptSchema).min(1),
  persistOnSuccess: z.boolean(),
});

/** They come by POST. */
function noPut(): never {
  throw new Error("script actions are not made by PUT");
}

/** The script actions that new workers get. They come by `executeScriptActions` and go by DELETE, which undoes nothing. */
export const persistedScript: Kind = defineKind({
  type: "Microsoft.HDInsight/clusters/scriptActions",
  apiVersions,
  schema: z.looseObject({}),
  names: { pattern: /^.{1,128}$/, rule: "1 to 128 characters" },
  location: "none",
  only: ["GET", "DELETE"],
  prepare: noPut,
  show: ({ resource }) => resource.properties as unknown as Resource,
});

/** Every run of a script action, the latest first. */
export const scriptExecution: Kind = defineKind({
  type: "Microsoft.HDInsight/clusters/scriptExecutionHistory",
  apiVersions,
  schema: z.looseObject({}),
  names: { pattern: /^\d+$/, rule: "the number of a run" },
  location: "none",
  only: ["GET"],
  latestFirst: true,
  prepare: noPut,

  // What the nodes wrote is for those who ask for one run.
  show: (stored, world) => ({ ...runOf(stored, world), debugInformation: stored.internal.debug ?? "" }),
  showListed: runOf,

  actions: {
    promote({ stored }, world) {
      const { name, uri, parameters, roles, status } = stored.resource.properties;
      if (status !== succeeded) {
        throw badRequest(
          "BadRequest",
          `The run of script action '${name}' has not succeeded, and cannot be persisted.`,
        );
      }
      const cluster = parentOf(stored.resource.id);
      refusePersisted(world, cluster, String(name));
      persist(world, cluster, { name, uri, parameters, roles } as ScriptAction);
      return { body: {} };
    },
  },
});

const inProgress = "InProgress";
const succeeded = "Succeeded";

function runOf({ resource }: Stored, world: World): Resource {
  const cluster = world.state.get(parentOf(resource.id));
  const cut = resource.properties.status === inProgress && !(cluster && world.isBusy(cluster));
  // A twin that was killed meanwhile has ended the script with it.
  const status = cut ? { status: "Failed", endTime: resource.properties.startTime } : {};
  return { ...resource.properties, ...status } as unknown as Resource;
}

/** POST `executeScriptActions`: checks at once, runs one after the other, persists what succeeded. */
export function executeScriptActions(stored: Stored, body: Properties, world: World): ActionResult {
  const { scriptActions, persistOnSuccess } = parseBody(executionSchema, body);
  const names = scriptActions.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    throw badRequest("BadRequest", `The names of script actions must be unique, and are: ${names.join(", ")}.`);
  }
  for (const { name, roles } of scriptActions) {
    const absent = roles.filter((role) => !["headnode", "workernode", "zookeepernode"].includes(role));
    if (absent.length > 0) {
      throw badRequest(
        "BadRequest",
        `Script action '${name}' is for roles that the cluster has not: ${absent.join(", ")}.`,
      );
    }
    if (persistOnSuccess) refusePersisted(world, stored.resource.id, name);
  }
  return {
    async work() {
      for (const action of scriptActions) {
        await run(world, stored.resource, action, "PostClusterCreateScriptActionRequest");
        if (persistOnSuccess) persist(world, stored.resource.id, action);
      }
    },
  };
}

/** Runs the persisted script actions on workers that were just added. */
export async function runOnNewWorkers(world: World, cluster: Resource, addresses: string[]): Promise<void> {
  for (const { resource } of world.state.children(cluster.id, persistedScript.type)) {
    const action = resource.properties as unknown as ScriptAction;
    if (action.roles.includes("workernode")) {
      await run(world, cluster, { ...action, roles: ["workernode"] }, "ScaleUp", addresses);
    }
  }
}

async function run(world: World, cluster: Resource, action: ScriptAction, operation: string, only?: string[]) {
  const { name, uri, roles } = action;
  const parameters = action.parameters ?? "";
  const id = nextExecutionId(world);
  const began = { scriptExecutionId: id, name, applicationName: null, uri, parameters, roles, operation };
  const record = (status: string, more: Properties = {}, debug = "") =>
    world.state.put({
      resource: {
        id: `${cluster.id}/scriptExecutionHistory/${id}`,
        name: String(id),
        type: scriptExecution.type,
        properties: { ...began, startTime, status, executionSummary: [], ...more },
      },
      internal: { debug },
    });
  const startTime = now();
  record(inProgress);

  let outcomes: ScriptOutcome[];
  try {
    outcomes = await world.kafka.runScript(cluster.name, { uri, parameters, roles, only });
  } catch (error) {
    const { message } = error as Error;
    record("ValidationFailed", { endTime: now() }, message);
    throw new HttpError(400, "ScriptExecutionFailed", message);
  }
  const failed = outcomes.filter(({ exitCode }) => exitCode !== 0);
  const status = failed.length === 0 ? succeeded : "Failed";
  record(status, { endTime: now(), executionSummary: summary(outcomes) }, debugInformation(outcomes));
  if (failed.length > 0) {
    throw conflict(
      "ScriptExecutionFailed",
      `Script action '${name}' failed on ${failed.map(({ host }) => host).join(", ")}.`,
    );
  }
}

/** How many nodes ended in which of Ambari's states. */
function summary(outcomes: ScriptOutcome[]) {
  const count = (isFailure: boolean) => outcomes.filter(({ exitCode }) => (exitCode !== 0) === isFailure).length;
  return [
    { status: "COMPLETED", instanceCount: count(false) },
    { status: "FAILED", instanceCount: count(true) },
  ].filter(({ instanceCount }) => instanceCount > 0);
}

/** Ambari's tasks as JSON, which is what HDInsight hands on. */
function debugInformation(outcomes: ScriptOutcome[]): string {
  const tasks = outcomes.map(({ host, exitCode, stdout, stderr }) => ({
    Tasks: {
      command_detail: "run_customscriptaction ACTIONEXECUTE",
      host_name: host,
      exit_code: exitCode,
      status: exitCode === 0 ? "COMPLETED" : "FAILED",
      stdout,
      stderr,
    },
  }));
  return JSON.stringify({ tasks });
}

function persist(world: World, cluster: string, { name, uri, parameters, roles }: ScriptAction): void {
  world.state.put({
    resource: {
      id: `${cluster}/scriptActions/${name}`,
      name,
      type: persistedScript.type,
      properties: { name, uri, parameters: parameters ?? "", roles, applicationName: null },
    },
    internal: {},
  });
}

/** "Persisted script actions must have a unique name." */
function refusePersisted(world: World, cluster: string, name: string): void {
  if (!world.state.get(`${cluster}/scriptActions/${name}`)) return;
  throw badRequest(
    "BadRequest",
    `There is a persisted script action '${name}' already: delete it, or choose another name.`,
  );
}

/** Numbers that grow, as Azure's do, also when two runs begin in the same millisecond. */
function nextExecutionId(world: World): number {
  const used = world.state.ofType(scriptExecution.type).map(({ resource }) => Number(resource.name));
  return Math.max(Date.now() * 1000, ...used.map((id) => id + 1));
}

function now(): string {
  return new Date().toISOString().replace("Z", "");
}
