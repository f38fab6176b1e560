export { type KafkaCluster, KafkaClusters, type KafkaClustersOptions } from "./clusters";
export type { ClusterSpec } from "./spec";
