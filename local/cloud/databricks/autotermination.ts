import type { Cluster } from "./cluster";

/** Terminates RUNNING clusters that have been idle for their `autotermination_minutes`. */
export class Autotermination {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly commands = new Map<string, number>();

  /**
   * @param minuteMs length of a minute; shorter in tests
   * @param terminate called with the id of a cluster whose time is up
   */
  constructor(
    private readonly minuteMs: number,
    private readonly terminate: (clusterId: string) => void,
  ) {}

  /** Call after each change of a cluster: (re)starts its clock, or stops it when it has none. */
  watch(cluster: Cluster): void {
    const { cluster_id: clusterId, spec, state, source } = cluster;
    clearTimeout(this.timers.get(clusterId));
    this.timers.delete(clusterId);
    const minutes = spec.autotermination_minutes ?? 0;
    if (minutes === 0 || state !== "RUNNING" || source === "JOB" || this.commands.get(clusterId)) return;
    // 10,000 minutes, the most there is, fit into a timer's 24 days.
    const left = cluster.last_activity_time + minutes * this.minuteMs - Date.now();
    const timer = setTimeout(() => this.terminate(clusterId), Math.max(0, left));
    timer.unref();
    this.timers.set(clusterId, timer);
  }

  /** Counts the commands that run on a cluster. */
  busy(clusterId: string, delta: 1 | -1): void {
    this.commands.set(clusterId, Math.max(0, (this.commands.get(clusterId) ?? 0) + delta));
  }

  forget(clusterId: string): void {
    clearTimeout(this.timers.get(clusterId));
    this.timers.delete(clusterId);
    this.commands.delete(clusterId);
  }

  close(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }
}
