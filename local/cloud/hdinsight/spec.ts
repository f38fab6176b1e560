/** What a Kafka cluster is made of. Addresses are private ones of the cluster's subnet, `10.x.x.x`. */
export interface ClusterSpec {
  name: string;
  /** ARM id of its virtual network. */
  network: string;
  /** Where its gateway is reached from outside the network. */
  publicAddress?: string;
  /** Worker nodes in order, wn0 first: one broker each. */
  workers: string[];
  /** ZooKeeper nodes, zk0 first. */
  zookeepers: string[];
  /** Head nodes, hn0 first: Ambari and SSH are there. */
  heads: string[];
  /** Cluster login, for Ambari. */
  gateway: { username: string; password: string };
  ssh: { username: string; publicKeys: string[]; password?: string };
  /** `clusterDefinition.configurations["kafka-broker"]`. */
  brokerConfig: Record<string, string>;
}

/** What is kept of a cluster on disk. */
export interface ClusterRecord {
  spec: ClusterSpec;
  /** Of the host names: differs from cluster to cluster, as on Azure. */
  domain: string;
}
