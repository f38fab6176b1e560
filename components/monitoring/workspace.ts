import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as pulumi from "@pulumi/pulumi";

export interface LogAnalyticsWorkspaceArgs {
  /** Resource group of the workspace. A change replaces it. */
  resourceGroupName: pulumi.Input<string>;
  /** Azure region. A change replaces the workspace. */
  location: pulumi.Input<string>;
  /** Name, 4 to 63 letters, digits and hyphens. A change replaces the workspace. */
  workspaceName: pulumi.Input<string>;
  /** For how many days logs are kept, 30 to 730. Default 30, which costs nothing beyond what is sent. */
  retentionDays?: pulumi.Input<number>;
  /** Refuse to delete or replace the workspace. Default false. */
  protect?: boolean;
  /** Tags on the workspace. Default: none. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * A Log Analytics workspace that is paid by what is sent to it.
 *
 * Azure keeps one that was deleted for 14 days: made again by the same name, in the same group and region, it is the
 * old one with its logs. Source: https://learn.microsoft.com/rest/api/loganalytics/workspaces/delete
 */
export class LogAnalyticsWorkspace extends pulumi.ComponentResource {
  /** ARM id of the workspace, which logs are sent to and alerts look at. */
  readonly workspaceId: pulumi.Output<string>;

  constructor(name: string, args: LogAnalyticsWorkspaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:monitoring:LogAnalyticsWorkspace", name, {}, opts);

    const workspace = new operationalinsights.Workspace(
      `${name}-workspace`,
      {
        resourceGroupName: args.resourceGroupName,
        location: args.location,
        workspaceName: args.workspaceName,
        tags: args.tags,
        sku: { name: "PerGB2018" },
        retentionInDays: args.retentionDays ?? 30,
      },
      // The name is taken for as long as the old one is there.
      { parent: this, protect: args.protect, deleteBeforeReplace: true },
    );
    this.workspaceId = workspace.id;

    this.registerOutputs({ workspaceId: this.workspaceId });
  }
}
