/** What KQL calls the columns' types. */
type Columns = Record<string, "string" | "datetime" | "real" | "int" | "long" | "bool">;

/** Every audit log of a Databricks workspace. https://learn.microsoft.com/azure/azure-monitor/reference/tables/databricksjobs */
const audit: Columns = {
  TimeGenerated: "datetime",
  ActionName: "string",
  Category: "string",
  Identity: "string",
  LogId: "string",
  OperationName: "string",
  OperationVersion: "string",
  RequestId: "string",
  RequestParams: "string",
  Response: "string",
  ServiceName: "string",
  SessionId: "string",
  SourceIPAddress: "string",
  UserAgent: "string",
};

/** Columns of the tables that queries here use, from Azure Monitor Logs' reference (`reference/tables/NAME`). */
export const tables: Record<string, Columns> = {
  DatabricksAccounts: audit,
  DatabricksClusters: audit,
  DatabricksJobs: audit,
  DatabricksSecrets: audit,
  DatabricksWorkspace: audit,
  HDInsightKafkaMetrics: {
    TimeGenerated: "datetime",
    ClusterName: "string",
    HostName: "string",
    MetricDataType: "string",
    MetricName: "string",
    MetricNamespace: "string",
    MetricValue: "real",
    Tags: "string",
  },
  HDInsightAmbariClusterAlerts: {
    TimeGenerated: "datetime",
    ClusterName: "string",
    ComponentName: "string",
    DefinitionName: "string",
    HostName: "string",
    Label: "string",
    MaintenanceState: "string",
    ServiceName: "string",
    State: "string",
    Text: "string",
  },
  // Properties of a log become columns here, named after them with their type.
  // https://learn.microsoft.com/azure/virtual-network/virtual-network-nsg-manage-log#rule-counter
  AzureDiagnostics: {
    TimeGenerated: "datetime",
    Category: "string",
    ResourceId: "string",
    direction_s: "string",
    matchedConnections_d: "real",
    ruleName_s: "string",
    type_s: "string",
  },
};
