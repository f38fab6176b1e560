import { PartialFailure } from "../rpc/errors";
import type { Call } from "../rpc/provider";
import { child, equal, type Props, pick, text, without } from "../rpc/values";
import { changeLibraries, installedLibraries, librariesOf, waitForLibraries } from "./libraries";
import { fromApi, toApi } from "./naming";
import { poll, type Workspace } from "./workspace";
import type { Declaration, Operations } from "./workspaceResource";

/** Longest wait for a cluster when the program sets no `customTimeouts`, in milliseconds. */
const LONGEST_WAIT_MS = 30 * 60 * 1000;

/** Inputs that are not part of the cluster's specification. */
const notSpecified = ["libraries", "isPinned", "noWait", "providerConfig", "clearCloudAttributesOnRemove"];

export const clusterDeclaration: Declaration = {
  required: ["sparkVersion"],
  replaceOn: ["idempotencyToken"],
  outputs: ["clusterId", "defaultTags", "state", "url"],
  computed: ["clusterName", "driverNodeTypeId", "enableElasticDisk", "nodeTypeId", "numWorkers", "dataSecurityMode"],
  local: ["isPinned", "noWait", "providerConfig", "clearCloudAttributesOnRemove", "idempotencyToken"],
  defaults: { autoterminationMinutes: 60 },
};

/** What the workspace reports of a cluster and the SDK declares. */
const reported = [
  "autoscale",
  "autoterminationMinutes",
  "azureAttributes",
  "clusterLogConf",
  "clusterName",
  "customTags",
  "dataSecurityMode",
  "driverInstancePoolId",
  "driverNodeTypeId",
  "enableElasticDisk",
  "enableLocalDiskEncryption",
  "initScripts",
  "instancePoolId",
  "isSingleNode",
  "kind",
  "nodeTypeId",
  "numWorkers",
  "policyId",
  "runtimeEngine",
  "singleUserName",
  "sparkConf",
  "sparkEnvVars",
  "sparkVersion",
  "sshPublicKeys",
  "useMlRuntime",
  "workloadType",
  "clusterId",
  "defaultTags",
  "state",
];

export const clusterOperations: Operations = {
  async create(workspace, inputs, call) {
    const { signal } = call;
    const created = await workspace.post("/api/2.1/clusters/create", specification(inputs), signal);
    const id = String(created.cluster_id);
    const libraries = librariesOf(inputs);
    await changeLibraries(workspace, id, [], libraries, signal);
    if (inputs.isPinned === true) await workspace.post("/api/2.1/clusters/pin", { cluster_id: id }, signal);
    if (inputs.noWait !== true) {
      await startedOrRemoved(workspace, id, call);
      if (libraries.length > 0) await librariesOrPartial(workspace, id, inputs, call);
    }
    return { id, state: await stateOf(workspace, id, inputs, signal) };
  },

  async read(workspace, { id, inputs }, { signal }) {
    const found = await workspace.find("/api/2.1/clusters/get", { cluster_id: id }, signal);
    return found && describe(workspace, id, inputs, found, signal);
  },

  async update(workspace, inputs, { id, inputs: olds }, call) {
    const { signal } = call;
    const before = await workspace.get("/api/2.1/clusters/get", { cluster_id: id }, signal);
    const wasTerminated = text(before, "state") === "TERMINATED";
    if (!equal(specification(olds), specification(inputs))) await change(workspace, id, olds, inputs, call);
    if (olds.isPinned !== inputs.isPinned) {
      await workspace.post(`/api/2.1/clusters/${inputs.isPinned ? "pin" : "unpin"}`, { cluster_id: id }, signal);
    }
    if (!equal(librariesOf(olds), librariesOf(inputs))) {
      // Libraries can only be changed while the cluster runs.
      if (wasTerminated) await workspace.post("/api/2.1/clusters/start", { cluster_id: id }, signal);
      await running(workspace, id, call);
      await changeLibraries(workspace, id, librariesOf(olds), librariesOf(inputs), signal);
      await librariesOrPartial(workspace, id, inputs, call);
      if (wasTerminated) await workspace.post("/api/2.1/clusters/delete", { cluster_id: id }, signal);
    }
    return stateOf(workspace, id, inputs, signal);
  },

  delete(workspace, { id }, { signal }) {
    return workspace.remove("/api/2.1/clusters/permanent-delete", { cluster_id: id }, signal);
  },
};

