import type { Stored } from "../cloud/arm/kind";
import type { ClusterNodes } from "../cloud/hdinsight/clusters";
import { ClusterReader } from "./clusters";
import { type EngineState, EngineStateReader, stackView } from "./engineState";
import { type JobSource, jobsOf, jobView, workspaceUrl } from "./jobs";
import { find, known } from "./known";
import type { Snapshot } from "./model";
import { networkViews } from "./networks";

/** Where what the page shows comes from. */
export interface Sources {
  /** The twin's home. */
  home: string;
  /** How networks are made, in words. */
  networkMode: string;
  /** ARM's resources. */
  resources(): Stored[];
  clusters(): ClusterNodes[];
  /** A client for the workspace at `url`. */
  workspace(url: string): JobSource;
}

/** Anything that snapshots can be taken from. */
export interface SnapshotSource {
  take(): Promise<Snapshot>;
  /** The state of one resource as JSON, or undefined when there is none of that urn. */
  resource(urn: string): unknown;
  /** Told when nobody looks any more. */
  rest(): Promise<void>;
}

/** Snapshots of a running twin. Parts are looked at side by side, and one that fails is unknown, not the whole. */
export class TwinSnapshots implements SnapshotSource {
  private readonly state: EngineStateReader;
  private readers: ClusterReader[] = [];
  /** Kept as long as the workspace is the same. */
  private client: { url: string; source: JobSource } | undefined;

  constructor(private readonly sources: Sources) {
    this.state = new EngineStateReader(sources.home);
  }

  async take(): Promise<Snapshot> {
    const at = new Date().toISOString();
    const state = await find(async () => this.state.read());
    const [networks, clusters, jobs] = await Promise.all([
      find(async () => networkViews(this.sources.resources())),
      find(() => this.clusters(), 20_000),
      state.known ? find(() => this.jobs(state.value), 20_000) : state,
    ]);
    const stack = state.known ? known(stackView(state.value)) : state;
    return { at, networkMode: this.sources.networkMode, networks, clusters, jobs, stack };
  }

  resource(urn: string): unknown {
    return this.state.read().resources.find((resource) => resource.urn === urn);
  }

  async rest(): Promise<void> {
    await Promise.all(this.readers.splice(0).map((reader) => reader.rest()));
  }

  private async clusters() {
    const nodes = this.sources.clusters();
    const same = (a: ClusterNodes, b: ClusterNodes) => a.name === b.name && `${a.brokers}` === `${b.brokers}`;
    const [kept, gone] = partition(this.readers, (reader) => nodes.some((one) => same(one, reader.nodes)));
    await Promise.all(gone.map((reader) => reader.rest()));
    this.readers = nodes.map((one) => kept.find((reader) => same(one, reader.nodes)) ?? new ClusterReader(one));
    return Promise.all(this.readers.map((reader) => reader.look()));
  }

  private async jobs(state: EngineState) {
    const url = workspaceUrl(state);
    if (!url) throw new Error("no workspace is deployed");
    if (this.client?.url !== url) this.client = { url, source: this.sources.workspace(url) };
    const { source } = this.client;
    return Promise.all(jobsOf(state).map((job) => jobView(job, source)));
  }
}

function partition<T>(all: T[], belongs: (one: T) => boolean): [T[], T[]] {
  return [all.filter(belongs), all.filter((one) => !belongs(one))];
}
