/** What the page shows, as its server sends it. Shared with the code that runs in the browser, so it imports nothing. */

/** Something that is known, or not, and then why. Never a made-up zero. */
export type Known<T> = { known: true; value: T } | { known: false; reason: string };

/** One look at the running environment. */
export interface Snapshot {
  /** When it was taken, ISO 8601. */
  at: string;
  /** How networks are made, in words. */
  networkMode: string;
  networks: Known<NetworkView[]>;
  clusters: Known<ClusterView[]>;
  jobs: Known<JobView[]>;
  stack: Known<StackView>;
}

export interface NetworkView {
  /** ARM id. */
  id: string;
  name: string;
  /** CIDR ranges. */
  addressSpace: string[];
  /** Whether the jobs of a Databricks workspace run in it. */
  hasSpark: boolean;
  /** The halves of peerings that this network has. */
  peerings: PeeringHalf[];
}

export interface PeeringHalf {
  name: string;
  /** Name of the network that it leads to. */
  remote: string;
  /** Azure's `peeringState`: Initiated, Connected or Disconnected. */
  state: string;
}

export interface ClusterView {
  name: string;
  /** ARM id of its network. */
  network: string;
  zookeepers: number;
  heads: number;
  /** Ambari's address. */
  ambari: string;
  brokers: BrokerView[];
  topics: Known<TopicView[]>;
}

export interface BrokerView {
  /** `host:port` of the worker node. */
  address: string;
  /** Kafka's id; unknown until it was once seen in the cluster. */
  id: number | null;
  /** `up`: answers and is in the cluster. `alone`: answers and is not. `dead`: does not answer. `unknown`: nobody could be asked. */
  state: "up" | "alone" | "dead" | "unknown";
  /** More about a state that is not `up`. */
  reason?: string;
  isController: boolean;
}

export interface TopicView {
  name: string;
  partitions: PartitionView[];
  /** Messages a second in, over the last ten seconds or so. */
  rate: Known<number>;
  /** Messages that the partitions have taken since the topic exists. */
  total: Known<number>;
}

export interface PartitionView {
  id: number;
  /** The broker that leads it; null when there is none. */
  leader: number | null;
  replicas: number[];
  /** Replicas that have all of it. Fewer than `replicas`: under-replicated. */
  inSync: number[];
}

export interface JobView {
  /** The name in the program, such as `consumer-job`. */
  name: string;
  /** Its page in the workspace. */
  url: string;
  run: Known<RunView>;
  /** The last lines of its log. */
  log: Known<string[]>;
  /** What its streaming queries did last; empty for a job that is no stream. */
  queries: QueryView[];
}

export interface RunView {
  id: number;
  /** Databricks' result if there is one, else the life cycle state: RUNNING, FAILED, ... */
  state: string;
  message: string;
  /** ISO 8601. */
  startedAt: string;
}

/** The newest progress line of one query; see docs/observability.md. */
export interface QueryView {
  name: string;
  batch: number;
  /** When the batch began, ISO 8601. */
  at: string;
  /** Records that were in the topic beyond what the batch read. */
  lag: Known<number>;
  /** Rows a second that came in. */
  rate: Known<number>;
  rowsSinceStart: number;
}

export interface StackView {
  name: string;
  /** When the engine last wrote it, ISO 8601. */
  updatedAt: string;
  resources: ResourceView[];
}

export interface ResourceView {
  urn: string;
  type: string;
  name: string;
  /** Urn of the component that it belongs to. */
  parent?: string;
}
