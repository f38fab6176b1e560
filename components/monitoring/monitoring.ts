import type * as hdinsight from "@pulumi/azure-native/hdinsight";
import * as pulumi from "@pulumi/pulumi";
import { KafkaClusterLogs } from "../kafka/clusterLogs";
import { portalUrl } from "../naming";
import { type LogAlert, LogAlerts } from "./logAlerts";
import { logCategories, ResourceLogs } from "./resourceLogs";
import { LogAnalyticsWorkspace } from "./workspace";

export interface MonitoringArgs {
  /** Resource group of what is made here. A change replaces it. */
  resourceGroupName: pulumi.Input<string>;
  /** Azure region; of an existing workspace, the one that it is in. A change replaces what is made here. */
  location: pulumi.Input<string>;
  /** A Log Analytics workspace that is there, by its ARM id, or one to make. */
  workspace: { workspaceId: pulumi.Input<string> } | { workspaceName: pulumi.Input<string>; retentionDays?: number };
  /** ARM id of the Databricks workspace whose logs are wanted. Default: none. */
  databricksWorkspaceId?: pulumi.Input<string>;
  /** ARM id of the network security group whose logs are wanted. Default: none. */
  securityGroupId?: pulumi.Input<string>;
  /**
   * The HDInsight cluster whose nodes' logs, metrics and alerts are wanted: the resource, and its id that changes when it
   * is a new one of the same name. They are many. Default: none.
   */
  kafkaCluster?: { resource: hdinsight.Cluster; clusterId: pulumi.Input<string> };
  /** Who is told by e-mail of what the logs say is wrong. Default: nobody. */
  alertEmails?: string[];
  /** Refuse to delete or replace a workspace made here. Default false. */
  protect?: boolean;
  /** Tags on every resource. Default: none. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** The logs of the architecture in one Log Analytics workspace, and alerts on them. */
export class Monitoring extends pulumi.ComponentResource {
  /** ARM id of the Log Analytics workspace. */
  readonly workspaceId: pulumi.Output<string>;
  /** The workspace's page for queries in the Azure portal. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:monitoring:Monitoring", name, {}, opts);
    const { resourceGroupName, location, tags, protect, databricksWorkspaceId, securityGroupId, kafkaCluster } = args;
    const parent = { parent: this };

    const { workspaceId } =
      "workspaceId" in args.workspace
        ? args.workspace
        : new LogAnalyticsWorkspace(
            `${name}-logs`,
            { resourceGroupName, location, tags, protect, ...args.workspace },
            parent,
          );
    this.workspaceId = pulumi.output(workspaceId);
    this.url = this.workspaceId.apply((id) => portalUrl(id, "logs"));

    const sources = [
      { role: "databricks", resourceId: databricksWorkspaceId, categories: logCategories.databricksWorkspace },
      { role: "network", resourceId: securityGroupId, categories: logCategories.networkSecurityGroup },
    ];
    for (const { role, resourceId, categories } of sources) {
      if (resourceId === undefined) continue;
      new ResourceLogs(`${name}-${role}`, { resourceId, workspaceId, categories: [...categories] }, parent);
    }

    if (kafkaCluster) {
      const { resource, clusterId } = kafkaCluster;
      new KafkaClusterLogs(
        `${name}-kafka`,
        { resourceId: resource.id, clusterId, workspaceId },
        { ...parent, deletedWith: resource },
      );
    }

    const alerts = [
      ...(databricksWorkspaceId === undefined ? [] : [failedRuns]),
      ...(kafkaCluster ? [sickCluster] : []),
    ];
    if (args.alertEmails && alerts.length > 0) {
      new LogAlerts(
        `${name}-alerts`,
        { resourceGroupName, location, tags, workspaceId, emails: args.alertEmails, alerts },
        parent,
      );
    }

    this.registerOutputs({ workspaceId: this.workspaceId, url: this.url });
  }
}

/** Source of `runFailed`: https://learn.microsoft.com/azure/databricks/admin/account-settings/audit-logs#jobs-events */
const failedRuns: LogAlert = {
  name: "failed-runs",
  description: "A run of a Databricks job failed. The row names job and run: look at the run's page in the workspace.",
  query: 'DatabricksJobs | where ActionName == "runFailed" | project TimeGenerated, RequestParams, Response',
};

/** Tables: https://learn.microsoft.com/azure/azure-monitor/reference/tables/hdinsightambariclusteralerts */
const sickCluster: LogAlert = {
  name: "kafka-health",
  description:
    "Ambari has a critical alert on the Kafka cluster. The row says what and where: look at Ambari's dashboard.",
  // A restart that was asked for is no alert: the service is in maintenance meanwhile.
  query: [
    "HDInsightAmbariClusterAlerts",
    'where State == "CRITICAL" and MaintenanceState != "ON"',
    "project TimeGenerated, ClusterName, HostName, ServiceName, DefinitionName, Text",
  ].join(" | "),
};
