import type { Script, ScriptOutcome } from "../hdinsight/scripts";
import type { ClusterSpec } from "../hdinsight/spec";

/** What ARM needs of the engines behind it. */

export type { Script, ScriptOutcome } from "../hdinsight/scripts";
export type { ClusterSpec } from "../hdinsight/spec";

export interface KafkaCluster {
  readonly name: string;
  readonly https: { host: string; port: number };
  readonly ssh: { host: string; port: number };
}

export interface KafkaService {
  create(spec: ClusterSpec): Promise<KafkaCluster>;
  get(name: string): KafkaCluster | undefined;
  delete(name: string): Promise<void>;
  /** Changes the login of the cluster's HTTPS gateway. */
  setGateway(name: string, gateway: ClusterSpec["gateway"]): Promise<void>;
  /** Adds worker nodes at these private addresses. */
  addWorkers(name: string, addresses: string[]): Promise<void>;
  /** Runs a script action; rejects with ScriptUnavailable when the script cannot be had. */
  runScript(name: string, script: Script): Promise<ScriptOutcome[]>;
}

/** Where a workspace's notebooks run. */
export interface Driver {
  /** ARM id of the virtual network. */
  network: string;
  /** Private address in it. */
  driver: string;
}

export interface DatabricksService {
  create(id: string, name: string, driver: Driver): Promise<{ host: string; workspaceId: string }>;
  delete(id: string): Promise<void>;
}
