/** What ARM needs of the engines behind it. */

export interface ClusterSpec {
  name: string;
  /** Private addresses, in order wn0.. */
  workers: string[];
  /** zk0.. */
  zookeepers: string[];
  /** hn0, hn1 */
  heads: string[];
  gateway: { username: string; password: string };
  ssh: { username: string; publicKeys: string[]; password?: string };
  /** `kafka-broker` of the cluster's configurations. */
  brokerConfig: Record<string, string>;
}

export interface KafkaCluster {
  readonly name: string;
  readonly https: { host: string; port: number };
  readonly ssh: { host: string; port: number };
  /** Adds worker nodes at these private addresses. Absent where an engine cannot grow. */
  addWorkers?(addresses: string[]): Promise<void>;
  /** Changes the login of the HTTPS gateway. Absent where an engine cannot. */
  setGateway?(gateway: { username: string; password: string }): Promise<void>;
}

export interface KafkaService {
  create(spec: ClusterSpec): Promise<KafkaCluster>;
  get(name: string): KafkaCluster | undefined;
  delete(name: string): Promise<void>;
}

export interface DatabricksService {
  create(id: string, name: string): Promise<{ host: string; workspaceId: string }>;
  delete(id: string): Promise<void>;
}
