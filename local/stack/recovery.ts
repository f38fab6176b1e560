import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { resourceId } from "../plugins/azure-native/resourceId";
import { specs } from "../plugins/azure-native/tables";
import { isAlive } from "../process";
import type { PulumiCli } from "./localStack";
import type { WorkspaceClient } from "./workspaceClient";

/** A step that the engine had begun and not finished, as it stands in an exported state. */
export interface PendingOperation {
  type: string;
  resource: { urn: string; type: string; inputs?: Record<string, unknown> };
}

/** The parts of an exported state that matter here. */
export interface ExportedState {
  deployment: {
    pending_operations?: PendingOperation[] | null;
    resources?: { type: string; outputs?: Record<string, unknown> }[];
  };
}

/**
 * Makes a state usable again in which a killed engine left its lock, or steps that it had begun.
 *
 * What was being created may exist or not. The engine adopts what exists when it is told the id, which for Azure follows
 * from the inputs and for Databricks is looked up by name; what has no id, such as a command, is simply run again.
 */
export async function recover(
  pulumi: PulumiCli,
  stateFolder: string,
  subscriptionId: string,
  workspaceAt: (url: string) => WorkspaceClient,
): Promise<void> {
  if (lockOwners(stateFolder).some((pid) => !isAlive(pid))) await pulumi(["cancel", "--yes"]);

  const state = JSON.parse(String((await pulumi(["stack", "export"])).stdout)) as ExportedState;
  const pending = state.deployment.pending_operations ?? [];
  if (pending.length === 0) return;
  const url = state.deployment.resources?.find((r) => r.type === "azure-native:databricks:Workspace")?.outputs
    ?.workspaceUrl;
  const client = typeof url === "string" ? workspaceAt(`https://${url}`) : undefined;
  const adopted: string[] = [];
  for (const { type, resource } of pending) {
    if (type !== "creating") continue;
    const id = idOf(resource, subscriptionId) ?? (await client?.idOf(resource.type, resource.inputs ?? {}));
    if (id) adopted.push("--import-pending-creates", resource.urn, "--import-pending-creates", id);
  }
  console.log("The last run was cut short; looking at what it left.");
  await pulumi(["refresh", "--yes", "--skip-preview", "--clear-pending-creates", ...adopted]);
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
