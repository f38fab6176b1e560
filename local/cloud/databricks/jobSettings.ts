import { z } from "zod";
import type { ClusterSpec } from "./clusterSpec";
import { invalidParameter, notInTwin } from "./errors";
import { read } from "./input";
import { readLibraries } from "./library";
import { checkNotifications, emailNotifications, health, notificationSettings } from "./notificationSettings";

const seconds = z.int().min(0);
const pause = z.enum(["PAUSED", "UNPAUSED"]).default("UNPAUSED");
const parameters = z.record(z.string(), z.string());

const task = z.looseObject({
  task_key: z.string(),
  depends_on: z.array(z.looseObject({ task_key: z.string() })).optional(),
  run_if: z.string().optional(),
  notebook_task: z
    .looseObject({ notebook_path: z.string(), base_parameters: parameters.optional(), source: z.string().optional() })
    .optional(),
  existing_cluster_id: z.string().optional(),
  job_cluster_key: z.string().optional(),
  new_cluster: z.unknown().optional(),
  libraries: z.array(z.unknown()).optional(),
  timeout_seconds: seconds.optional(),
  max_retries: z.int().min(-1).optional(),
  min_retry_interval_millis: z.int().min(0).optional(),
  retry_on_timeout: z.boolean().optional(),
});

const jobSettings = z.looseObject({
  name: z.string().min(1).max(4096).default("Untitled"),
  tasks: z.array(task).max(1000).optional(),
  job_clusters: z.array(z.looseObject({ job_cluster_key: z.string(), new_cluster: z.unknown() })).optional(),
  parameters: z.array(z.looseObject({ name: z.string(), default: z.string() })).optional(),
  continuous: z.looseObject({ pause_status: pause, task_retry_mode: z.string().optional() }).optional(),
  schedule: z.looseObject({ pause_status: pause }).optional(),
  trigger: z.looseObject({ pause_status: pause }).optional(),
  max_concurrent_runs: z.int().min(0).max(1000).optional(),
  timeout_seconds: seconds.optional(),
  queue: z.looseObject({ enabled: z.boolean() }).optional(),
  email_notifications: emailNotifications.optional(),
  notification_settings: notificationSettings.optional(),
  health: health.optional(),
});

/** A job as its creator described it, checked. Fields that the twin has no use for are kept and given back. */
export type JobSettings = z.infer<typeof jobSettings>;
export type Task = z.infer<typeof task>;

/** What job settings refer to outside themselves. */
export interface JobSurroundings {
  clusterExists: (clusterId: string) => boolean;
  /** Reads the description of a job's cluster. Throws when it is wrong, or breaks the policy that it names. */
  readCluster: (value: unknown, prefix?: string) => ClusterSpec;
}

/** Checks job settings as jobs/create does. Whether a notebook exists is seen when it runs, as on Databricks. */
export function readJobSettings(value: unknown, surroundings: JobSurroundings): JobSettings {
  const settings = read(jobSettings, value);
  const tasks = settings.tasks ?? [];
  if (tasks.length === 0) throw invalidParameter("Missing required field: tasks (a job needs at least one)");
  if (settings.git_source) throw notInTwin("`git_source` is not supported: import the notebook into the workspace");
  checkNotifications(settings, tasks);
  checkTriggers(settings);
  const clusterKeys = new Set<string>();
  for (const [index, cluster] of (settings.job_clusters ?? []).entries()) {
    checkKey(`job_clusters[${index}].job_cluster_key`, cluster.job_cluster_key, clusterKeys);
    surroundings.readCluster(cluster.new_cluster, `job_clusters[${index}].new_cluster.`);
  }
  const taskKeys = new Set<string>();
  for (const [index, one] of tasks.entries()) {
    checkKey(`tasks[${index}].task_key`, one.task_key, taskKeys);
    checkTask(one, `tasks[${index}]`, clusterKeys, surroundings);
  }
  inOrder(tasks);
  return settings;
}

/** Tasks with each after those it depends on. */
export function inOrder(tasks: Task[]): Task[] {
  const ordered: Task[] = [];
  const visit = (one: Task, path: string[]) => {
    if (ordered.includes(one)) return;
    if (path.includes(one.task_key))
      throw invalidParameter(`Tasks depend on each other: ${[...path, one.task_key].join(" -> ")}`);
    for (const { task_key } of one.depends_on ?? []) {
      const upstream = tasks.find((other) => other.task_key === task_key);
      if (!upstream)
        throw invalidParameter(`Task ${one.task_key} depends on \`${task_key}\`, which is not a task of the job`);
      visit(upstream, [...path, one.task_key]);
    }
    ordered.push(one);
  };
  for (const one of tasks) visit(one, []);
  return ordered;
}

