import * as fs from "node:fs";
import * as path from "node:path";
import { writeFileAtomic } from "../../files";
import { JsonStore } from "../store";
import type { WorkspaceContext } from "./context";
import { invalidParameter } from "./errors";
import { hasEnded, type Run, type TaskOutput, type TaskRun } from "./run";
import { Signal } from "./signal";

/** Databricks keeps runs for 60 days. The twin keeps this many that have ended, of each job. */
const keptOfAJob = 100;
/** Longest exit value or trace that is kept, in characters. Databricks cuts exit values at 5 MB. */
const mostCharacters = 1024 * 1024;

/** The runs of a workspace's jobs, on disk before anybody hears of them. */
export class Runs {
  /** Fires after each change of any run. */
  readonly changed = new Signal();
  private readonly store: JsonStore<Run>;

  constructor(private readonly context: WorkspaceContext) {
    this.store = JsonStore.open(path.join(context.folder, "runs.json"));
  }

  /** Newest first. */
  list(jobId?: number): Run[] {
    return this.store
      .values()
      .filter((run) => jobId === undefined || run.job_id === jobId)
      .sort((a, b) => b.start_time - a.start_time || b.number_in_job - a.number_in_job);
  }

  active(jobId?: number): Run[] {
    return this.list(jobId).filter((run) => !hasEnded(run));
  }

  get(runId: number): Run {
    const run = this.store.get(String(runId));
    if (!run) throw invalidParameter(`Run ${runId} does not exist.`);
    return run;
  }

  has(runId: number): boolean {
    return this.store.has(String(runId));
  }

  /** A task run by its own id, or by its run's id when that has only one task. */
  task(runId: number): { run: Run; task: TaskRun | undefined } {
    const whole = this.store.get(String(runId));
    if (whole) {
      if ((whole.settings.tasks?.length ?? 0) > 1) {
        throw invalidParameter(
          "Retrieving the output of runs with multiple tasks is not supported. " +
            "Please retrieve the output of each individual task run instead.",
        );
      }
      return { run: whole, task: whole.tasks.at(-1) };
    }
    for (const run of this.store.values()) {
      const task = run.tasks.find((candidate) => candidate.run_id === runId);
      if (task) return { run, task };
    }
    throw invalidParameter(`Run ${runId} does not exist.`);
  }

  add(run: Run): Run {
    this.save(run);
    this.forgetOld(run.job_id);
    return run;
  }

  change(runId: number, to: Partial<Run>): Run {
    return this.save({ ...this.get(runId), ...to });
  }

  addTask(runId: number, task: TaskRun): TaskRun {
    this.change(runId, { tasks: [...this.get(runId).tasks, task] });
    return task;
  }

  changeTask(runId: number, taskRunId: number, to: Partial<TaskRun>): TaskRun {
    const run = this.get(runId);
    const tasks = run.tasks.map((task) => (task.run_id === taskRunId ? { ...task, ...to } : task));
    this.save({ ...run, tasks });
    return tasks.find((task) => task.run_id === taskRunId) as TaskRun;
  }

  saveOutput(taskRunId: number, output: TaskOutput): void {
    const cut = Object.fromEntries(
      Object.entries(output).map(([name, text]) => [name, text?.slice(0, mostCharacters)]),
    );
    writeFileAtomic(this.outputFile(taskRunId), JSON.stringify(cut));
  }

  output(taskRunId: number): TaskOutput {
    const file = this.outputFile(taskRunId);
    return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as TaskOutput) : {};
  }

  delete(...runs: Run[]): void {
    this.store.delete(...runs.map((run) => String(run.run_id)));
    for (const task of runs.flatMap((run) => run.tasks)) {
      fs.rmSync(this.outputFile(task.run_id), { force: true });
      if (task.log_file) fs.rmSync(task.log_file, { force: true });
    }
  }

  private forgetOld(jobId: number): void {
    const old = this.list(jobId).filter(hasEnded).slice(keptOfAJob);
    if (old.length > 0) this.delete(...old);
  }

  private save(run: Run): Run {
    this.store.set(String(run.run_id), run);
    this.changed.notify();
    return run;
  }

  private outputFile(taskRunId: number): string {
    return path.join(this.context.folder, "outputs", `${taskRunId}.json`);
  }
}
