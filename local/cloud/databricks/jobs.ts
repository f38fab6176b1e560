import * as path from "node:path";
import { JsonStore } from "../store";
import type { WorkspaceContext } from "./context";
import { invalidParameter, limitExceeded } from "./errors";
import { type JobSettings, type JobSurroundings, readJobSettings } from "./jobSettings";

export interface Job {
  job_id: number;
  creator_user_name: string;
  created_time: number;
  settings: JobSettings;
}

const mostJobs = 1000;

/** The jobs of a workspace, without their runs. */
export class Jobs {
  private readonly store: JsonStore<Job>;

  constructor(
    private readonly context: WorkspaceContext,
    private readonly surroundings: JobSurroundings,
  ) {
    this.store = JsonStore.open(path.join(context.folder, "jobs.json"));
  }

  /** Newest first, as jobs/list answers. */
  list(): Job[] {
    return this.store.values().sort((a, b) => b.created_time - a.created_time || b.job_id - a.job_id);
  }

  find(jobId: number): Job | undefined {
    return this.store.get(String(jobId));
  }

  get(jobId: number): Job {
    const job = this.find(jobId);
    if (!job) throw invalidParameter(`Job ${jobId} does not exist.`);
    return job;
  }

  create(input: unknown): Job {
    const settings = readJobSettings(input, this.surroundings);
    if (this.store.keys().length >= mostJobs)
      throw limitExceeded(`The workspace has reached its limit of ${mostJobs} jobs`);
    const job: Job = {
      job_id: newId(),
      creator_user_name: this.context.userName,
      created_time: Date.now(),
      settings,
    };
    return this.save(job);
  }

  /** Replaces all settings. */
  reset(jobId: number, input: unknown): Job {
    const job = this.get(jobId);
    return this.save({ ...job, settings: readJobSettings(input, this.surroundings) });
  }

  /**
   * Replaces the settings that are given and removes those that are named. Tasks and job clusters are merged by key,
   * and removed by `tasks/<key>` and `job_clusters/<key>`.
   */
  update(jobId: number, input: Partial<JobSettings>, remove: string[]): Job {
    const settings: Record<string, unknown> = { ...this.get(jobId).settings };
    for (const [field, value] of Object.entries(input)) {
      const key = keyed.get(field);
      settings[field] = key ? mergedBy(key, settings[field], value) : value;
    }
    for (const field of remove) {
      const [outer = "", inner] = field.split("/");
      const key = keyed.get(outer);
      if (inner === undefined) delete settings[outer];
      else if (key) settings[outer] = items(settings[outer]).filter((item) => item[key] !== inner);
      else throw invalidParameter(`\`fields_to_remove\`: ${field} cannot be removed`);
    }
    return this.reset(jobId, settings);
  }

  delete(jobId: number): void {
    this.get(jobId);
    this.store.delete(String(jobId));
  }

  private save(job: Job): Job {
    this.store.set(String(job.job_id), job);
    return job;
  }
}

const keyed = new Map([
  ["tasks", "task_key"],
  ["job_clusters", "job_cluster_key"],
]);

const items = (value: unknown) => (Array.isArray(value) ? (value as Record<string, unknown>[]) : []);

function mergedBy(key: string, before: unknown, after: unknown): unknown {
  if (!Array.isArray(after)) return after;
  const merged = new Map(items(before).map((item) => [item[key], item]));
  for (const item of items(after)) merged.set(item[key], item);
  return [...merged.values()];
}

/** Fifteen digits, as Databricks's ids have, and exact in a double. */
export const newId = () => 1e14 + Math.floor(Math.random() * 9e14);
