import type { WorkspaceClient } from "../stack/workspaceClient";
import { type EngineState, nameOf } from "./engineState";
import { find, known, unknown } from "./known";
import type { JobView, Known, RunView } from "./model";
import { isProgress, queriesIn } from "./progress";

/** How much of a log's end is looked at, bytes: a few minutes of progress. */
const tailBytes = 16_384;
const shownLines = 8;

const jobType = "databricks:index/job:Job";
const workspaceType = "azure-native:databricks:Workspace";

/** The workspace calls that the page makes. */
export type JobSource = Pick<WorkspaceClient, "lastRun" | "log">;

/** Address of the deployed workspace, or undefined when there is none. */
export function workspaceUrl({ resources }: EngineState): string | undefined {
  const url = resources.find(({ type }) => type === workspaceType)?.outputs.workspaceUrl;
  return typeof url === "string" ? `https://${url}` : undefined;
}

/** The stack's jobs, by name, with their pages. */
export function jobsOf({ resources }: EngineState): { name: string; url: string }[] {
  return resources
    .filter(({ type, outputs }) => type === jobType && typeof outputs.url === "string")
    .map(({ urn, outputs }) => ({ name: nameOf(urn), url: String(outputs.url) }));
}

export async function jobView({ name, url }: { name: string; url: string }, source: JobSource): Promise<JobView> {
  const last = await find(() => source.lastRun(url));
  if (!last.known) return { name, url, run: last, log: last, queries: [] };
  if (!last.value) {
    const none = unknown("the job has not run yet");
    return { name, url, run: none, log: none, queries: [] };
  }
  const run = last.value;
  const view: RunView = {
    id: run.run_id,
    state: run.state.result_state ?? run.state.life_cycle_state,
    message: run.state.state_message ?? "",
    startedAt: new Date(run.start_time).toISOString(),
  };
  const lines = await find(async () => (await source.log(run, tailBytes)).trimEnd().split("\n"));
  return { name, url, run: known(view), log: lastLines(lines), queries: lines.known ? queriesIn(lines.value) : [] };
}

/** Progress is shown as numbers; what else a log says is what people look for in it. */
function lastLines(lines: Known<string[]>): Known<string[]> {
  if (!lines.known) return lines;
  const words = lines.value.filter((text) => text.trim() !== "" && !isProgress(text));
  return known(words.slice(-shownLines).map((text) => (text.length > 300 ? `${text.slice(0, 299)}…` : text)));
}
