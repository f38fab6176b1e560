import type { ResourceSpec } from "../spec";

export const hdinsightTable: readonly ResourceSpec[] = [
  {
    token: "azure-native:hdinsight:Cluster",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.HDInsight/clusters/{clusterName}",
    apiVersion: "2024-08-01-preview",
    inputs: ["identity", "location", "properties", "tags", "zones"],
    outputs: ["etag", "name", "systemData", "type"],
    // Unlike most resources, the SDK keeps `properties` as an object of its own here.
    shape: {
      fields: {
        // Here `userAssignedIdentities` is an object among the inputs too; elsewhere the SDK has a list of ids.
        identity: {
          shape: {
            fields: { userAssignedIdentities: { values: { outputs: ["clientId", "principalId"] } } },
            outputs: ["principalId", "tenantId"],
          },
        },
        properties: {
          shape: {
            fields: {
              computeProfile: {
                shape: {
                  fields: {
                    roles: {
                      shape: {
                        fields: {
                          vMGroupName: { arm: "VMGroupName" },
                          dataDisksGroups: { shape: { outputs: ["diskSizeGB", "storageAccountType"] } },
                        },
                      },
                    },
                  },
                },
              },
            },
            outputs: [
              "clusterHdpVersion",
              "clusterId",
              "clusterState",
              "connectivityEndpoints",
              "createdDate",
              "errors",
              "excludedServicesConfig",
              "privateEndpointConnections",
              "provisioningState",
              "quotaInfo",
            ],
          },
        },
      },
    },
  },
];
