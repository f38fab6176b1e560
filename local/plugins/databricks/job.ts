import type { Call, CheckFailure } from "../rpc/provider";
import { child, isProps, type Props, pick, text, type Value, without } from "../rpc/values";
import { fromApi, toApi } from "./naming";
import { ApiError, poll, type Workspace } from "./workspace";
import type { Declaration, Operations } from "./workspaceResource";

export const jobDeclaration: Declaration = {
  required: [],
  replaceOn: [],
  outputs: ["url"],
  computed: ["format", "runAs"],
  local: ["controlRunState", "providerConfig"],
  autoName: true,
};

/** What the workspace reports of a job and the SDK declares. */
const reported = [
  "budgetPolicyId",
  "continuous",
  "description",
  "editMode",
  "emailNotifications",
  "environments",
  "format",
  "gitSource",
  "health",
  "jobClusters",
  "maxConcurrentRuns",
  "name",
  "notificationSettings",
  "parameters",
  "performanceTarget",
  "queue",
  "runAs",
  "schedule",
  "tags",
  "tasks",
  "timeoutSeconds",
  "trigger",
  "webhookNotifications",
];

export const jobOperations: Operations = {
  check: jobProblems,

  async create(workspace, inputs, { signal }) {
    const created = await workspace.post("/api/2.2/jobs/create", settings(inputs), signal);
    const id = String(created.job_id);
    return { id, state: await stateOf(workspace, id, inputs, signal) };
  },

  async read(workspace, { id }, { signal }) {
    const found = await workspace.find("/api/2.2/jobs/get", { job_id: id }, signal);
    return found && describe(workspace, id, found);
  },

  async update(workspace, inputs, { id }, call) {
    const body = { job_id: Number(id), new_settings: settings(inputs) };
    await workspace.post("/api/2.2/jobs/reset", body, call.signal);
    if (inputs.controlRunState === true) await restart(workspace, id, inputs, call);
    return stateOf(workspace, id, inputs, call.signal);
  },

  delete(workspace, { id }, { signal }) {
    return workspace.remove("/api/2.2/jobs/delete", { job_id: Number(id) }, signal);
  },
};

function jobProblems(inputs: Props): CheckFailure[] {
  const failures: CheckFailure[] = [];
  if (!("tasks" in inputs)) {
    failures.push({
      property: "tasks",
      reason: "`tasks` is missing: the bundled databricks plugin supports jobs with tasks only",
    });
  }
  if (inputs.controlRunState === true && !("continuous" in inputs)) {
    failures.push({
      property: "controlRunState",
      reason: "`controlRunState` must be specified only with `continuous`",
    });
  }
  const exclusive = ["continuous", "schedule", "trigger"].filter((key) => key in inputs);
  if (exclusive.length > 1) {
    failures.push({ property: exclusive[1], reason: `a job takes only one of \`${exclusive.join("`, `")}\`` });
  }
  return failures;
}

/** The settings of a job as the API wants them; tasks in the order of their keys, as the official plugin sends them. */
function settings(inputs: Props): Props {
  const given = without(inputs, ["controlRunState", "alwaysRunning", "providerConfig"]);
  const tasks = Array.isArray(given.tasks) ? [...given.tasks].sort(byTaskKey) : given.tasks;
  return toApi({ maxConcurrentRuns: 1, queue: { enabled: false }, format: "MULTI_TASK", ...given, tasks });
}

function byTaskKey(a: Value, b: Value): number {
  const key = (task: Value): string => (isProps(task) ? (text(task, "taskKey") ?? "") : "");
  return key(a) < key(b) ? -1 : 1;
}

/**
 * Makes the running continuous job pick up its new settings. Starting it again cancels the active run; where the
 * workspace cannot do that, or the job is paused, the active run is cancelled.
 */
async function restart(workspace: Workspace, id: string, inputs: Props, call: Call): Promise<void> {
  if (text(child(inputs, "continuous"), "pauseStatus") !== "PAUSED") {
    try {
      await workspace.post("/api/2.2/jobs/run-now", { job_id: Number(id) }, call.signal);
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    }
  }
  for (const runId of await activeRuns(workspace, id, call.signal)) {
    await workspace.remove("/api/2.2/jobs/runs/cancel", { run_id: runId }, call.signal);
    await poll(async () => {
      call.log.status(`waiting for run ${String(runId)} to end`);
      return (await activeRuns(workspace, id, call.signal)).includes(runId) ? undefined : true;
    }, call.signal);
  }
}

async function activeRuns(workspace: Workspace, id: string, signal: AbortSignal): Promise<Value[]> {
  const answer = await workspace.get("/api/2.2/jobs/runs/list", { active_only: "true", job_id: id }, signal);
  return Array.isArray(answer.runs) ? answer.runs.filter(isProps).map((run) => run.run_id) : [];
}

async function stateOf(workspace: Workspace, id: string, inputs: Props, signal: AbortSignal): Promise<Props> {
  const found = await workspace.get("/api/2.2/jobs/get", { job_id: id }, signal);
  return { ...describe(workspace, id, found), ...pick(inputs, jobDeclaration.local ?? []) };
}

function describe(workspace: Workspace, id: string, job: Props): Props {
  return { ...pick(fromApi(child(job, "settings")), reported), url: `${workspace.host}/#job/${id}` };
}