function checkTriggers(settings: JobSettings): void {
  const { continuous, schedule, trigger } = settings;
  if ([continuous, schedule, trigger].filter(Boolean).length > 1) {
    throw invalidParameter("A job can have only one of `continuous`, `schedule` and `trigger`");
  }
  for (const [name, value] of Object.entries({ schedule, trigger })) {
    if (value?.pause_status === "UNPAUSED") {
      throw notInTwin(
        `An unpaused \`${name}\` is not supported: set its \`pause_status\` to PAUSED, or use \`continuous\``,
      );
    }
  }
  if (!continuous) return;
  if ((settings.max_concurrent_runs ?? 1) !== 1) {
    throw invalidParameter(
      `A continuous job has one run: \`max_concurrent_runs\` must be 1, got ${settings.max_concurrent_runs}`,
    );
  }
  for (const one of settings.tasks ?? []) {
    if (one.depends_on?.length)
      throw invalidParameter(`Task ${one.task_key}: a continuous job cannot have \`depends_on\``);
    if (one.max_retries) {
      throw invalidParameter(`Task ${one.task_key}: a continuous job cannot have a retry policy (\`max_retries\`)`);
    }
  }
}

function checkTask(one: Task, field: string, clusterKeys: Set<string>, surroundings: JobSurroundings): void {
  const other = Object.keys(one).find((key) => key.endsWith("_task") && key !== "notebook_task" && one[key]);
  if (other) throw notInTwin(`\`${field}.${other}\` is not supported: the twin runs notebook tasks`);
  if (!one.notebook_task) throw invalidParameter(`Missing required field: ${field}.notebook_task`);
  if (one.notebook_task.source === "GIT")
    throw notInTwin(`\`${field}.notebook_task.source\` GIT is not supported; use WORKSPACE`);
  if (one.run_if && one.run_if !== "ALL_SUCCESS")
    throw notInTwin(`\`${field}.run_if\` ${one.run_if} is not supported; use ALL_SUCCESS`);
  const compute = [one.existing_cluster_id, one.job_cluster_key, one.new_cluster].filter(
    (value) => value !== undefined,
  );
  if (compute.length === 0) {
    throw notInTwin(
      `\`${field}\` names no compute, which means serverless: not supported, and not for Scala on Databricks either; ` +
        "give `job_cluster_key`, `new_cluster` or `existing_cluster_id`",
    );
  }
  if (compute.length > 1) {
    throw invalidParameter(
      `\`${field}\` needs one of \`existing_cluster_id\`, \`job_cluster_key\` and \`new_cluster\`, got ${compute.length}`,
    );
  }
  if (one.job_cluster_key !== undefined && !clusterKeys.has(one.job_cluster_key)) {
    throw invalidParameter(
      `Task ${one.task_key} references job cluster ${one.job_cluster_key}, which is not defined in \`job_clusters\``,
    );
  }
  if (one.existing_cluster_id !== undefined && !surroundings.clusterExists(one.existing_cluster_id)) {
    throw invalidParameter(`Cluster ${one.existing_cluster_id} does not exist`);
  }
  if (one.new_cluster !== undefined) surroundings.readCluster(one.new_cluster, `${field}.new_cluster.`);
  readLibraries(one.libraries ?? [], `${field}.libraries`);
}

function checkKey(field: string, key: string, seen: Set<string>): void {
  if (!/^[\w-]{1,100}$/.test(key)) {
    throw invalidParameter(`\`${field}\` must have 1 to 100 letters, digits, - and _, got "${key.slice(0, 120)}"`);
  }
  if (seen.has(key)) throw invalidParameter(`\`${field}\` is used twice: ${key}`);
  seen.add(key);
}

/** Settings as jobs/get gives them back, with Databricks's defaults. */
export function describeSettings(settings: JobSettings): Record<string, unknown> {
  return {
    email_notifications: {},
    webhook_notifications: {},
    timeout_seconds: 0,
    max_concurrent_runs: 1,
    ...settings,
    tasks: (settings.tasks ?? []).map(describeTask),
    format: "MULTI_TASK",
  };
}

function describeTask(one: Task): Record<string, unknown> {
  const notebook_task = one.notebook_task && { source: "WORKSPACE", ...one.notebook_task };
  return {
    run_if: "ALL_SUCCESS",
    timeout_seconds: 0,
    email_notifications: {},
    webhook_notifications: {},
    ...one,
    notebook_task,
  };
}
