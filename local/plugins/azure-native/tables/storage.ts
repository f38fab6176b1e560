import type { ResourceSpec, Shape } from "../spec";

const ACCOUNT =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}";
const API = "2024-01-01";

const account: Shape = {
  envelope: ["id", "name", "type", "location", "tags", "sku", "kind", "identity", "extendedLocation", "systemData"],
  fields: {
    enableHttpsTrafficOnly: { arm: "supportsHttpsTrafficOnly" },
    enableNfsV3: { arm: "isNfsV3Enabled" },
    sku: { shape: { outputs: ["tier"] } },
    identity: {
      shape: { fields: { userAssignedIdentities: { stringSet: true } }, outputs: ["principalId", "tenantId"] },
    },
    networkRuleSet: {
      arm: "networkAcls",
      shape: {
        fields: {
          ipRules: { shape: { fields: { iPAddressOrRange: { arm: "value" } } } },
          virtualNetworkRules: { shape: { fields: { virtualNetworkResourceId: { arm: "id" } } } },
        },
      },
    },
    encryption: {
      shape: {
        fields: {
          keyVaultProperties: {
            arm: "keyvaultproperties",
            shape: {
              fields: {
                keyName: { arm: "keyname" },
                keyVersion: { arm: "keyversion" },
                keyVaultUri: { arm: "keyvaulturi" },
              },
              outputs: [
                "currentVersionedKeyExpirationTimestamp",
                "currentVersionedKeyIdentifier",
                "lastKeyRotationTimestamp",
              ],
            },
          },
          encryptionIdentity: {
            arm: "identity",
            shape: {
              fields: {
                encryptionUserAssignedIdentity: { arm: "userAssignedIdentity" },
                encryptionFederatedIdentityClientId: { arm: "federatedIdentityClientId" },
              },
            },
          },
        },
      },
    },
  },
};

export const storageTable: readonly ResourceSpec[] = [
  {
    token: "azure-native:storage:StorageAccount",
    path: ACCOUNT,
    apiVersion: API,
    inputs: [
      "accessTier",
      "allowBlobPublicAccess",
      "allowCrossTenantReplication",
      "allowSharedKeyAccess",
      "allowedCopyScope",
      "azureFilesIdentityBasedAuthentication",
      "customDomain",
      "defaultToOAuthAuthentication",
      "dnsEndpointType",
      "enableExtendedGroups",
      "enableHttpsTrafficOnly",
      "enableNfsV3",
      "encryption",
      "extendedLocation",
      "identity",
      "immutableStorageWithVersioning",
      "isHnsEnabled",
      "isLocalUserEnabled",
      "isSftpEnabled",
      "keyPolicy",
      "kind",
      "largeFileSharesState",
      "location",
      "minimumTlsVersion",
      "networkRuleSet",
      "publicNetworkAccess",
      "routingPreference",
      "sasPolicy",
      "sku",
      "tags",
    ],
    outputs: [
      "accountMigrationInProgress",
      "blobRestoreStatus",
      "creationTime",
      "failoverInProgress",
      "geoReplicationStats",
      "isSkuConversionBlocked",
      "keyCreationTime",
      "lastGeoFailoverTime",
      "name",
      "primaryEndpoints",
      "primaryLocation",
      "privateEndpointConnections",
      "provisioningState",
      "secondaryEndpoints",
      "secondaryLocation",
      "statusOfPrimary",
      "statusOfSecondary",
      "storageAccountSkuConversionStatus",
      "type",
    ],
    shape: account,
    required: ["kind", "location", "sku"],
    replaceOn: ["isHnsEnabled", "location"],
    limits: { accountName: { min: 3, max: 24, pattern: /^[a-z0-9]+$/ } },
    resets: {
      networkRuleSet: { bypass: "AzureServices", defaultAction: "Allow", ipRules: [], virtualNetworkRules: [] },
    },
  },
  {
    token: "azure-native:storage:BlobContainer",
    path: `${ACCOUNT}/blobServices/default/containers/{containerName}`,
    apiVersion: API,
    inputs: [
      "defaultEncryptionScope",
      "denyEncryptionScopeOverride",
      "enableNfsV3AllSquash",
      "enableNfsV3RootSquash",
      "immutableStorageWithVersioning",
      "metadata",
      "publicAccess",
    ],
    outputs: [
      "deleted",
      "deletedTime",
      "etag",
      "hasImmutabilityPolicy",
      "hasLegalHold",
      "immutabilityPolicy",
      "lastModifiedTime",
      "leaseDuration",
      "leaseState",
      "leaseStatus",
      "legalHold",
      "name",
      "remainingRetentionDays",
      "type",
      "version",
    ],
    shape: {
      envelope: ["id", "name", "type", "etag"],
      fields: { immutableStorageWithVersioning: { shape: { outputs: ["migrationState", "timeStamp"] } } },
    },
    limits: { containerName: { min: 3, max: 63 } },
  },
];

/** `storage.listStorageAccountKeys`: a POST, unlike all other functions. */
export const listStorageAccountKeys = { path: `${ACCOUNT}/listKeys`, apiVersion: API };
