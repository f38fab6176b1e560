import type { RunResult } from "../../engines/spark";
import type { Clusters } from "./clusters";
import type { RunCompute } from "./compute";
import type { WorkspaceContext } from "./context";
import type { Task } from "./jobSettings";
import { newId } from "./jobs";
import type { WorkspaceObjects } from "./objects";
import { notebookParameters } from "./parameters";
import { beginning, ending, type Run, type TaskRun, type Termination } from "./run";
import type { Runs } from "./runs";
import { cannotRun, findRuntime } from "./runtimes";
import type { Secrets } from "./secrets";
import { Stop, TaskFailure, timedOut } from "./stop";

/** Runs one attempt at a notebook task, from finding a cluster to keeping the notebook's output. */
export class TaskAttempts {
  constructor(
    private readonly context: WorkspaceContext,
    private readonly clusters: Clusters,
    private readonly objects: WorkspaceObjects,
    private readonly secrets: Secrets,
    private readonly runs: Runs,
  ) {}

  /** Never rejects: how the attempt ended is in the task run that it resolves with. */
  async make(run: Run, task: Task, attempt: number, compute: RunCompute, runStop: AbortSignal): Promise<TaskRun> {
    const taskRun = this.runs.addTask(run.run_id, {
      ...beginning("PENDING", "Waiting for cluster"),
      run_id: newId(),
      task_key: task.task_key,
      attempt_number: attempt,
    });
    const own = new AbortController();
    const seconds = task.timeout_seconds ?? 0;
    const timer = seconds > 0 ? setTimeout(() => own.abort(timedOut(seconds)), seconds * 1000) : undefined;
    const stop = AbortSignal.any([runStop, own.signal]);
    try {
      const result = await this.runNotebook(run, task, taskRun, compute, own, stop);
      return this.finish(run, taskRun, result, stop);
    } catch (error) {
      return this.fail(run, taskRun, error, stop);
    } finally {
      clearTimeout(timer);
      // Ends what still waits for this signal, such as the watch over the cluster.
      own.abort(new Stop("CANCELED", "The attempt has ended"));
    }
  }

  private async runNotebook(
    run: Run,
    task: Task,
    taskRun: TaskRun,
    compute: RunCompute,
    own: AbortController,
    stop: AbortSignal,
  ): Promise<RunResult> {
    const change = (to: Partial<TaskRun>) => this.runs.changeTask(run.run_id, taskRun.run_id, to);
    const { cluster, coordinates } = await compute.ready(task, stop, (cluster_id) => change({ cluster_id }));
    const runtime = findRuntime(cluster.spec.spark_version);
    const why = runtime && cannotRun(runtime);
    if (why) throw new TaskFailure("CLUSTER_ERROR", why);
    const name = task.notebook_task?.notebook_path ?? "";
    const source = this.notebook(name);
    const parameters = this.parametersOf(run, task, taskRun);
    const handle = await this.context.notebooks.run({
      runId: String(taskRun.run_id),
      source,
      name,
      parameters,
      libraries: coordinates,
      secrets: this.secrets.forRun(),
      sparkConf: this.sparkConf(cluster.spec.spark_conf ?? {}),
      driver: this.context.driver?.(),
    });
    const cancel = () => void handle.cancel().catch((error) => this.context.log.error("cancel failed", { error }));
    if (stop.aborted) cancel();
    else stop.addEventListener("abort", cancel, { once: true });
    change({
      life_cycle_state: "RUNNING",
      state_message: "In run",
      parameters,
      pid: handle.pid,
      log_file: handle.logFile,
      setup_duration: Math.max(1, Date.now() - taskRun.start_time),
    });
    this.watchCluster(cluster.cluster_id, own);
    this.clusters.command(cluster.cluster_id, 1);
    try {
      return await handle.done;
    } finally {
      this.clusters.command(cluster.cluster_id, -1);
      stop.removeEventListener("abort", cancel);
    }
  }

  /** A notebook does not outlive its cluster. */
  private watchCluster(clusterId: string, own: AbortController): void {
    const lost = () => {
      const state = this.clusters.find(clusterId)?.state ?? "TERMINATED";
      return state === "RUNNING" || state === "RESIZING" ? undefined : true;
    };
    this.clusters.changed.until(lost, own.signal).then(
      () => own.abort(new Stop("CLUSTER_LOST", `Cluster ${clusterId} was terminated or restarted during the run`)),
      () => undefined,
    );
  }

