import type { TaskAttempts } from "./attempt";
import type { RunCompute } from "./compute";
import type { WorkspaceContext } from "./context";
import { inOrder, type Task } from "./jobSettings";
import { newId } from "./jobs";
import { beginning, ending, latestAttempts, type Progress, type Run, type TaskRun } from "./run";
import type { Runs } from "./runs";
import { delay, Stop, timedOut } from "./stop";

/** Executes runs: their tasks in the order of their dependencies, retries, timeout, cancelling. */
export class RunExecutor {
  private readonly active = new Map<number, { stop: AbortController; done: Promise<void> }>();

  constructor(
    private readonly context: WorkspaceContext,
    private readonly computeOf: (run: Run) => RunCompute,
    private readonly runs: Runs,
    private readonly attempts: TaskAttempts,
  ) {}

  /** Begins a run that is PENDING or QUEUED. Resolves when it has ended, however it did; never rejects. */
  start(runId: number): Promise<void> {
    const stop = new AbortController();
    const run = this.runs.change(runId, { ...beginning("PENDING"), start_time: this.runs.get(runId).start_time });
    const done = this.execute(run, stop)
      .catch((error: Error) => {
        this.context.log.error("a run could not be executed", { runId, error });
        const termination = { code: "INTERNAL_ERROR", type: "INTERNAL_ERROR" } as const;
        const now = this.runs.get(runId);
        this.runs.change(runId, ending(now, "INTERNAL_ERROR", "FAILED", error.message, termination));
      })
      .finally(() => this.active.delete(runId));
    this.active.set(runId, { stop, done });
    return done;
  }

  /** Ends a run that is being executed. Resolves when it has ended. */
  async stop(runId: number, reason: Stop): Promise<void> {
    const found = this.active.get(runId);
    if (!found) return;
    if (!found.stop.signal.aborted) {
      this.runs.change(runId, { life_cycle_state: "TERMINATING", state_message: reason.message });
      found.stop.abort(reason);
    }
    await found.done;
  }

  async stopAll(reason: Stop): Promise<void> {
    await Promise.all([...this.active.keys()].map((runId) => this.stop(runId, reason)));
  }

  private async execute(run: Run, stop: AbortController): Promise<void> {
    const compute = this.computeOf(run);
    const seconds = run.settings.timeout_seconds ?? 0;
    const timer = seconds > 0 ? setTimeout(() => stop.abort(timedOut(seconds)), seconds * 1000) : undefined;
    const outcomes = new Map<string, Promise<TaskRun>>();
    try {
      for (const task of inOrder(run.settings.tasks ?? [])) {
        const upstream = (task.depends_on ?? []).map(({ task_key }) => outcomes.get(task_key));
        outcomes.set(task.task_key, this.runTask(run, task, upstream, compute, stop.signal));
      }
      const running = this.followFirst(run.run_id, stop.signal);
      await Promise.all(outcomes.values());
      await running;
    } finally {
      clearTimeout(timer);
      compute.release();
    }
    this.runs.change(run.run_id, outcomeOf(this.runs.get(run.run_id), stop.signal));
  }

  /** The run is RUNNING as soon as one of its tasks is. */
  private async followFirst(runId: number, stop: AbortSignal): Promise<void> {
    const first = () => this.runs.get(runId).tasks.find((task) => task.life_cycle_state !== "PENDING");
    const task = await this.runs.changed.until(first, stop).catch(() => undefined);
    if (task?.life_cycle_state !== "RUNNING") return;
    const run = this.runs.get(runId);
    const setup_duration = Math.max(1, task.start_time + task.setup_duration - run.start_time);
    this.runs.change(runId, { life_cycle_state: "RUNNING", state_message: "In run", setup_duration });
  }

  private async runTask(
    run: Run,
    task: Task,
    upstream: (Promise<TaskRun> | undefined)[],
    compute: RunCompute,
    stop: AbortSignal,
  ): Promise<TaskRun> {
    const before = await Promise.all(upstream);
    const failed = before.find((one) => one?.result_state !== "SUCCESS");
    if (failed || stop.aborted) return this.leaveOut(run, task, failed, stop);
    const most = task.max_retries ?? 0;
    for (let attempt = 0; ; attempt++) {
      const taskRun = await this.attempts.make(run, task, attempt, compute, stop);
      const again = taskRun.result_state === "FAILED" || (taskRun.result_state === "TIMEDOUT" && task.retry_on_timeout);
      if (!again || stop.aborted || (most >= 0 && attempt >= most)) return taskRun;
      try {
        await delay(task.min_retry_interval_millis ?? 0, stop);
      } catch {
        return taskRun;
      }
    }
  }

  private leaveOut(run: Run, task: Task, failed: TaskRun | undefined, stop: AbortSignal): TaskRun {
    const start = beginning("PENDING");
    const reason = stop.reason as Stop | undefined;
    const end: Partial<Progress> = stop.aborted
      ? ending(start, "TERMINATED", "CANCELED", reason?.message ?? "", { code: "USER_CANCELED", type: "SUCCESS" })
      : ending(start, "TERMINATED", "UPSTREAM_FAILED", `Task ${failed?.task_key} failed`, {
          code: "UPSTREAM_FAILED",
          type: "CLIENT_ERROR",
        });
    return this.runs.addTask(run.run_id, {
      ...start,
      ...end,
      run_id: newId(),
      task_key: task.task_key,
      attempt_number: 0,
    });
  }
}

/** How the run ended, from how its tasks did. */
function outcomeOf(run: Run, stop: AbortSignal): Partial<Run> {
  const failed = latestAttempts(run).find((task) => task.result_state !== "SUCCESS");
  // All tasks may have succeeded in the moment of a cancel.
  if (!failed) return ending(run, "TERMINATED", "SUCCESS", "", { code: "SUCCESS", type: "SUCCESS" });
  if (stop.aborted && stop.reason instanceof Stop) {
    const { lifeCycle, result, message, termination, kind } = stop.reason;
    return {
      ...ending(run, lifeCycle, result, message, termination),
      ...(kind === "INTERRUPTED" && { interrupted: true }),
    };
  }
  const message = `Task ${failed.task_key} failed with message: ${failed.state_message}`;
  const skipped = (run.settings.tasks?.length ?? 0) > 1 ? " This caused all downstream tasks to get skipped." : "";
  const result = failed.result_state === "TIMEDOUT" ? "TIMEDOUT" : "FAILED";
  const cause = failed.termination ?? { code: "RUN_EXECUTION_ERROR", type: "CLIENT_ERROR" };
  return ending(run, "INTERNAL_ERROR", result, `${message}${skipped}`, cause);
}
