import * as databricks from "@pulumi/databricks";
import type * as pulumi from "@pulumi/pulumi";

/** What a group may do: look at things, also run them, or also change them. */
export type AccessLevel = "view" | "run" | "manage";

/** A group of the workspace, and what it may do with jobs, clusters and notebooks beside their owner and the admins. */
export interface GroupAccess {
  /** Name of a group that the workspace has, such as `users` (everybody in it). A change is an update in place. */
  group: pulumi.Input<string>;
  /** A change is an update in place. */
  level: AccessLevel;
}

/** The one object that permissions are for. */
type Target = Pick<databricks.PermissionsArgs, "clusterId" | "clusterPolicyId" | "jobId" | "notebookPath">;

/**
 * Databricks' own levels for each kind of object. A policy has one only, to make clusters with it; who may but look
 * does not get it.
 * Source: https://learn.microsoft.com/azure/databricks/security/auth/access-control/
 */
const levels: Record<keyof Target, Record<AccessLevel, string | undefined>> = {
  clusterId: { view: "CAN_ATTACH_TO", run: "CAN_RESTART", manage: "CAN_MANAGE" },
  clusterPolicyId: { view: undefined, run: "CAN_USE", manage: "CAN_USE" },
  jobId: { view: "CAN_VIEW", run: "CAN_MANAGE_RUN", manage: "CAN_MANAGE" },
  notebookPath: { view: "CAN_READ", run: "CAN_RUN", manage: "CAN_MANAGE" },
};

/**
 * Gives a group its level of access to one object; without a group, nothing is made. Permissions that somebody else has
 * set on the object are replaced, and they go when the object goes.
 */
export function grant(
  name: string,
  kind: keyof Target,
  id: pulumi.Input<string>,
  access: GroupAccess | undefined,
  opts: pulumi.CustomResourceOptions,
): void {
  const permissionLevel = access && levels[kind][access.level];
  if (!permissionLevel) return;
  new databricks.Permissions(
    name,
    { [kind]: id, accessControls: [{ groupName: access.group, permissionLevel }] },
    { deleteBeforeReplace: true, ...opts },
  );
}
