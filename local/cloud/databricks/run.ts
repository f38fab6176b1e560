import type { JobSettings } from "./jobSettings";

export type LifeCycle = "QUEUED" | "PENDING" | "RUNNING" | "TERMINATING" | "TERMINATED" | "SKIPPED" | "INTERNAL_ERROR";
export type Result = "SUCCESS" | "FAILED" | "TIMEDOUT" | "CANCELED" | "UPSTREAM_FAILED";

/** Why something ended, in the words of the Jobs API's `termination_details`. */
export interface Termination {
  code: string;
  type: "SUCCESS" | "INTERNAL_ERROR" | "CLIENT_ERROR" | "CLOUD_FAILURE";
}

/** Where a run, or one task of it, is, and how long it was there. Times in ms since 1970, durations in ms. */
export interface Progress {
  life_cycle_state: LifeCycle;
  result_state?: Result;
  state_message: string;
  termination?: Termination;
  start_time: number;
  setup_duration: number;
  execution_duration: number;
  /** 0 while it has not ended. */
  end_time: number;
}

/** One attempt at one task. */
export interface TaskRun extends Progress {
  run_id: number;
  task_key: string;
  attempt_number: number;
  cluster_id?: string;
  /** Parameters the notebook got. */
  parameters?: Record<string, string>;
  /** The process that runs the notebook. */
  pid?: number;
  /** Its log, on this machine. */
  log_file?: string;
}

/** One run of a job. */
export interface Run extends Progress {
  run_id: number;
  job_id: number;
  number_in_job: number;
  trigger: "ONE_TIME" | "CONTINUOUS";
  creator_user_name: string;
  /** The job's settings when the run was made: later changes are for later runs. */
  settings: JobSettings;
  job_parameters: { name: string; default: string; value: string }[];
  notebook_params: Record<string, string>;
  idempotency_token?: string;
  /** The twin was stopped or killed while the run was active: it says nothing about the job. */
  interrupted?: boolean;
  tasks: TaskRun[];
}

/** What is kept of a task run's notebook. */
export interface TaskOutput {
  /** `dbutils.notebook.exit`'s value. */
  result?: string;
  error?: string;
  error_trace?: string;
}

const final: LifeCycle[] = ["TERMINATED", "SKIPPED", "INTERNAL_ERROR"];

/** Has it ended? A QUEUED run is active: it will run. */
export const hasEnded = ({ life_cycle_state }: Progress) => final.includes(life_cycle_state);

/** A progress that begins now. */
export function beginning(life_cycle_state: LifeCycle, state_message = ""): Progress {
  return {
    life_cycle_state,
    state_message,
    start_time: Date.now(),
    setup_duration: 0,
    execution_duration: 0,
    end_time: 0,
  };
}

/** The change that ends a progress now; time since its start that was not set-up was execution. */
export function ending(
  from: Progress,
  life_cycle_state: LifeCycle,
  result_state: Result | undefined,
  state_message: string,
  termination: Termination,
): Partial<Progress> {
  const end_time = Date.now();
  const neverRan = from.setup_duration === 0;
  const elapsed = Math.max(0, end_time - from.start_time);
  return {
    life_cycle_state,
    ...(result_state && { result_state }),
    state_message,
    termination,
    end_time,
    setup_duration: neverRan ? elapsed : from.setup_duration,
    execution_duration: neverRan ? 0 : elapsed - from.setup_duration,
  };
}

/** The newest attempt at each task, in the order in which the tasks began. */
export function latestAttempts(run: Run): TaskRun[] {
  const newest = new Map<string, TaskRun>();
  for (const task of run.tasks) newest.set(task.task_key, task);
  return [...newest.values()];
}
