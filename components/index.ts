/** The building blocks, each usable alone in a program of your own. */
export type { AccessLevel, GroupAccess } from "./databricks/access";
export * from "./databricks/clusterPolicies";
export * from "./databricks/connection";
export * from "./databricks/notebookJob";
export * from "./databricks/secretScope";
export * from "./databricks/sparkCluster";
export * from "./databricks/workspace";
export * from "./kafka/addresses";
export * from "./kafka/cluster";
export * from "./kafka/network";
export * from "./kafka/topics";
export type { TopicSpec } from "./kafka/topicsScript";
export * from "./network/peering";
export * from "./network/reference";
