import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { type GroupAccess, grant } from "./access";
import { inWorkspace, type WorkspaceConnection } from "./connection";

/** What clusters may cost at most. */
export interface ClusterLimits {
  /** VM sizes that driver and workers may have, at least one. */
  nodeTypes: string[];
  /** Most workers of one cluster. */
  maxWorkers: number;
  /** Longest time without work after which an interactive cluster ends, in minutes, from 10. Never is not allowed. */
  maxAutoterminationMinutes: number;
}

export interface ClusterPoliciesArgs {
  /** Workspace that the policies are made in. */
  workspace: WorkspaceConnection;
  /** What the names of the policies begin with. Default: the component's name. */
  policyName?: string;
  /** The limits. A change is for clusters that are made or changed after it. */
  limits: ClusterLimits;
  /** Group that may make clusters with the policies. Default: none but the admins. */
  access?: GroupAccess;
}

/**
 * Two policies that keep clusters within limits: one for interactive clusters, one for those that jobs bring. Two,
 * since a job's cluster has no automatic termination, which a policy would demand of it.
 *
 * An attribute that is limited has to be given, unless it is optional; a fixed one is filled in.
 * Source: https://learn.microsoft.com/azure/databricks/admin/clusters/policy-definition
 */
export class ClusterPolicies extends pulumi.ComponentResource {
  /** Id of the policy for interactive clusters. */
  readonly interactive: pulumi.Output<string>;
  /** Id of the policy for jobs' clusters. */
  readonly jobs: pulumi.Output<string>;

  constructor(name: string, args: ClusterPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:databricks:ClusterPolicies", name, {}, opts);
    const { nodeTypes, maxWorkers, maxAutoterminationMinutes } = args.limits;
    const options = inWorkspace(args.workspace, this);
    const common = {
      node_type_id: { type: "allowlist", values: nodeTypes, defaultValue: nodeTypes[0] },
      driver_node_type_id: { type: "allowlist", values: nodeTypes, isOptional: true },
      num_workers: { type: "range", maxValue: maxWorkers, isOptional: true },
      "autoscale.max_workers": { type: "range", maxValue: maxWorkers, isOptional: true },
      // For one user, with Unity Catalog: what the libraries need, and what no other user can reach into.
      data_security_mode: { type: "fixed", value: "SINGLE_USER" },
    };
    const policy = (role: string, definition: object) => {
      const made = new databricks.ClusterPolicy(
        `${name}-${role}`,
        { name: `${args.policyName ?? name}-${role}`, definition: JSON.stringify({ ...common, ...definition }) },
        options,
      );
      grant(`${name}-${role}-permissions`, "clusterPolicyId", made.id, args.access, { ...options, deletedWith: made });
      return made.id;
    };

    this.interactive = policy("interactive", {
      cluster_type: { type: "fixed", value: "all-purpose" },
      autotermination_minutes: {
        type: "range",
        minValue: 10,
        maxValue: maxAutoterminationMinutes,
        defaultValue: maxAutoterminationMinutes,
      },
    });
    this.jobs = policy("jobs", { cluster_type: { type: "fixed", value: "job" } });

    this.registerOutputs({ interactive: this.interactive, jobs: this.jobs });
  }
}
