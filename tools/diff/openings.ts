/**
 * Properties that decide who may reach a resource, or read what is in it, by kind of resource. A change of one stops nothing,
 * so its grade is low; a reader has to see it all the same.
 */
const properties: Record<string, RegExp> = {
  "azure-native:network:NetworkSecurityGroup": /^securityRules\b/,
  "azure-native:network:SecurityRule": /./,
  "azure-native:storage:StorageAccount":
    /^(?:minimumTlsVersion|enableHttpsTrafficOnly|publicNetworkAccess|allow\w+|networkRuleSet|isSftpEnabled|isLocalUserEnabled)\b/,
  "azure-native:storage:BlobContainer": /^publicAccess\b/,
  "azure-native:databricks:Workspace":
    /^(?:publicNetworkAccess|requiredNsgRules|accessConnector|defaultStorageFirewall|parameters\.(?:enableNoPublicIp|storageAccountFirewall)\b.*)/,
  "azure-native:hdinsight:Cluster":
    /^properties\.(?:minSupportedTlsVersion|networkProperties|encryptionInTransitProperties|computeIsolationProperties)\b/,
  "azure-native:operationalinsights:Workspace": /^(?:publicNetworkAccess\w*|features\.disableLocalAuth)\b/,
  "azure-native:authorization:RoleAssignment": /./,
  "databricks:Permissions": /^accessControls\b/,
  "databricks:Cluster": /^dataSecurityMode\b/,
};

/** Whether a property decides who may reach a resource, or read what is in it. */
export function opens(type: string, path: string): boolean {
  return properties[type]?.test(path) ?? false;
}
