import type { ResourceSpec } from "../spec";

export const resourcesTable: readonly ResourceSpec[] = [
  {
    token: "azure-native:resources:ResourceGroup",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}",
    apiVersion: "2024-03-01",
    inputs: ["location", "managedBy", "tags"],
    outputs: ["name", "properties", "type"],
    shape: {},
    required: ["location"],
    replaceOn: ["location"],
    limits: { resourceGroupName: { min: 1, max: 90, pattern: /^[-\w._()]+$/ } },
  },
];
