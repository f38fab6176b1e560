import type { Cluster } from "./cluster";
import type { Clusters } from "./clusters";
import type { JobSurroundings, Task } from "./jobSettings";
import type { Libraries } from "./libraries";
import { type Library, readLibraries, shortOf } from "./library";
import type { Run } from "./run";
import { TaskFailure } from "./stop";

/** The clusters that one run of a job uses: its own, made when a task first needs them, and existing ones. */
export class RunCompute {
  private readonly own = new Map<string, string>();

  constructor(
    private readonly run: Run,
    private readonly clusters: Clusters,
    private readonly libraries: Libraries,
    private readonly readCluster: JobSurroundings["readCluster"],
  ) {}

  /**
   * The cluster of a task, RUNNING, with the task's libraries settled.
   *
   * @param claimed called with the cluster's id as soon as that is known
   * @returns the cluster and the Maven coordinates that are INSTALLED on it; SKIPPED ones are left out, as on Databricks
   * @throws TaskFailure when the cluster is gone or a library FAILED
   */
  async ready(
    task: Task,
    abort: AbortSignal,
    claimed: (clusterId: string) => void,
  ): Promise<{ cluster: Cluster; coordinates: string[] }> {
    const clusterId = this.clusterOf(task);
    claimed(clusterId);
    const cluster = await this.clusters.running(clusterId, abort).catch((error: Error) => {
      if (abort.aborted) throw abort.reason;
      throw new TaskFailure("CLUSTER_ERROR", error.message);
    });
    const wanted = readLibraries(task.libraries ?? []);
    if (wanted.length > 0) this.libraries.install(clusterId, wanted);
    const states = await this.libraries.settled(clusterId, abort);
    const failed = states.find((state) => state.status === "FAILED");
    if (failed) {
      const reason = failed.messages.join("; ") || "no reason given";
      throw new TaskFailure(
        "LIBRARY_INSTALLATION_ERROR",
        `Library installation failed for ${named(failed.library)}: ${reason}`,
      );
    }
    const coordinates = states.flatMap(({ status, library }) =>
      status === "INSTALLED" && library.maven ? [library.maven.coordinates] : [],
    );
    return { cluster, coordinates };
  }

  /** Terminates the clusters that were made for this run. */
  release(): void {
    for (const clusterId of this.own.values()) {
      if (!this.clusters.find(clusterId)) continue;
      this.clusters.terminate(clusterId, { code: "JOB_FINISHED", type: "SUCCESS", parameters: {} });
    }
  }

  private clusterOf(task: Task): string {
    const existing = task.existing_cluster_id;
    if (existing !== undefined) {
      const cluster = this.clusters.find(existing);
      if (!cluster) throw new TaskFailure("CLUSTER_ERROR", `Cluster ${existing} does not exist`);
      if (cluster.state === "TERMINATED") this.clusters.start(existing);
      return existing;
    }
    const key = task.job_cluster_key ?? task.task_key;
    const known = this.own.get(key);
    if (known !== undefined) return known;
    const shared = this.run.settings.job_clusters?.find((cluster) => cluster.job_cluster_key === task.job_cluster_key);
    const spec = this.specOf(task.new_cluster ?? shared?.new_cluster);
    const name = `job-${this.run.job_id}-run-${this.run.run_id}-${key}`.slice(0, 100);
    const { cluster_id } = this.clusters.create({ ...spec, cluster_name: name, autotermination_minutes: 0 }, "JOB");
    this.own.set(key, cluster_id);
    return cluster_id;
  }

  /** The policy may have changed since the job was made. */
  private specOf(value: unknown) {
    try {
      return this.readCluster(value);
    } catch (error) {
      throw new TaskFailure("CLUSTER_ERROR", (error as Error).message);
    }
  }
}

const named = (library: Library) => `maven { coordinates: "${shortOf(library)}" }`;
