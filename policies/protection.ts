import { type Rule, typeOf } from "./rule";

const holdsData = [
  "azure-native:databricks:Workspace",
  "azure-native:hdinsight:Cluster",
  "azure-native:operationalinsights:Workspace",
  "azure-native:resources:ResourceGroup",
  "azure-native:storage:BlobContainer",
  "azure-native:storage:StorageAccount",
];

export const protectedData: Rule = {
  name: "protected-data",
  description: "In production the engine refuses to delete what holds data.",
  settings: {
    stacks: { type: "array", items: { type: "string" }, default: ["prod"], description: "Stacks that are production." },
  },
  check: (resource, settings) => {
    const [, , stack] = resource.urn.split(":");
    if (resource.protect || !settings.stacks.includes(stack) || !holdsData.includes(typeOf(resource))) return [];
    return [`It is not protected, and stack ${stack} is production: set \`streaming:protect\` to true.`];
  },
};
