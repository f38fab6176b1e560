import type * as databricks from "@pulumi/databricks";
import type * as pulumi from "@pulumi/pulumi";

/**
 * The workspace that Databricks resources go into. A `DatabricksWorkspace` is one; so is any pair of your own.
 */
export interface WorkspaceConnection {
  /** Provider of the workspace. Given explicitly everywhere, since a default one would log in to who knows what. */
  provider: databricks.Provider;
  /** The workspace itself: when it is deleted, Pulumi need not delete what is inside. */
  resource?: pulumi.Resource;
}

/** Options for a Databricks resource inside `parent`. */
export function inWorkspace(workspace: WorkspaceConnection, parent: pulumi.Resource): pulumi.CustomResourceOptions {
  return { parent, provider: workspace.provider, deletedWith: workspace.resource };
}
