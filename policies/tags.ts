import { type Rule, typeOf } from "./rule";

/** Azure resources of this kind of platform that take tags. */
const taggable = [
  "azure-native:databricks:Workspace",
  "azure-native:hdinsight:Cluster",
  "azure-native:managedidentity:UserAssignedIdentity",
  "azure-native:network:NatGateway",
  "azure-native:network:NetworkSecurityGroup",
  "azure-native:network:PublicIPAddress",
  "azure-native:network:VirtualNetwork",
  "azure-native:operationalinsights:Workspace",
  "azure-native:resources:ResourceGroup",
  "azure-native:storage:StorageAccount",
];

export const requiredTags: Rule = {
  name: "tags",
  description: "Every resource says whose it is: its costs are found by it.",
  settings: {
    names: { type: "array", items: { type: "string" }, default: ["project", "environment"] },
  },
  check: (resource, settings) => {
    const type = typeOf(resource);
    const isCluster = type === "databricks:index/cluster:Cluster";
    if (!isCluster && !taggable.includes(type)) return [];
    const tags = (isCluster ? resource.props.customTags : resource.props.tags) ?? {};
    return (settings.names as string[])
      .filter((name) => !tags[name])
      .map((name) => `There is no tag \`${name}\`: add it to \`${isCluster ? "customTags" : "tags"}\`.`);
  },
};
