/**
 * Makes the nodes of an HDInsight cluster send their logs to a Log Analytics workspace (`enable`), or stop to do so
 * (`disable`). Run by `KafkaClusterLogs`; may be run any number of times.
 *
 * It asks for the workspace's key itself, so that the key is in no state file. What it does is what
 * `az hdinsight azure-monitor-agent enable` does (Azure/azure-cli, command_modules/hdinsight/custom.py).
 */
import { ArmClient } from "../../arm/client";

const hdinsightVersion = "2024-08-01-preview";
const workspaceVersion = "2023-09-01";

interface Agent {
  clusterMonitoringEnabled: boolean;
  workspaceId?: string | null;
}

async function main(): Promise<void> {
  const [action] = process.argv.slice(2);
  const { HDINSIGHT_CLUSTER_ID: cluster, LOG_WORKSPACE_ID: workspace } = process.env;
  if (!cluster || !workspace || !["enable", "disable"].includes(action ?? "")) {
    throw new Error(
      "`HDINSIGHT_CLUSTER_ID` and `LOG_WORKSPACE_ID` are needed in the environment, and `enable` or `disable`.",
    );
  }
  const arm = await ArmClient.fromEnvironment();
  const agentId = `${cluster}/extensions/azureMonitorAgent`;
  const agent = () => arm.get<Agent>(agentId, hdinsightVersion);

  if (action === "disable") {
    if ((await agent()).clusterMonitoringEnabled) await arm.delete(agentId, hdinsightVersion);
    return;
  }
  const { properties } = await arm.get<{ properties: { customerId: string } }>(workspace, workspaceVersion);
  const before = await agent();
  const isThere = before.clusterMonitoringEnabled && before.workspaceId === properties.customerId;
  if (!isThere) {
    if (before.clusterMonitoringEnabled) await arm.delete(agentId, hdinsightVersion);
    const keys = await arm.post<{ primarySharedKey: string }>(`${workspace}/sharedKeys`, workspaceVersion);
    const body = { workspaceId: properties.customerId, primaryKey: keys.primarySharedKey };
    await arm.put(agentId, hdinsightVersion, body);
    const { clusterMonitoringEnabled: enabled } = await agent();
    if (!enabled) throw new Error("Azure was done, and the cluster says that it sends no logs. Run `pulumi up` again.");
  }
  console.log(JSON.stringify({ enabled: true, changed: !isThere }));
}

main().catch((error: Error) => {
  console.error(`The logs of the Kafka cluster: ${error.message}`);
  process.exitCode = 1;
});
