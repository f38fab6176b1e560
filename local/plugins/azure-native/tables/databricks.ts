import type { ResourceSpec } from "../spec";

const WORKSPACE =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Databricks/workspaces/{workspaceName}";
const API = "2026-01-01";
const envelope = ["id", "name", "type", "location", "tags", "sku", "systemData"];

export const databricksTable: readonly ResourceSpec[] = [
  {
    token: "azure-native:databricks:Workspace",
    path: WORKSPACE,
    apiVersion: API,
    inputs: [
      "accessConnector",
      "authorizations",
      "computeMode",
      "defaultCatalog",
      "defaultStorageFirewall",
      "encryption",
      "enhancedSecurityCompliance",
      "location",
      "managedResourceGroupId",
      "parameters",
      "publicNetworkAccess",
      "requiredNsgRules",
      "sku",
      "tags",
      "uiDefinitionUri",
    ],
    outputs: [
      "createdBy",
      "createdDateTime",
      "diskEncryptionSetId",
      "isUcEnabled",
      "managedDiskIdentity",
      "name",
      "privateEndpointConnections",
      "provisioningState",
      "storageAccountIdentity",
      "systemData",
      "type",
      "updatedBy",
      "workspaceId",
      "workspaceUrl",
    ],
    shape: { envelope, fields: { parameters: { shape: { outputs: ["resourceTags"] } } } },
    replaceOn: ["location"],
    limits: { workspaceName: { min: 3, max: 64 } },
  },
  {
    token: "azure-native:databricks:VNetPeering",
    path: `${WORKSPACE}/virtualNetworkPeerings/{peeringName}`,
    apiVersion: API,
    inputs: [
      "allowForwardedTraffic",
      "allowGatewayTransit",
      "allowVirtualNetworkAccess",
      "databricksAddressSpace",
      "databricksVirtualNetwork",
      "remoteAddressSpace",
      "remoteVirtualNetwork",
      "useRemoteGateways",
    ],
    outputs: ["name", "peeringState", "provisioningState", "systemData", "type"],
    shape: { envelope },
    required: ["remoteVirtualNetwork"],
  },
];
