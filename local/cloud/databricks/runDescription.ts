import type { Clusters } from "./clusters";
import type { WorkspaceContext } from "./context";
import { describeSettings } from "./jobSettings";
import { hasEnded, latestAttempts, type Progress, type Run, type TaskRun } from "./run";

/** What runs/get answers. */
export function describeRun(run: Run, context: WorkspaceContext, clusters: Clusters): Record<string, unknown> {
  return {
    ...describeRunShortly(run, context),
    job_clusters: run.settings.job_clusters ?? [],
    tasks: latestAttempts(run).map((task) => describeTask(run, task, context, clusters)),
    ...(run.job_parameters.length > 0 && { job_parameters: run.job_parameters }),
    ...(Object.keys(run.notebook_params).length > 0 && {
      overriding_parameters: { notebook_params: run.notebook_params },
    }),
  };
}

/** What runs/list answers of each run, unless it is asked for the tasks. */
export function describeRunShortly(run: Run, context: WorkspaceContext): Record<string, unknown> {
  return {
    job_id: run.job_id,
    run_id: run.run_id,
    job_run_id: run.run_id,
    number_in_job: run.number_in_job,
    original_attempt_run_id: run.run_id,
    creator_user_name: run.creator_user_name,
    run_as_user_name: run.creator_user_name,
    run_name: run.settings.name,
    run_type: "JOB_RUN",
    run_page_url: pageUrl(run.job_id, run.run_id, context),
    trigger: run.trigger,
    format: "MULTI_TASK",
    ...describeProgress(run),
  };
}

/** What runs/get and runs/get-output say of one task. */
export function describeTask(
  run: Run,
  task: TaskRun,
  context: WorkspaceContext,
  clusters: Clusters,
): Record<string, unknown> {
  const { settings } = run;
  const described = describeSettings(settings).tasks as Record<string, unknown>[];
  const definition = described.find((one) => one.task_key === task.task_key) ?? {};
  const cluster = task.cluster_id === undefined ? undefined : clusters.find(task.cluster_id);
  return {
    ...definition,
    run_id: task.run_id,
    attempt_number: task.attempt_number,
    run_page_url: pageUrl(run.job_id, task.run_id, context),
    ...(task.cluster_id && {
      cluster_instance: { cluster_id: task.cluster_id, spark_context_id: String(task.run_id) },
    }),
    ...(cluster && { cluster_spec: { new_cluster: cluster.spec } }),
    ...(task.parameters && { resolved_values: { notebook_task: { base_parameters: task.parameters } } }),
    ...describeProgress(task),
  };
}

/** Where Databricks would show a run. The twin answers there with where to read it. */
function pageUrl(jobId: number, runId: number, context: WorkspaceContext): string {
  return `https://${context.host}/jobs/${jobId}/runs/${runId}?o=${context.workspaceId}`;
}

function describeProgress(progress: Progress): Record<string, unknown> {
  const { life_cycle_state, result_state, state_message, termination } = progress;
  const stopped = result_state === "CANCELED" || result_state === "TIMEDOUT";
  const ended = hasEnded(progress);
  return {
    state: {
      life_cycle_state,
      ...(result_state && { result_state }),
      state_message,
      user_cancelled_or_timedout: stopped,
    },
    status: {
      state: ended ? "TERMINATED" : life_cycle_state,
      ...(termination && { termination_details: { ...termination, message: state_message } }),
    },
    start_time: progress.start_time,
    setup_duration: progress.setup_duration,
    execution_duration: progress.execution_duration,
    cleanup_duration: 0,
    run_duration: ended ? progress.end_time - progress.start_time : 0,
    end_time: progress.end_time,
  };
}