  private notebook(given: string): string {
    const object = this.objects.find(given);
    if (object?.object_type !== "NOTEBOOK") {
      throw new TaskFailure(
        "RESOURCE_NOT_FOUND",
        `Unable to access the notebook "${given}". Either it does not exist, or the identity used to run this job, ` +
          `${this.context.userName}, lacks the required permissions.`,
      );
    }
    if (object.language !== "SCALA") {
      throw new TaskFailure("NOT_IN_TWIN", `The local twin runs Scala notebooks only; ${given} is ${object.language}`);
    }
    return this.objects.content(object).toString("utf8");
  }

  private sparkConf(conf: Record<string, string>): Record<string, string> {
    const secret = Object.entries(conf).find(([, value]) => value.includes("{{secrets/"));
    if (!secret) return conf;
    throw new TaskFailure(
      "NOT_IN_TWIN",
      `The local twin does not put secrets into \`spark_conf\` (${secret[0]}): read them with dbutils.secrets in the notebook`,
    );
  }

  private parametersOf(run: Run, task: Task, taskRun: TaskRun): Record<string, string> {
    return notebookParameters(task.notebook_task?.base_parameters ?? {}, run.notebook_params, {
      job: {
        id: run.job_id,
        name: run.settings.name,
        runId: run.run_id,
        startTime: run.start_time,
        triggerType: run.trigger,
        parameters: Object.fromEntries(run.job_parameters.map(({ name, value }) => [name, value])),
      },
      task: { name: task.task_key, runId: taskRun.run_id, attempt: taskRun.attempt_number },
      workspace: { id: this.context.workspaceId, url: this.context.host },
    });
  }

  private finish(run: Run, taskRun: TaskRun, result: RunResult, stop: AbortSignal): TaskRun {
    // A notebook that ended by itself in the moment of a cancel keeps its result.
    if (result.outcome === "SUCCESS") {
      if (result.exitValue !== undefined) this.runs.saveOutput(taskRun.run_id, { result: result.exitValue });
      return this.end(run, taskRun, "TERMINATED", "SUCCESS", "", { code: "SUCCESS", type: "SUCCESS" });
    }
    if (stop.aborted) return this.fail(run, taskRun, stop.reason, stop);
    if (result.outcome === "CANCELED") {
      return this.fail(
        run,
        taskRun,
        new TaskFailure("DRIVER_ERROR", "The notebook's process was ended from outside"),
        stop,
      );
    }
    const where = result.cell === undefined ? "" : `Cell ${result.cell}: `;
    const error = `${where}${result.message}`;
    this.runs.saveOutput(taskRun.run_id, { error, ...(result.trace && { error_trace: result.trace }) });
    const message = `Workload failed, see run output for details. ${error}`;
    return this.end(run, taskRun, "TERMINATED", "FAILED", message, {
      code: "RUN_EXECUTION_ERROR",
      type: "CLIENT_ERROR",
    });
  }

  private fail(run: Run, taskRun: TaskRun, error: unknown, stop: AbortSignal): TaskRun {
    const reason = stop.aborted ? stop.reason : error;
    if (reason instanceof Stop) {
      return this.end(run, taskRun, reason.lifeCycle, reason.result, reason.message, reason.termination);
    }
    if (reason instanceof TaskFailure) {
      this.runs.saveOutput(taskRun.run_id, { error: reason.message });
      const { lifeCycle, code, type } = reason;
      return this.end(run, taskRun, lifeCycle, "FAILED", reason.message, { code, type });
    }
    const message = reason instanceof Error ? reason.message : String(reason);
    this.context.log.error("a task run could not be executed", { runId: run.run_id, error: reason });
    this.runs.saveOutput(taskRun.run_id, { error: message });
    return this.end(run, taskRun, "INTERNAL_ERROR", "FAILED", message, {
      code: "INTERNAL_ERROR",
      type: "INTERNAL_ERROR",
    });
  }

  private end(
    run: Run,
    taskRun: TaskRun,
    lifeCycle: TaskRun["life_cycle_state"],
    result: TaskRun["result_state"],
    message: string,
    termination: Termination,
  ): TaskRun {
    const now = this.runs.get(run.run_id).tasks.find((task) => task.run_id === taskRun.run_id) ?? taskRun;
    return this.runs.changeTask(run.run_id, taskRun.run_id, ending(now, lifeCycle, result, message, termination));
  }
}
