/**
 * The logs that resources of each type can send, as far as the twin knows them.
 * Sources: https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/microsoft-databricks-workspaces-logs
 * and https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/microsoft-network-networksecuritygroups-logs
 */
export const logCategories: Readonly<Record<string, readonly string[]>> = {
  "Microsoft.Databricks/workspaces": [
    "accounts",
    "capsule8Dataplane",
    "clamAVScan",
    "clusterLibraries",
    "clusters",
    "databrickssql",
    "dbfs",
    "deltaPipelines",
    "featureStore",
    "genie",
    "gitCredentials",
    "globalInitScripts",
    "iamRole",
    "instancePools",
    "jobs",
    "mlflowAcledArtifact",
    "mlflowExperiment",
    "modelRegistry",
    "notebook",
    "partnerHub",
    "RemoteHistoryService",
    "repos",
    "secrets",
    "serverlessRealTimeInference",
    "sqlanalytics",
    "sqlPermissions",
    "ssh",
    "unityCatalog",
    "webTerminal",
    "workspace",
  ],
  "Microsoft.Network/networkSecurityGroups": ["NetworkSecurityGroupEvent", "NetworkSecurityGroupRuleCounter"],
};
