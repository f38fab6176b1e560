import type { ResourceSpec } from "../spec";

export const identityTable: readonly ResourceSpec[] = [
  {
    token: "azure-native:managedidentity:UserAssignedIdentity",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
    apiVersion: "2023-01-31",
    inputs: ["location", "tags"],
    outputs: ["clientId", "name", "principalId", "systemData", "tenantId", "type"],
    shape: { envelope: ["id", "name", "type", "location", "tags", "systemData"] },
    required: ["location"],
    replaceOn: ["location"],
  },
  {
    token: "azure-native:authorization:RoleAssignment",
    path: "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    apiVersion: "2022-04-01",
    inputs: [
      "condition",
      "conditionVersion",
      "delegatedManagedIdentityResourceId",
      "description",
      "principalId",
      "principalType",
      "roleDefinitionId",
    ],
    outputs: ["createdBy", "createdOn", "name", "scope", "systemData", "type", "updatedBy", "updatedOn"],
    shape: { envelope: ["id", "name", "type", "systemData"] },
    required: ["principalId", "roleDefinitionId"],
    replaceOn: ["principalId"],
  },
];
