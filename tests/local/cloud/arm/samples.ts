import type { ArmClient, Json } from "./client";

export const location = "westeurope";

/** A network as the cluster component makes it: NSG, public IP, NAT gateway, one subnet. Returns the ids. */
export async function createNetwork(arm: ArmClient, group: string, prefix = "10.0.0.0/16", name = "vnet") {
  const network = `${group}/providers/Microsoft.Network`;
  const ids = {
    nsg: `${network}/networkSecurityGroups/${name}-nsg`,
    ip: `${network}/publicIPAddresses/${name}-ip`,
    nat: `${network}/natGateways/${name}-nat`,
    vnet: `${network}/virtualNetworks/${name}`,
    subnet: `${network}/virtualNetworks/${name}/subnets/kafka`,
  };
  await arm.create(ids.nsg, { location, properties: { securityRules: [managementRule] } });
  await arm.create(ids.ip, { location, sku: { name: "Standard" }, properties: { publicIPAllocationMethod: "Static" } });
  await arm.create(ids.nat, {
    location,
    sku: { name: "Standard" },
    properties: { publicIpAddresses: [{ id: ids.ip }] },
  });
  await arm.create(ids.vnet, networkBody(prefix, ids));
  return ids;
}

/** A Kafka cluster in a group of its own, made with the network and the storage that it needs; its ARM id. */
export async function createCluster(arm: ArmClient, group: string, name: string): Promise<string> {
  await arm.put(group, { location });
  const network = await createNetwork(arm, group);
  const account = `${group}/providers/Microsoft.Storage/storageAccounts/store`;
  await arm.create(account, { location, kind: "StorageV2", sku: { name: "Standard_LRS" } });
  const key = (await arm.post(`${account}/listKeys`)).body.keys[0].value;
  const cluster = `${group}/providers/Microsoft.HDInsight/clusters/${name}`;
  await arm.create(cluster, clusterBody({ network, account: "store", key }));
  return cluster;
}

export const managementRule = {
  name: "hdinsight-management",
  properties: {
    protocol: "Tcp",
    access: "Allow",
    direction: "Inbound",
    priority: 100,
    sourceAddressPrefix: "HDInsight",
    sourcePortRange: "*",
    destinationAddressPrefix: "*",
    destinationPortRange: "443",
  },
};

export function networkBody(prefix: string, ids: { nsg: string; nat: string }) {
  return {
    location,
    properties: {
      addressSpace: { addressPrefixes: [prefix] },
      subnets: [
        {
          name: "kafka",
          properties: {
            addressPrefix: prefix.replace(/0\.0\/16$/, "0.0/24"),
            networkSecurityGroup: { id: ids.nsg },
            natGateway: { id: ids.nat },
          },
        },
      ],
    },
  };
}

export const password = "Str0ng!Passw0rd";
export const sshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFhReT921G7iCBD/fai615avug9M3MUmk1c5Po29m7V+ test";

/** Where a cluster goes: its network, and the account that holds its storage with one of the account's keys. */
export interface ClusterPlace {
  network: { vnet: string; subnet: string };
  account: string;
  key: string;
}

/** Kafka 3.2 with a login for its gateway and settings of its brokers. */
export function clusterDefinition(login: { username: string; password: string }, broker: object) {
  return {
    kind: "Kafka",
    componentVersion: { Kafka: "3.2" },
    configurations: {
      gateway: {
        "restAuthCredential.isEnabled": true,
        "restAuthCredential.username": login.username,
        "restAuthCredential.password": login.password,
      },
      "kafka-broker": { "auto.create.topics.enable": "false", ...broker },
    },
  };
}

/** A cluster as the program makes it; `change` edits a deep copy. */
export function clusterBody(
  { network, account, key }: ClusterPlace,
  change: (body: Json) => void = () => undefined,
): Json {
  const role = (name: string, targetInstanceCount: number, more: object = {}) => ({
    name,
    targetInstanceCount,
    hardwareProfile: { vmSize: "Standard_E4ads_v5" },
    osProfile: {
      linuxOperatingSystemProfile: { username: "sshuser", sshProfile: { publicKeys: [{ certificateData: sshKey }] } },
    },
    virtualNetworkProfile: { id: network.vnet, subnet: network.subnet },
    ...more,
  });
  const body = {
    location,
    properties: {
      clusterVersion: "5.1",
      osType: "Linux",
      tier: "Standard",
      minSupportedTlsVersion: "1.2",
      clusterDefinition: clusterDefinition({ username: "admin", password }, { "num.partitions": 4 }),
      storageProfile: {
        storageaccounts: [{ name: `${account}.blob.core.windows.net`, isDefault: true, container: "kafka", key }],
      },
      computeProfile: {
        roles: [
          role("headnode", 2),
          role("workernode", 3, { dataDisksGroups: [{ disksPerNode: 2 }] }),
          role("zookeepernode", 3),
        ],
      },
    },
  };
  change(body);
  return body;
}

/** A storage account; returns its first key. */
export async function createAccount(arm: ArmClient, group: string, name: string): Promise<string> {
  const id = `${group}/providers/Microsoft.Storage/storageAccounts/${name}`;
  await arm.create(id, { location, kind: "StorageV2", sku: { name: "Standard_LRS" } });
  return (await arm.post(`${id}/listKeys`)).body.keys[0].value;
}
