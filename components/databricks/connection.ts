import type * as databricks from "@pulumi/databricks";
import type * as pulumi from "@pulumi/pulumi";

/**
 * The workspace that Databricks resources go into. A `DatabricksWorkspace` is one; so is any pair of your own.
 */
export interface WorkspaceConnection {
  /** Provider of the workspace. Given explicitly everywhere, since a default one would log in to who knows what. */
  provider: databricks.Provider;
  /** The workspace itself: what is inside goes with it, and is made anew in the one that replaces it. */
  resource?: pulumi.Resource;
}

/** Options for a Databricks resource inside `parent`. */
export function inWorkspace(workspace: WorkspaceConnection, parent: pulumi.Resource): pulumi.CustomResourceOptions {
  const { provider, resource } = workspace;
  // A provider that leads to another workspace is the same provider to Pulumi: without `replaceWith` everything would
  // count as being there already.
  return { parent, provider, deletedWith: resource, replaceWith: resource && [resource] };
}