function specification(inputs: Props): Props {
  const spec = toApi(without(inputs, notSpecified));
  // The API takes neither for a mistake; the official plugin sends 0 workers.
  return "autoscale" in spec ? spec : { num_workers: 0, ...spec };
}

/** Changes a cluster: its size while it runs, or all of it, which restarts it. */
async function change(workspace: Workspace, id: string, olds: Props, inputs: Props, call: Call): Promise<void> {
  const before = await workspace.get("/api/2.1/clusters/get", { cluster_id: id }, call.signal);
  const isRunning = text(before, "state") === "RUNNING";
  const size = ["numWorkers", "autoscale"];
  if (isRunning && equal(specification(without(olds, size)), specification(without(inputs, size)))) {
    const wanted = pick(specification(inputs), ["num_workers", "autoscale"]);
    await workspace.post("/api/2.1/clusters/resize", { cluster_id: id, ...wanted }, call.signal);
  } else {
    await workspace.post("/api/2.1/clusters/edit", { cluster_id: id, ...specification(inputs) }, call.signal);
  }
  if (isRunning) await running(workspace, id, call);
}

/** Waits for a new cluster. One that cannot start is removed, since another try makes another cluster. */
async function startedOrRemoved(workspace: Workspace, id: string, call: Call): Promise<void> {
  try {
    await running(workspace, id, call);
  } catch (error) {
    const { signal } = call;
    if (!signal.aborted) await workspace.remove("/api/2.1/clusters/permanent-delete", { cluster_id: id }, signal);
    throw new Error(`cannot create cluster: ${(error as Error).message}`, { cause: error });
  }
}

/** Waits for libraries. When some fail the cluster stays, and stays in the state, marked as incomplete. */
async function librariesOrPartial(workspace: Workspace, id: string, inputs: Props, call: Call): Promise<void> {
  try {
    await waitForLibraries(workspace, id, patient(call.signal));
  } catch (error) {
    const state = await stateOf(workspace, id, inputs, call.signal).catch(() => inputs);
    throw new PartialFailure(id, state, error as Error);
  }
}

/** Waits until a cluster runs. */
async function running(workspace: Workspace, id: string, { signal, log }: Call): Promise<void> {
  const limited = patient(signal);
  await poll(async () => {
    const cluster = await workspace.get("/api/2.1/clusters/get", { cluster_id: id }, limited);
    const state = text(cluster, "state") ?? "UNKNOWN";
    if (state === "RUNNING") return true;
    if (state === "ERROR" || state === "TERMINATED") throw new Error(`cluster ${id} is ${state}: ${why(cluster)}`);
    log.status([state, text(cluster, "state_message")].filter(Boolean).join(": "));
    return undefined;
  }, limited);
}

function patient(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(LONGEST_WAIT_MS)]);
}

function why(cluster: Props): string {
  const reason = child(cluster, "termination_reason");
  const details = Object.entries(child(reason, "parameters")).map(([key, value]) => `${key}=${String(value)}`);
  const parts = [text(cluster, "state_message"), text(reason, "code"), ...details].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "no reason given";
}

async function stateOf(workspace: Workspace, id: string, inputs: Props, signal: AbortSignal): Promise<Props> {
  const cluster = await workspace.get("/api/2.1/clusters/get", { cluster_id: id }, signal);
  const described = await describe(workspace, id, inputs, cluster, signal);
  return { ...described, ...pick(inputs, clusterDeclaration.local ?? []) };
}

async function describe(
  workspace: Workspace,
  id: string,
  inputs: Props,
  cluster: Props,
  signal: AbortSignal,
): Promise<Props> {
  const known = pick(fromApi(cluster), reported);
  const libraries = await installedLibraries(workspace, id, librariesOf(inputs), signal);
  return {
    ...known,
    ...(libraries.length > 0 ? { libraries } : {}),
    clusterId: id,
    url: `${workspace.host}/#setting/clusters/${id}/configuration`,
  };
}
