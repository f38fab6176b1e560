import { randomUUID } from "node:crypto";
import type { Cluster } from "@azure/arm-hdinsight";
import { clusterDefinition } from "../local/cloud/arm/samples";
import { type Azure, createNetwork, location } from "./azure";

export interface ClusterLogin {
  gateway: { username: string; password: string };
  ssh: { username: string; publicKey: string };
}

/** A Kafka cluster made with nothing but Azure's SDKs: network, storage, an identity that may use it, the cluster. */
export async function createCluster(
  azure: Azure,
  group: string,
  name: string,
  login: ClusterLogin,
  addressPrefix: string,
): Promise<Cluster> {
  await azure.resources.resourceGroups.createOrUpdate(group, { location });
  const [vnet, storage] = await Promise.all([
    createNetwork(azure, group, "kafka-vnet", addressPrefix),
    createStorage(azure, group),
  ]);
  const role = (roleName: string, targetInstanceCount: number, more: object = {}) => ({
    name: roleName,
    targetInstanceCount,
    hardwareProfile: { vmSize: "Standard_E4ads_v5" },
    osProfile: {
      linuxOperatingSystemProfile: {
        username: login.ssh.username,
        sshProfile: { publicKeys: [{ certificateData: login.ssh.publicKey }] },
      },
    },
    virtualNetworkProfile: { id: vnet.id, subnet: vnet.subnets?.[0]?.id },
    ...more,
  });
  return azure.hdinsight.clusters.beginCreateAndWait(group, name, {
    location,
    tags: { made: "by the SDK" },
    identity: { type: "UserAssigned", userAssignedIdentities: { [storage.msiResourceId]: {} } },
    properties: {
      clusterVersion: "5.1",
      osType: "Linux",
      tier: "Standard",
      clusterDefinition: clusterDefinition(login.gateway, { "default.replication.factor": "3" }),
      storageProfile: { storageaccounts: [{ isDefault: true, container: "kafka", ...storage }] },
      computeProfile: {
        roles: [
          role("headnode", 2),
          role("workernode", 3, { dataDisksGroups: [{ disksPerNode: 1 }] }),
          role("zookeepernode", 3),
        ],
      },
    },
  });
}

/** A storage account, and an identity with a role on it, by the calls that know any type of resource. */
async function createStorage({ resources, subscription }: Azure, group: string) {
  const providers = `/subscriptions/${subscription}/resourceGroups/${group}/providers`;
  const resourceId = `${providers}/Microsoft.Storage/storageAccounts/clients63`;
  const msiResourceId = `${providers}/Microsoft.ManagedIdentity/userAssignedIdentities/kafka`;
  const create = resources.resources.beginCreateOrUpdateByIdAndWait.bind(resources.resources);
  const [, identity] = await Promise.all([
    create(resourceId, "2024-01-01", { location, kind: "StorageV2", sku: { name: "Standard_LRS" } }),
    create(msiResourceId, "2023-01-31", { location }),
  ]);
  // Storage Blob Data Owner.
  const role = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
  await create(`${resourceId}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`, "2022-04-01", {
    properties: {
      roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
      principalId: identity.properties?.principalId,
      principalType: "ServicePrincipal",
    },
  });
  return { name: "clients63.blob.core.windows.net", resourceId, msiResourceId };
}
