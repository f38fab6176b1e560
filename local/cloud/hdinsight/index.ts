export { type KafkaCluster, KafkaClusters } from "./clusters";
export type { ClusterSpec } from "./spec";
