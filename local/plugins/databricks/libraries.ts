import { equal, isProps, type Props, type Value } from "../rpc/values";
import { fromApi, toApi } from "./naming";
import { poll, type Workspace } from "./workspace";

/** Libraries of a cluster: `{ maven: { coordinates } }` and the like. */
export type Libraries = Value[];

/** Libraries among a cluster's inputs. */
export function librariesOf(inputs: Props): Libraries {
  return Array.isArray(inputs.libraries) ? inputs.libraries : [];
}

interface Status {
  library: Value;
  status: string;
  messages: string;
}

const waiting = new Set(["PENDING", "RESOLVING", "INSTALLING", "RESTORED"]);

/** Installs what is new and uninstalls what is no longer wanted, without waiting. */
export async function changeLibraries(
  workspace: Workspace,
  clusterId: string,
  before: Libraries,
  after: Libraries,
  signal: AbortSignal,
): Promise<void> {
  const without = (some: Libraries, others: Libraries): Libraries =>
    some.filter((library) => !others.some((other) => equal(other, library)));
  const send = async (action: string, libraries: Libraries): Promise<void> => {
    if (libraries.length === 0) return;
    const body = { cluster_id: clusterId, libraries: libraries.map((library) => toApi(library as Props)) };
    await workspace.post(`/api/2.0/libraries/${action}`, body, signal);
  };
  await send("uninstall", without(before, after));
  await send("install", without(after, before));
}

/**
 * Waits until every library is either installed or not going to be. A library that is SKIPPED (made for another Scala
 * version) is no error, as with the official plugin.
 *
 * @throws naming every library that failed and why
 */
export async function waitForLibraries(workspace: Workspace, clusterId: string, signal: AbortSignal): Promise<void> {
  const done = await poll(async () => {
    const statuses = await libraryStatuses(workspace, clusterId, signal);
    return statuses.some(({ status }) => waiting.has(status)) ? undefined : statuses;
  }, signal);
  const failed = done.filter(({ status }) => status === "FAILED");
  if (failed.length === 0) return;
  const lines = failed.map(({ library, messages }) => `${JSON.stringify(library)}: ${messages}`);
  throw new Error(`libraries could not be installed on cluster ${clusterId}:\n${lines.join("\n")}`);
}

/** The libraries a cluster has of its own, in the given order as far as they are in it. */
export async function installedLibraries(
  workspace: Workspace,
  clusterId: string,
  order: Libraries,
  signal: AbortSignal,
): Promise<Libraries> {
  const statuses = await libraryStatuses(workspace, clusterId, signal);
  const libraries = statuses.filter(({ status }) => status !== "UNINSTALL_ON_RESTART").map(({ library }) => library);
  const place = (library: Value): number => {
    const index = order.findIndex((known) => equal(known, library));
    return index < 0 ? order.length : index;
  };
  // The workspace reports a set; another order must not look like a change.
  return libraries.sort((a, b) => place(a) - place(b));
}

async function libraryStatuses(workspace: Workspace, clusterId: string, signal: AbortSignal): Promise<Status[]> {
  const answer = await workspace.get("/api/2.0/libraries/cluster-status", { cluster_id: clusterId }, signal);
  const list = Array.isArray(answer.library_statuses) ? answer.library_statuses.filter(isProps) : [];
  return list
    .filter((entry) => entry.is_library_for_all_clusters !== true && isProps(entry.library))
    .map((entry) => ({
      library: fromApi(entry.library as Props),
      status: String(entry.status),
      messages: Array.isArray(entry.messages) ? entry.messages.join("; ") : "no message",
    }));
}
