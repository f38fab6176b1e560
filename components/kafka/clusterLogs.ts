import * as path from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { timeoutOf } from "../arm/limits";
import { nodeScript } from "../nodeScript";

export interface KafkaClusterLogsArgs {
  /** ARM id of the HDInsight cluster. */
  resourceId: pulumi.Input<string>;
  /** Changes when the cluster is a new one of the same name: then its nodes are told again. */
  clusterId: pulumi.Input<string>;
  /** ARM id of the Log Analytics workspace, in the cluster's region. A change sends the logs there. */
  workspaceId: pulumi.Input<string>;
}

/**
 * Makes every node of an HDInsight cluster send logs, metrics and Ambari's alerts to a Log Analytics workspace, by the
 * Azure Monitor agent. HDInsight has no diagnostic settings, and its older agents no longer work
 * (https://learn.microsoft.com/azure/hdinsight/azure-monitor-agent).
 *
 * A script calls Azure for it, with the login of the environment: the provider's own resource
 * (`hdinsight.ExtensionAzureMonitorAgentStatus`) asks first whether there is one, which HDInsight answers with yes even
 * where the agent is off, and then refuses to create it.
 */
export class KafkaClusterLogs extends pulumi.ComponentResource {
  constructor(name: string, args: KafkaClusterLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:kafka:KafkaClusterLogs", name, {}, opts);
    const { create: script, dir } = nodeScript(path.join(__dirname, "logs", "agent"));

    new command.local.Command(
      `${name}-agent`,
      {
        dir,
        create: `${script} enable`,
        update: `${script} enable`,
        delete: `${script} disable`,
        environment: { HDINSIGHT_CLUSTER_ID: args.resourceId, LOG_WORKSPACE_ID: args.workspaceId },
        addPreviousOutputInEnv: false,
        triggers: [args.clusterId],
      },
      {
        parent: this,
        deletedWith: opts?.deletedWith,
        // A new trigger replaces the command: made anew first, the agent would be switched off again by the old one.
        deleteBeforeReplace: true,
        // The agent of another workspace is switched off first.
        customTimeouts: { create: timeoutOf(2), update: timeoutOf(2), delete: timeoutOf(1) },
      },
    );

    this.registerOutputs({});
  }
}
