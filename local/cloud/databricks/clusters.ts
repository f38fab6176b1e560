import * as path from "node:path";
import { JsonStore } from "../store";
import { Autotermination } from "./autotermination";
import {
  type Cluster,
  type ClusterEvent,
  type ClusterState,
  newClusterId,
  sizeOf,
  type TerminationReason,
  terminationMessage,
} from "./cluster";
import type { ClusterSpec } from "./clusterSpec";
import type { WorkspaceContext } from "./context";
import { invalidParameter, invalidState, limitExceeded } from "./errors";
import { cannotRun, findRuntime } from "./runtimes";
import { Signal } from "./signal";

const mostClusters = 150;
const mostPinned = 100;
const keptJobClusters = 30;
const keptEvents = 200;
const transient: ClusterState[] = ["PENDING", "RESTARTING", "RESIZING", "TERMINATING"];

/** The clusters of a workspace and their life: no machine is behind them; runs on them start Spark on this one. */
export class Clusters {
  /** Fires after each change of any cluster. */
  readonly changed = new Signal();
  /** Told when a cluster has become RUNNING (again), so that its libraries are installed. */
  onStarted: (clusterId: string) => void = () => undefined;
  /** Told when a cluster is gone for good. */
  onDeleted: (clusterId: string) => void = () => undefined;

  private readonly store: JsonStore<Cluster>;
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly autotermination: Autotermination;

  constructor(private readonly context: WorkspaceContext) {
    this.store = JsonStore.open(path.join(context.folder, "clusters.json"));
    this.autotermination = new Autotermination(context.timing.minuteMs, (clusterId) =>
      this.terminate(clusterId, {
        code: "INACTIVITY",
        type: "SUCCESS",
        parameters: { inactivity_duration_min: String(this.get(clusterId).spec.autotermination_minutes) },
      }),
    );
  }

  /** Continues what a restart of the twin has interrupted. Clusters of jobs ended with the run that they were for. */
  restore(): void {
    for (const cluster of this.list()) {
      if (cluster.source === "JOB" && cluster.state !== "TERMINATED") {
        this.terminate(cluster.cluster_id, { code: "INTERNAL_ERROR", type: "SERVICE_FAULT", parameters: {} });
      } else if (transient.includes(cluster.state)) {
        this.settleLater(cluster.cluster_id);
      }
      this.autotermination.watch(this.get(cluster.cluster_id));
    }
  }

  list(): Cluster[] {
    return this.store.values();
  }

  find(clusterId: string): Cluster | undefined {
    return this.store.get(clusterId);
  }

  get(clusterId: string): Cluster {
    const cluster = this.store.get(clusterId);
    if (!cluster) throw invalidParameter(`Cluster ${clusterId} does not exist`);
    return cluster;
  }

  create(spec: ClusterSpec, source: Cluster["source"] = "API"): Cluster {
    if (source === "API" && this.list().filter((cluster) => cluster.source === "API").length >= mostClusters) {
      throw limitExceeded(`The workspace has reached its limit of ${mostClusters} clusters`);
    }
    const now = Date.now();
    const cluster: Cluster = {
      cluster_id: newClusterId(now),
      spec,
      source,
      state: "PENDING",
      state_message: "Finding instances for new nodes, acquiring more instances if necessary",
      pinned: false,
      creator_user_name: this.context.userName,
      start_time: now,
      last_restarted_time: now,
      last_activity_time: now,
      events: [
        { timestamp: now, type: "CREATING", details: { cluster_size: sizeOf(spec), user: this.context.userName } },
      ],
    };
    this.save(cluster);
    this.settleLater(cluster.cluster_id);
    return cluster;
  }

  edit(clusterId: string, spec: ClusterSpec): void {
    const cluster = this.get(clusterId);
    this.refuseJobCluster(cluster);
    this.requireState(cluster, ["RUNNING", "TERMINATED"]);
    const restarted: Partial<Cluster> =
      cluster.state === "RUNNING"
        ? { state: "RESTARTING", state_message: "Restarting Spark with the new settings" }
        : {};
    this.change(cluster, { spec, ...restarted, last_activity_time: Date.now() }, "EDITED");
    if (restarted.state) this.settleLater(clusterId);
  }

  start(clusterId: string): void {
    const cluster = this.get(clusterId);
    this.refuseJobCluster(cluster);
    this.requireState(cluster, ["TERMINATED"]);
    const now = Date.now();
    const { terminated_time: _, termination_reason: __, ...rest } = cluster;
    this.change(
      rest,
      { state: "PENDING", state_message: "Starting Spark", last_restarted_time: now, last_activity_time: now },
      "STARTING",
    );
    this.settleLater(clusterId);
  }

  restart(clusterId: string): void {
    const cluster = this.get(clusterId);
    this.refuseJobCluster(cluster);
    this.requireState(cluster, ["RUNNING"]);
    const now = Date.now();
    this.change(cluster, { state: "RESTARTING", last_restarted_time: now, last_activity_time: now }, "RESTARTING");
    this.settleLater(clusterId);
  }

