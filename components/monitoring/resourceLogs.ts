import * as monitor from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";

export interface ResourceLogsArgs {
  /** ARM id of the resource whose logs these are. A change replaces the setting. */
  resourceId: pulumi.Input<string>;
  /** ARM id of the Log Analytics workspace that they go to. */
  workspaceId: pulumi.Input<string>;
  /** The logs to send, by Azure's names for them; which there are depends on the type of the resource. */
  categories: string[];
  /** Name of the setting, unique on its resource. A change replaces it. Default: `streaming`. */
  settingName?: string;
}

/** The kinds of logs that this architecture's resources have and that are worth having. */
export const logCategories = {
  /**
   * Who did what in a Databricks workspace. Of all its logs, those that Azure exports without charging for the export.
   * Source: https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/microsoft-databricks-workspaces-logs
   */
  databricksWorkspace: ["accounts", "clusters", "jobs", "notebook", "secrets", "workspace"],
  /** Which rules of a network security group apply to which machine, and how often each let in or turned away. */
  networkSecurityGroup: ["NetworkSecurityGroupEvent", "NetworkSecurityGroupRuleCounter"],
} as const;

/**
 * Sends a resource's own logs to a Log Analytics workspace.
 *
 * Do not give it `deletedWith` that resource: a setting that is left behind may come back on the next resource of that
 * name. Source: https://learn.microsoft.com/azure/azure-monitor/essentials/diagnostic-settings
 */
export class ResourceLogs extends pulumi.ComponentResource {
  constructor(name: string, args: ResourceLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:monitoring:ResourceLogs", name, {}, opts);
    if (args.categories.length === 0) {
      throw new Error(`Logs \`${name}\`: \`categories\` is empty, and needs at least one of the resource's logs.`);
    }

    new monitor.DiagnosticSetting(
      `${name}-setting`,
      {
        name: args.settingName ?? "streaming",
        resourceUri: args.resourceId,
        workspaceId: args.workspaceId,
        // A table for each kind of log, instead of one for all of Azure.
        logAnalyticsDestinationType: "Dedicated",
        logs: args.categories.map((category) => ({ category, enabled: true })),
      },
      // Two settings cannot send the same log to the same place, not even for the moment of a replacement.
      { parent: this, deleteBeforeReplace: true },
    );

    this.registerOutputs({});
  }
}
