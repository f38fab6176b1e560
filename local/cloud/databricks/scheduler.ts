import { restartDelay } from "./backoff";
import type { WorkspaceContext } from "./context";
import { invalidParameter } from "./errors";
import type { RunExecutor } from "./executor";
import type { JobSettings } from "./jobSettings";
import { type Job, type Jobs, newId } from "./jobs";
import type { Notifications } from "./notifications";
import { beginning, ending, hasEnded, type Progress, type Run } from "./run";
import type { Runs } from "./runs";
import { canceled, interrupted, type Stop } from "./stop";

export interface RunRequest {
  notebook_params?: Record<string, string>;
  job_parameters?: Record<string, string>;
  idempotency_token?: string;
  queue?: { enabled: boolean };
}

/** Decides when runs begin: on request, from the queue, and for continuous jobs always again. */
export class JobScheduler {
  private readonly restarts = new Map<number, NodeJS.Timeout>();
  private closed = false;

  constructor(
    private readonly context: WorkspaceContext,
    private readonly jobs: Jobs,
    private readonly runs: Runs,
    private readonly executor: RunExecutor,
    private readonly notifications: Notifications,
  ) {}

  /**
   * After a start of the twin: runs that were active are over, since their process was the twin's child; continuous
   * jobs and queued runs go on.
   */
  restore(): void {
    for (const run of this.runs.active()) {
      if (run.life_cycle_state === "QUEUED") continue;
      const { lifeCycle, result, message, termination } = interrupted();
      const ended = (from: Progress) => ending(from, lifeCycle, result, message, termination);
      const tasks = run.tasks.map((task) => (hasEnded(task) ? task : { ...task, ...ended(task) }));
      this.runs.change(run.run_id, { ...ended(run), tasks, interrupted: true });
    }
    for (const job of this.jobs.list()) this.consider(job.job_id);
  }

  create(input: unknown): Job {
    const job = this.jobs.create(input);
    this.consider(job.job_id);
    return job;
  }

  /** Gives a job new settings. They are for its next runs: one that is active goes on with those it began with. */
  replace(jobId: number, change: (jobs: Jobs) => Job): void {
    change(this.jobs);
    this.consider(jobId);
  }

  delete(jobId: number): void {
    this.jobs.delete(jobId);
    this.forgetRestart(jobId);
    for (const run of this.runs.active(jobId))
      void this.cancel(run.run_id, canceled("Run cancelled: the job was deleted."));
  }

  /**
   * Makes a run: PENDING when the job may have one more, otherwise QUEUED or SKIPPED as its settings say. A continuous
   * job that is not paused is restarted by it: the active run is cancelled, and its backoff starts afresh.
   */
  runNow(jobId: number, request: RunRequest): Run {
    const job = this.jobs.get(jobId);
    const { idempotency_token: token } = request;
    const same = token && this.runs.list(jobId).find((run) => run.idempotency_token === token);
    if (same) return same;
    const run = this.newRun(job, "ONE_TIME", request);
    if (isContinuous(job)) return this.restart(run);
    if (this.mayBegin(job)) return this.begin(this.runs.add(run));
    if (request.queue?.enabled ?? job.settings.queue?.enabled) {
      return this.runs.add({ ...run, ...beginning("QUEUED", "Queued due to reaching maximum concurrent runs") });
    }
    const message = `Run would exceed max concurrent runs (${mostRuns(job.settings)}), so it was skipped`;
    const skipped = ending(run, "SKIPPED", undefined, message, {
      code: "MAX_CONCURRENT_RUNS_EXCEEDED",
      type: "CLIENT_ERROR",
    });
    const added = this.runs.add({ ...run, ...skipped });
    this.notifications.ended(added);
    return added;
  }

  /** Ends a run. A continuous job starts a new one after that. Does nothing when the run has ended. */
  async cancel(runId: number, reason: Stop = canceled()): Promise<void> {
    const run = this.runs.get(runId);
    if (run.life_cycle_state === "QUEUED") {
      const { lifeCycle, result, message, termination } = reason;
      this.notifications.ended(this.runs.change(runId, ending(run, lifeCycle, result, message, termination)));
      return;
    }
    await this.executor.stop(runId, reason);
  }

