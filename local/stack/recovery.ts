import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { resourceId } from "../plugins/azure-native/resourceId";
import { specs } from "../plugins/azure-native/tables";
import { isAlive } from "../process";
import type { PulumiCli } from "./localStack";
import { repairTornFiles } from "./tornFiles";
import type { WorkspaceClient } from "./workspaceClient";

/** A resource as it stands in an exported state. */
interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  /** Has the engine replace it, whatever it finds. */
  taint?: boolean;
}

/** A step that the engine had begun and not finished, as it stands in an exported state. */
export interface PendingOperation {
  type: string;
  resource: StateResource;
}

/** The parts of an exported state that matter here. */
export interface ExportedState {
  deployment: {
    pending_operations?: PendingOperation[] | null;
    resources?: StateResource[] | null;
  };
}

/** What a recovery works with. */
export interface Recovery {
  pulumi: PulumiCli;
  /** Folder of the engine's backend. */
  stateFolder: string;
  subscriptionId: string;
  workspaceAt(url: string): WorkspaceClient;
  /** Told in one line when there is something to put in order. */
  say(line: string): void;
}

/** Between two looks at a resource whose creation goes on, ms. */
const pollMs = 1_000;

/**
 * Makes a state usable again in which a killed engine left its lock, or steps that it had begun.
 *
 * What was being created may exist or not, and may not even be finished. Where the id is known (for Azure it follows
 * from the inputs, in Databricks it is looked up by name), the resource is entered into the state; a refresh then fills
 * in what it is, or takes it out when there is none. What has no id, such as a command, is simply run again.
 *
 * (The engine's own `refresh --import-pending-creates` forgets these operations and brings nothing in.)
 */
export async function recover({ pulumi, stateFolder, subscriptionId, workspaceAt, say }: Recovery): Promise<void> {
  repairTornFiles(stateFolder);
  if (lockOwners(stateFolder).some((pid) => !isAlive(pid))) await pulumi(["cancel", "--yes"]);

  const state = await exportState(pulumi);
  const pending = state.deployment.pending_operations ?? [];
  if (pending.length === 0) return;
  say("The last run was cut short; looking at what it left.");
  const resources = state.deployment.resources ?? [];
  const url = resources.find((r) => r.type === "azure-native:databricks:Workspace")?.outputs?.workspaceUrl;
  const client = typeof url === "string" ? workspaceAt(`https://${url}`) : undefined;
  const adopted: StateResource[] = [];
  for (const { type, resource } of pending) {
    if (type !== "creating") continue;
    const id = idOf(resource, subscriptionId) ?? (await client?.idOf(resource.type, resource.inputs ?? {}));
    if (id) adopted.push({ ...resource, id, outputs: resource.inputs });
  }
  await importState(pulumi, state, [...resources, ...adopted]);
  await pulumi(["refresh", "--yes", "--skip-preview"]);
  if (adopted.length === 0) return;
  await untilFinal(
    pulumi,
    adopted.map(({ urn }) => urn),
  );
  await settle(pulumi, adopted);
}

/** Waits until nothing is being created any more: only then does a resource show all that others need of it. */
async function untilFinal(pulumi: PulumiCli, urns: string[]): Promise<void> {
  for (;;) {
    // With secrets, since one makes everything beside it unreadable; only the progress is looked at.
    const { resources } = (await exportState(pulumi, "--show-secrets")).deployment;
    const busy = resources?.filter(({ urn, outputs }) => urns.includes(urn) && goesOn(progressOf(outputs))) ?? [];
    if (busy.length === 0) return;
    await sleep(pollMs);
    await pulumi(["refresh", "--yes", "--skip-preview", ...busy.flatMap(({ urn }) => ["--target", urn])]);
  }
}

/**
 * Azure takes a resource whole, so one that it has made is as the program declared it: its inputs are those, and not
 * what Azure shows, which has other spellings and no secrets and would have the engine replace it. One that Azure could
 * not make has to be made anew. In Databricks a creation has several steps, so what the refresh found counts there.
 */
async function settle(pulumi: PulumiCli, adopted: StateResource[]): Promise<void> {
  const azure = adopted.filter(({ type }) => specs.has(type));
  if (azure.length === 0) return;
  const shown = (await exportState(pulumi, "--show-secrets")).deployment.resources ?? [];
  const state = await exportState(pulumi);
  const settled = (state.deployment.resources ?? []).map((resource) => {
    const declared = azure.find(({ urn }) => urn === resource.urn);
    if (!declared) return resource;
    const progress = progressOf(shown.find(({ urn }) => urn === resource.urn)?.outputs);
    return /^(failed|canceled)$/i.test(progress)
      ? { ...resource, taint: true }
      : { ...resource, inputs: declared.inputs };
  });
  await importState(pulumi, state, settled);
}

/** Azure's `provisioningState`. Most kinds have it at the top of their outputs, some in `properties`. */
function progressOf(outputs: Record<string, unknown> = {}): string {
  const { plaintext, ...properties } = (outputs.properties ?? {}) as Record<string, unknown>;
  const inside = typeof plaintext === "string" ? (JSON.parse(plaintext) as Record<string, unknown>) : properties;
  return String(outputs.provisioningState ?? inside.provisioningState ?? "Succeeded");
}

const goesOn = (progress: string) => !/^(succeeded|failed|canceled)$/i.test(progress);

async function exportState(pulumi: PulumiCli, ...flags: string[]): Promise<ExportedState> {
  return JSON.parse(String((await pulumi(["stack", "export", ...flags])).stdout)) as ExportedState;
}

/** Puts resources into the state, which then has no pending operation. */
async function importState(pulumi: PulumiCli, state: ExportedState, resources: StateResource[]): Promise<void> {
  const deployment = { ...state.deployment, resources, pending_operations: [] };
  await pulumi(["stack", "import"], { input: JSON.stringify({ ...state, deployment }) });
}

/** The id that an interrupted creation of an Azure resource would have, or undefined for anything else. */
export function idOf(resource: PendingOperation["resource"], subscriptionId: string): string | undefined {
  const spec = specs.get(resource.type);
  return spec && resourceId(spec.path, subscriptionId, (resource.inputs ?? {}) as never);
}

/** Processes that hold the state of any stack in the folder, as the engine wrote them down. */
function lockOwners(stateFolder: string): number[] {
  const folder = path.join(stateFolder, ".pulumi", "locks");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => (JSON.parse(readFileSync(path.join(folder, name), "utf8")) as { pid: number }).pid);
}
