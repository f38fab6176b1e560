import type { ClusterSpec } from "./clusterSpec";

export type ClusterState = "PENDING" | "RUNNING" | "RESTARTING" | "RESIZING" | "TERMINATING" | "TERMINATED";

export interface ClusterEvent {
  timestamp: number;
  type: string;
  details: Record<string, unknown>;
}

export interface TerminationReason {
  code: "USER_REQUEST" | "INACTIVITY" | "JOB_FINISHED" | "INTERNAL_ERROR";
  type: "SUCCESS" | "SERVICE_FAULT";
  parameters: Record<string, string>;
}

export interface Cluster {
  cluster_id: string;
  spec: ClusterSpec;
  /** JOB: made for one run of a job, and gone with it. */
  source: "API" | "JOB";
  state: ClusterState;
  state_message: string;
  pinned: boolean;
  creator_user_name: string;
  start_time: number;
  last_restarted_time: number;
  /** Creation, start, edit and the end of each command: autotermination counts from here. */
  last_activity_time: number;
  terminated_time?: number;
  termination_reason?: TerminationReason;
  events: ClusterEvent[];
}

/** How large, in the form that cluster events give it. */
export function sizeOf(spec: ClusterSpec): Record<string, unknown> {
  return spec.autoscale ? { autoscale: spec.autoscale } : { num_workers: spec.num_workers ?? 0 };
}

export function terminationMessage(reason: TerminationReason): string {
  if (reason.code === "INACTIVITY") {
    return `Inactive cluster terminated (inactive for ${reason.parameters.inactivity_duration_min} minutes).`;
  }
  if (reason.code === "JOB_FINISHED") return "The job run that this cluster was for has ended";
  if (reason.code === "INTERNAL_ERROR") return "The twin was stopped while the job run of this cluster was active";
  return `Terminated by ${reason.parameters.username ?? "the user"}`;
}

/** Ids look like Databricks's: month and day, time of day, eight letters. */
export function newClusterId(now: number): string {
  const stamp = new Date(now).toISOString().replace(/\D/g, "");
  const letters = Array.from({ length: 8 }, () => Math.floor(Math.random() * 36).toString(36)).join("");
  return `${stamp.slice(4, 8)}-${stamp.slice(8, 14)}-${letters}`;
}
