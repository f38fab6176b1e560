import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import type { LocalStack } from "../../../local/stack/localStack";
import { Workspace } from "../workspace";

/** One resource of an exported state. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  outputs?: Record<string, unknown>;
}

/** What exists: ids by kind, sorted. */
export type Inventory = Record<string, string[]>;

/** The resources that the engine's state holds. */
export async function stateOf(stack: LocalStack): Promise<StateResource[]> {
  const { stdout } = await stack.pulumi(["stack", "export"]);
  return (JSON.parse(String(stdout)) as { deployment: { resources?: StateResource[] } }).deployment.resources ?? [];
}

/** What the state says there is, in Azure and in the workspace. */
export function inventoryOfState(resources: readonly StateResource[]): Inventory {
  const ids = (pattern: RegExp) => sorted(resources.filter(({ type }) => pattern.test(type)).map(({ id }) => id ?? ""));
  return {
    azure: ids(/^azure-native:/).map((id) => id.toLowerCase()),
    clusters: ids(/^databricks:.*:Cluster$/),
    jobs: ids(/^databricks:.*:Job$/),
    notebooks: ids(/^databricks:.*:Notebook$/),
    scopes: ids(/^databricks:.*:SecretScope$/),
    secrets: ids(/^databricks:.*:Secret$/).map((id) => id.replace("|||", "/")),
  };
}

/**
 * What the twin holds, asked at the services. Of Azure what a program can have made: not what a resource brings along
 * inside itself, nor what a service keeps in a resource group of its own.
 */
export async function inventoryOfTwin(home: string, stack: LocalStack, resources: StateResource[]): Promise<Inventory> {
  const url = resources.find(({ type }) => type === "azure-native:databricks:Workspace")?.outputs?.workspaceUrl;
  const none = { clusters: [], jobs: [], notebooks: [], scopes: [], secrets: [] };
  const databricks =
    typeof url === "string" ? await ofWorkspace(new Workspace(`https://${url}`, stack.environment)) : none;
  return { azure: ofAzure(home), ...databricks };
}

/** Whether there is nothing at all: no resource, no cluster, no workspace. */
export function emptyTwin(home: string): Record<string, string[]> {
  return {
    resources: keysOf(path.join(home, "arm", "resources.json")),
    clusters: keysOf(path.join(home, "clusters", "clusters.json")),
    workspaces: keysOf(path.join(home, "databricks", "workspaces.json")),
  };
}

function ofAzure(home: string): string[] {
  const file = path.join(home, "arm", "resources.json");
  const stored = Object.values(JSON.parse(readFileSync(file, "utf8")) as Record<string, Stored>);
  const managed = stored
    .map(({ resource }) => resource.properties.managedResourceGroupId)
    .filter((id): id is string => typeof id === "string")
    .map((id) => id.toLowerCase());
  return sorted(
    stored
      .map(({ resource }) => resource)
      .filter(({ type }) => !inline.has(type.toLowerCase()))
      .map(({ id }) => id.toLowerCase())
      .filter((id) => !managed.some((group) => id === group || id.startsWith(`${group}/`))),
  );
}

interface Stored {
  resource: { id: string; type: string; properties: Record<string, unknown> };
}

/** Written inside their parents by this program, or made with them by Azure. */
const inline = new Set([
  "microsoft.network/virtualnetworks/subnets",
  "microsoft.network/networksecuritygroups/securityrules",
  "microsoft.network/networksecuritygroups/defaultsecurityrules",
  "microsoft.storage/storageaccounts/blobservices",
]);

async function ofWorkspace(workspace: Workspace): Promise<Omit<Inventory, "azure">> {
  try {
    const { clusters = [] } = await workspace.get<{ clusters?: { cluster_id: string; cluster_source: string }[] }>(
      "/api/2.1/clusters/list",
    );
    const { jobs = [] } = await workspace.get<{ jobs?: { job_id: number }[] }>("/api/2.2/jobs/list");
    const { scopes = [] } = await workspace.get<{ scopes?: { name: string }[] }>("/api/2.0/secrets/scopes/list");
    const secrets: string[] = [];
    for (const { name } of scopes) {
      const found = await workspace.get<{ secrets?: { key: string }[] }>(`/api/2.0/secrets/list?scope=${name}`);
      secrets.push(...(found.secrets ?? []).map(({ key }) => `${name}/${key}`));
    }
    return {
      clusters: sorted(clusters.filter((each) => each.cluster_source !== "JOB").map((each) => each.cluster_id)),
      jobs: sorted(jobs.map(({ job_id }) => String(job_id))),
      notebooks: sorted(await notebooksBelow(workspace, "/")),
      scopes: sorted(scopes.map(({ name }) => name)),
      secrets: sorted(secrets),
    };
  } finally {
    await workspace.close();
  }
}

async function notebooksBelow(workspace: Workspace, folder: string): Promise<string[]> {
  const listed = await workspace.get<{ objects?: { path: string; object_type: string }[] }>(
    `/api/2.0/workspace/list?path=${encodeURIComponent(folder)}`,
  );
  const found: string[] = [];
  for (const { path: at, object_type } of listed.objects ?? []) {
    if (object_type === "NOTEBOOK") found.push(at);
    else found.push(...(await notebooksBelow(workspace, at)));
  }
  return found;
}

function keysOf(file: string): string[] {
  return existsSync(file) ? Object.keys(JSON.parse(readFileSync(file, "utf8")) as object) : [];
}

const sorted = (values: string[]): string[] => [...values].sort();
