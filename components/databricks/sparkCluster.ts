import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { type GroupAccess, grant } from "./access";
import { inWorkspace, type WorkspaceConnection } from "./connection";
import { librariesFor } from "./runtime";

export interface SparkClusterArgs {
  /** Workspace that the cluster is made in. */
  workspace: WorkspaceConnection;
  /** Name shown in Databricks. Default: the component's name. */
  clusterName?: pulumi.Input<string>;
  /** Runtime key, such as `16.4.x-scala2.12`; decides the libraries. A change restarts the cluster. */
  sparkVersion: string;
  /** VM size of driver and workers. A change restarts the cluster. */
  nodeType: pulumi.Input<string>;
  /** Number of workers, at least 1. A change resizes the running cluster. */
  workers: pulumi.Input<number>;
  /** Minutes without activity after which the cluster ends, 10 or more; 0 never ends it, and costs day and night. */
  autoterminationMinutes: pulumi.Input<number>;
  /** The one user whose cluster it is. */
  user: pulumi.Input<string>;
  /** Further Maven coordinates. Default: none beside the Kafka and Twitter libraries. */
  libraries?: string[];
  /** Policy that the cluster has to keep, such as `ClusterPolicies.interactive`. Default: none. */
  policyId?: pulumi.Input<string>;
  /** Group that may see, restart or change the cluster. Default: none but its user and the admins. */
  access?: GroupAccess;
  /** Tags on the cluster's machines. Default: none. */
  tags?: Record<string, pulumi.Input<string>>;
}

/**
 * An interactive Spark cluster that ends by itself, with the libraries that the notebooks need: for looking at the
 * streams by hand. The notebooks' own jobs bring clusters of their own.
 */
export class SparkCluster extends pulumi.ComponentResource {
  /** Id of the cluster in Databricks. */
  readonly clusterId: pulumi.Output<string>;

  constructor(name: string, args: SparkClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:databricks:SparkCluster", name, {}, opts);
    const options = inWorkspace(args.workspace, this);

    const cluster = new databricks.Cluster(
      `${name}-cluster`,
      {
        clusterName: args.clusterName ?? name,
        sparkVersion: args.sparkVersion,
        nodeTypeId: args.nodeType,
        numWorkers: args.workers,
        autoterminationMinutes: args.autoterminationMinutes,
        // Dedicated to one user: shared clusters allow no Maven libraries without an administrator's list.
        dataSecurityMode: "SINGLE_USER",
        singleUserName: args.user,
        policyId: args.policyId,
        customTags: args.tags,
        // Inline, and never a `databricks.Library` beside it: the two would undo each other for ever.
        libraries: [...librariesFor(args.sparkVersion), ...(args.libraries ?? [])].map((coordinates) => ({
          maven: { coordinates },
        })),
      },
      { ...options, customTimeouts: { create: "40m", update: "40m" } },
    );
    grant(`${name}-permissions`, "clusterId", cluster.id, args.access, { ...options, deletedWith: cluster });
    this.clusterId = cluster.clusterId;

    this.registerOutputs({ clusterId: this.clusterId });
  }
}