  /** Ends all runs for good, as the twin is going to. */
  async close(): Promise<void> {
    this.closed = true;
    for (const jobId of [...this.restarts.keys()]) this.forgetRestart(jobId);
    await this.executor.stopAll(interrupted());
    this.notifications.close();
  }

  /** Begins what the job's settings and the end of its runs call for. */
  private consider(jobId: number): void {
    this.forgetRestart(jobId);
    const job = this.jobs.find(jobId);
    if (!job || this.closed) return;
    for (const run of this.runs.active(jobId).reverse()) {
      if (run.life_cycle_state === "QUEUED" && this.mayBegin(job)) this.begin(run);
    }
    if (!isContinuous(job) || this.runs.active(jobId).length > 0) return;
    const ended = this.runs.list(jobId).filter((run) => hasEnded(run) && run.life_cycle_state !== "SKIPPED");
    const due = (ended[0]?.end_time ?? 0) + restartDelay(ended, this.context.timing);
    const start = () => {
      this.restarts.delete(jobId);
      const now = this.jobs.find(jobId);
      if (now && !this.closed && this.mayBegin(now)) this.begin(this.runs.add(this.newRun(now, "CONTINUOUS", {})));
    };
    const wait = due - Date.now();
    if (wait > 0) this.restarts.set(jobId, setTimeout(start, wait));
    else start();
  }

  /** The run waits, QUEUED, until those before it have ended. */
  private restart(run: Run): Run {
    const reason = canceled("Run cancelled: the continuous job was started again.");
    for (const before of this.runs.active(run.job_id)) void this.cancel(before.run_id, reason);
    this.runs.add({ ...run, ...beginning("QUEUED", "Waiting for the active run of the continuous job to end") });
    this.consider(run.job_id);
    return this.runs.get(run.run_id);
  }

  private begin(run: Run): Run {
    this.forgetRestart(run.job_id);
    const ended = this.executor.start(run.run_id);
    this.notifications.began(run);
    void ended.then(() => {
      if (this.runs.has(run.run_id)) this.notifications.ended(this.runs.get(run.run_id));
      this.consider(run.job_id);
    });
    return this.runs.get(run.run_id);
  }

  private mayBegin(job: Job): boolean {
    const running = this.runs.active(job.job_id).filter((run) => run.life_cycle_state !== "QUEUED");
    return running.length < mostRuns(job.settings);
  }

  private newRun(job: Job, trigger: Run["trigger"], request: RunRequest): Run {
    const { settings } = job;
    const given = request.job_parameters ?? {};
    const defined = settings.parameters ?? [];
    const unknown = Object.keys(given).find((name) => !defined.some((parameter) => parameter.name === name));
    if (unknown !== undefined) {
      throw invalidParameter(
        `Job ${job.job_id} has no parameter \`${unknown}\`; it has: ${defined.map((p) => p.name).join(", ") || "none"}`,
      );
    }
    if (defined.length > 0 && request.notebook_params && Object.keys(request.notebook_params).length > 0) {
      throw invalidParameter(`Job ${job.job_id} has job parameters: give \`job_parameters\`, not \`notebook_params\``);
    }
    return {
      ...beginning("PENDING"),
      run_id: newId(),
      job_id: job.job_id,
      number_in_job: 1 + Math.max(0, ...this.runs.list(job.job_id).map((run) => run.number_in_job)),
      trigger,
      creator_user_name: this.context.userName,
      settings,
      job_parameters: defined.map(({ name, default: fallback }) => ({
        name,
        default: fallback,
        value: given[name] ?? fallback,
      })),
      notebook_params: request.notebook_params ?? {},
      ...(request.idempotency_token && { idempotency_token: request.idempotency_token }),
      tasks: [],
    };
  }

  private forgetRestart(jobId: number): void {
    clearTimeout(this.restarts.get(jobId));
    this.restarts.delete(jobId);
  }
}

const isContinuous = (job: Job) => job.settings.continuous?.pause_status === "UNPAUSED";

/** 0 means that runs are always skipped, as on Databricks. */
const mostRuns = (settings: JobSettings) => settings.max_concurrent_runs ?? 1;