  resize(clusterId: string, size: Pick<ClusterSpec, "num_workers" | "autoscale">): void {
    const cluster = this.get(clusterId);
    this.requireState(cluster, ["RUNNING"]);
    const { num_workers: _, autoscale: __, ...spec } = cluster.spec;
    const state_message = "Resizing";
    this.change(cluster, { spec: { ...spec, ...size } as ClusterSpec, state: "RESIZING", state_message }, "RESIZING");
    this.settleLater(clusterId);
  }

  /** What the API calls delete: the cluster is TERMINATED and can be started again. Does nothing when it already is. */
  terminate(clusterId: string, reason?: TerminationReason): void {
    const cluster = this.get(clusterId);
    if (cluster.state === "TERMINATED") return;
    clearTimeout(this.timers.get(clusterId));
    const termination_reason = reason ?? {
      code: "USER_REQUEST" as const,
      type: "SUCCESS" as const,
      parameters: { username: this.context.userName },
    };
    this.change(
      cluster,
      {
        state: "TERMINATED",
        state_message: terminationMessage(termination_reason),
        terminated_time: Date.now(),
        termination_reason,
      },
      "TERMINATING",
      { reason: termination_reason },
    );
    if (cluster.source === "JOB") this.forgetOldJobClusters();
  }

  remove(clusterId: string): void {
    this.get(clusterId);
    clearTimeout(this.timers.get(clusterId));
    this.autotermination.forget(clusterId);
    this.store.delete(clusterId);
    this.onDeleted(clusterId);
    this.changed.notify();
  }

  pin(clusterId: string, pinned: boolean): void {
    const cluster = this.get(clusterId);
    if (cluster.pinned === pinned) return;
    if (pinned && this.list().filter((other) => other.pinned).length >= mostPinned) {
      throw limitExceeded(`At most ${mostPinned} clusters can be pinned`);
    }
    this.change(cluster, { pinned }, pinned ? "PINNED" : "UNPINNED");
  }

  /** A command begins on the cluster (+1) or has ended (-1): a busy cluster does not terminate by itself. */
  command(clusterId: string, delta: 1 | -1): void {
    this.autotermination.busy(clusterId, delta);
    const cluster = this.find(clusterId);
    if (cluster) this.save({ ...cluster, last_activity_time: Date.now() });
  }

  /** Resolves when the cluster is RUNNING; rejects when it is terminated or deleted before that. */
  async running(clusterId: string, abort: AbortSignal): Promise<Cluster> {
    return this.changed.until(() => {
      const cluster = this.get(clusterId);
      if (cluster.state === "TERMINATED") throw invalidState(`Cluster ${clusterId} was terminated`);
      return cluster.state === "RUNNING" ? cluster : undefined;
    }, abort);
  }

  close(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.autotermination.close();
  }

  private settleLater(clusterId: string): void {
    clearTimeout(this.timers.get(clusterId));
    this.timers.set(
      clusterId,
      setTimeout(() => {
        const cluster = this.find(clusterId);
        if (!cluster || !transient.includes(cluster.state)) return;
        const runtime = findRuntime(cluster.spec.spark_version);
        const message = (runtime && cannotRun(runtime)) ?? "";
        const restarted = cluster.state !== "RESIZING";
        this.change(cluster, { state: "RUNNING", state_message: message }, restarted ? "RUNNING" : "UPSIZE_COMPLETED");
        if (restarted) this.onStarted(clusterId);
      }, this.context.timing.clusterStartMs),
    );
  }

  private change(from: Cluster, to: Partial<Cluster>, event: string, details: Record<string, unknown> = {}): void {
    const happened: ClusterEvent = {
      timestamp: Date.now(),
      type: event,
      details: { user: this.context.userName, cluster_size: sizeOf(to.spec ?? from.spec), ...details },
    };
    this.save({ ...from, ...to, events: [...from.events, happened].slice(-keptEvents) });
  }

  private save(cluster: Cluster): void {
    this.store.set(cluster.cluster_id, cluster);
    this.autotermination.watch(cluster);
    this.changed.notify();
  }

  private requireState(cluster: Cluster, allowed: ClusterState[]): void {
    if (allowed.includes(cluster.state)) return;
    const named = cluster.state[0] + cluster.state.slice(1).toLowerCase();
    throw invalidState(`Cluster ${cluster.cluster_id} is in unexpected state ${named}; needs ${allowed.join(" or ")}`);
  }

  private refuseJobCluster(cluster: Cluster): void {
    if (cluster.source !== "JOB") return;
    throw invalidParameter(`Cluster ${cluster.cluster_id} belongs to a job run and cannot be started or edited`);
  }

  private forgetOldJobClusters(): void {
    const ended = this.list()
      .filter((cluster) => cluster.source === "JOB" && cluster.state === "TERMINATED")
      .sort((a, b) => (b.terminated_time ?? 0) - (a.terminated_time ?? 0));
    for (const cluster of ended.slice(keptJobClusters)) this.remove(cluster.cluster_id);
  }
}
