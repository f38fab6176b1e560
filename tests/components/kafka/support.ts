import { expect } from "vitest";
import { KafkaCluster, type KafkaClusterArgs } from "../../../components/kafka/cluster";
import { isSecret, Recording } from "../recording";

const clusterState = {
  name: "events",
  properties: {
    clusterId: "11f0-22",
    connectivityEndpoints: [
      { name: "SSH", location: "events-ssh.azurehdinsight.net", port: 22 },
      { name: "HTTPS", location: "events.azurehdinsight.net", port: 443 },
    ],
  },
};

/** A cluster with everything that it needs, and nothing else. */
export const args = {
  resourceGroupName: "rg",
  location: "westeurope",
  clusterName: "events",
  addressSpace: "10.0.0.0/16",
  subnetPrefix: "10.0.0.0/24",
  operatorAddresses: ["203.0.113.7/32"],
  workers: 3,
  workerSize: "Standard_E4ads_v5",
  headSize: "Standard_E2ads_v5",
  zookeeperSize: "Standard_E2ads_v5",
  disksPerWorker: 2,
  gatewayUser: "admin",
  gatewayPassword: "Canary-Gateway-1!",
  sshUser: "sshuser",
  sshPublicKey: "ssh-ed25519 AAAA",
  tags: { team: "data", environment: "dev" },
};

/** The identity that opens the storage of that cluster. */
export const identityId =
  "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/events-storage";

/** A recording in which a cluster comes up with two brokers and a ZooKeeper, and every peering is connected. */
export function record(): Recording {
  return new Recording({
    ids: {
      "azure-native:storage:StorageAccount": ({ accountName }) =>
        `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/${accountName}`,
    },
    outputs: {
      "azure-native:managedidentity:UserAssignedIdentity": () => ({ principalId: "the-principal" }),
      "azure-native:authorization:RoleAssignment": () => ({ createdOn: "2026-11-28T09:00:00Z" }),
      "azure-native:hdinsight:Cluster": () => clusterState,
      "azure-native:privatedns:PrivateZone": ({ privateZoneName }) => ({ name: privateZoneName }),
      "azure-native:databricks:VNetPeering": () => ({ databricksVirtualNetwork: { id: "/managed/workers-vnet" } }),
      "azure-native:network:VirtualNetworkPeering": () => ({ name: "half" }),
      "command:local:Command": (inputs) =>
        String(inputs.create).includes("nodeAddresses")
          ? { stdout: '{"brokers":["10.0.0.9","10.0.0.10"],"zookeepers":["10.0.0.6"]}' }
          : { stdout: "{}" },
    },
    calls: {
      "azure-native:authorization:getClientConfig": () => ({ subscriptionId: "s" }),
      "azure-native:storage:listStorageAccountKeys": () => ({ keys: [{ value: "canary-storage-key" }] }),
      "azure-native:databricks:getVNetPeering": () => ({ peeringState: "Connected" }),
      "azure-native:network:getVirtualNetworkPeering": () => ({ peeringState: "Connected" }),
    },
  });
}

/** Nothing that was given as a secret stands anywhere in clear. */
export function expectNoCanary({ resources }: Recording): void {
  for (const { name, inputs } of resources) {
    const clear = JSON.stringify(inputs, (_, value) => (isSecret(value) ? "[secret]" : value));
    expect(clear, name).not.toMatch(/canary/i);
  }
}

/** That cluster with what it makes. */
export async function made(): Promise<{ recording: Recording; cluster: KafkaCluster }> {
  const recording = record();
  const cluster = new KafkaCluster("kafka", args);
  await recording.finished();
  return { recording, cluster };
}

/** What a cluster with these arguments beside, or in place of, `args` makes. */
export async function recorded(more: Partial<KafkaClusterArgs> = {}): Promise<Recording> {
  const recording = record();
  new KafkaCluster("kafka", { ...args, ...more });
  await recording.finished();
  return recording;
}
