import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { KafkaCluster, type KafkaClusterArgs } from "../../components/kafka/cluster";
import { type ClusterEncryption, parseKeyUri } from "../../components/kafka/encryption";
import { findEndpoint } from "../../components/kafka/endpoint";
import { storageAccountName } from "../../components/naming";
import { isSecret, plain, type Recorded, Recording, settled } from "./recording";

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

const args = {
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
};

const accountName = storageAccountName("events", "rg/events");
const accountId = `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/${accountName}`;
const identityId =
  "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/events-storage";
const blobDataOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";

function record(): Recording {
  return new Recording({
    ids: {
      "azure-native:storage:StorageAccount": ({ accountName }) =>
        `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/${accountName}`,
    },
    outputs: {
      "azure-native:managedidentity:UserAssignedIdentity": () => ({ principalId: "the-principal" }),
      "azure-native:hdinsight:Cluster": () => clusterState,
      "azure-native:privatedns:PrivateZone": ({ privateZoneName }) => ({ name: privateZoneName }),
      "command:local:Command": (inputs) =>
        String(inputs.create).includes("nodeAddresses")
          ? { stdout: '{"brokers":["10.0.0.9","10.0.0.10"],"zookeepers":["10.0.0.6"]}' }
          : { stdout: "{}" },
    },
    calls: {
      "azure-native:authorization:getClientConfig": () => ({ subscriptionId: "s" }),
      "azure-native:storage:listStorageAccountKeys": () => ({ keys: [{ value: "canary-storage-key" }] }),
    },
  });
}

function expectNoCanary({ resources }: Recording): void {
  for (const { name, inputs } of resources) {
    const clear = JSON.stringify(inputs, (_, value) => (isSecret(value) ? "[secret]" : value));
    expect(clear, name).not.toMatch(/canary/i);
  }
}

interface Storage {
  identity?: unknown;
  properties: { storageProfile: { storageaccounts: unknown[] } };
}

const storageOf = (recording: Recording) => plain(recording.named("kafka-cluster").inputs) as never as Storage;

describe("a Kafka cluster", () => {
  let recording: Recording;
  let cluster: KafkaCluster;
  beforeAll(async () => {
    recording = record();
    cluster = new KafkaCluster("kafka", args);
    await recording.finished();
  });

  it("is HDInsight 5.1 with Kafka 3.2, two head nodes, the workers asked for and three ZooKeepers, in that order", () => {
    const { properties } = plain(recording.named("kafka-cluster").inputs) as never as {
      properties: {
        clusterVersion: string;
        clusterDefinition: { componentVersion: unknown };
        computeProfile: { roles: { name: string; targetInstanceCount: number }[] };
      };
    };
    expect(properties.clusterVersion).toBe("5.1");
    expect(properties.clusterDefinition.componentVersion).toEqual({ Kafka: "3.2" });
    expect(properties.computeProfile.roles.map((r) => [r.name, r.targetInstanceCount])).toEqual([
      ["headnode", 2],
      ["workernode", 3],
      ["zookeepernode", 3],
    ]);
  });

  it("puts every node into the subnet of its own network, by full id", () => {
    const { properties } = plain(recording.named("kafka-cluster").inputs) as never as {
      properties: { computeProfile: { roles: { virtualNetworkProfile: unknown }[] } };
    };
    for (const role of properties.computeProfile.roles) {
      expect(role.virtualNetworkProfile).toEqual({
        id: "kafka-network-vnet-id",
        subnet: "kafka-network-vnet-id/subnets/kafka",
      });
    }
  });

  it("tells that network, with its resource group, for peering", async () => {
    expect(await settled(pulumi.all({ ...cluster.virtualNetwork }))).toMatchObject({
      id: "kafka-network-vnet-id",
      resourceGroupName: "rg",
    });
  });

  it("logs in to SSH by key and never by password", () => {
    expect(JSON.stringify(plain(recording.named("kafka-cluster").inputs))).not.toMatch(/"password"/);
  });

  it("keeps the gateway password secret wherever it goes", () => {
    expect(isSecret(recording.named("kafka-cluster").inputs.properties)).toBe(true);
    expectNoCanary(recording);
  });

  it("gives the subnet a NAT gateway and a security group that lets only HDInsight and the operators in", () => {
    const subnet = (recording.named("kafka-network-vnet").inputs.subnets as Record<string, unknown>[])[0];
    expect(subnet).toEqual({
      name: "kafka",
      addressPrefix: "10.0.0.0/24",
      natGateway: { id: "kafka-network-nat-id" },
      networkSecurityGroup: { id: "kafka-network-nsg-id" },
    });
    const rules = recording.named("kafka-network-nsg").inputs.securityRules as Record<string, unknown>[];
    expect(
      rules.map((r) => [
        r.sourceAddressPrefix ?? r.sourceAddressPrefixes,
        r.destinationPortRange ?? r.destinationPortRanges,
      ]),
    ).toEqual([
      ["HDInsight", "443"],
      [["203.0.113.7/32"], ["22", "443"]],
    ]);
  });

  it("reads the addresses only after the brokers advertise them, both again for a new cluster", () => {
    const advertise = recording.named("kafka-addresses-advertise").inputs;
    const read = recording.named("kafka-addresses-read").inputs;
    expect(advertise.create).toBe("node --require ts-node/register/transpile-only advertiseIps.ts");
    expect(plain(advertise.triggers)).toEqual(["11f0-22", 3]);
    expect(plain(read.triggers)).toEqual(["11f0-22", 3]);
    expect(recording.before("kafka-addresses-read")).toContain("kafka-addresses-advertise");
  });

  it("passes the gateway password in the environment, never in the command line", () => {
    const { create, environment } = recording.named("kafka-addresses-advertise").inputs;
    expect(create).not.toMatch(/canary/i);
    expect(plain(environment)).toMatchObject({ AMBARI_PASSWORD: "Canary-Gateway-1!", AMBARI_CLUSTER: "events" });
  });

  it("leaves workers and login to the calls that change them on a running cluster, and that run before Ambari is asked", () => {
    expect(recording.named("kafka-cluster").options.ignoreChanges).toEqual([
      "properties.computeProfile.roles[1].targetInstanceCount",
      "properties.clusterDefinition.configurations",
    ]);
    const { create, update, environment, triggers } = recording.named("kafka-live-apply").inputs;
    expect([create, update]).toEqual(Array(2).fill("node --require ts-node/register/transpile-only apply.ts"));
    expect(plain(environment)).toEqual({
      HDINSIGHT_CLUSTER_ID: "kafka-cluster-id",
      KAFKA_WORKERS: "3",
      GATEWAY_USER: "admin",
      GATEWAY_PASSWORD: "Canary-Gateway-1!",
    });
    expect(plain(triggers)).toEqual(["11f0-22"]);
    expect(recording.before("kafka-addresses-advertise")).toContain("kafka-live-apply");
  });

  it("is replaced, old before new, when something changes that HDInsight cannot change", () => {
    const { deleteBeforeReplace, replaceOnChanges } = recording.named("kafka-cluster").options;
    expect(deleteBeforeReplace).toBe(true);
    expect(replaceOnChanges).toContain("properties.computeProfile.roles[*].hardwareProfile");
    expect(replaceOnChanges.join()).not.toMatch(/roles\[[1*]\]\.targetInstanceCount|configurations/);
  });

  it("makes every child below the component, and what Ambari set goes with the cluster", () => {
    expect(recording.named("kafka-cluster").parent).toMatch(/streaming:kafka:KafkaCluster::kafka$/);
    expect(recording.named("kafka-network-vnet").parent).toMatch(/KafkaNetwork::kafka-network$/);
    for (const name of ["kafka-live-apply", "kafka-addresses-advertise", "kafka-addresses-read"]) {
      expect(recording.named(name).options.deletedWith).toMatch(/Cluster::kafka-cluster$/);
    }
  });

  it("tells brokers and ZooKeepers with their ports, and endpoints without the default port, none of it secret", async () => {
    expect(await settled(cluster.brokers)).toEqual(["10.0.0.9:9092", "10.0.0.10:9092"]);
    expect(await settled(cluster.bootstrapServers)).toBe("10.0.0.9:9092,10.0.0.10:9092");
    expect(await settled(cluster.zookeeperNodes)).toEqual(["10.0.0.6:2181"]);
    expect(await settled(cluster.dashboardUrl)).toBe("https://events.azurehdinsight.net");
    expect(await settled(cluster.sshEndpoint.host)).toBe("events-ssh.azurehdinsight.net");
    expect(await pulumi.isSecret(cluster.brokers)).toBe(false);
    expect(await pulumi.isSecret(cluster.dashboardUrl)).toBe(false);
    expect(await pulumi.isSecret(cluster.sshEndpoint.host)).toBe(false);
  });
});

describe("a Kafka cluster in a network that is there already", () => {
  const { addressSpace, subnetPrefix, operatorAddresses, ...others } = args;
  const virtualNetwork = { id: "/hub/vnet", name: "vnet", resourceGroupName: "hub" };
  let recording: Recording;
  beforeAll(() => {
    recording = record();
  });

  it("puts its nodes into the subnet that it is given, and makes no network", async () => {
    const cluster = new KafkaCluster("kafka", {
      ...others,
      existingNetwork: { virtualNetwork, subnetId: "/hub/vnet/subnets/nodes" },
    });
    await recording.finished();
    const { properties } = plain(recording.named("kafka-cluster").inputs) as never as {
      properties: { computeProfile: { roles: { virtualNetworkProfile: unknown }[] } };
    };
    for (const role of properties.computeProfile.roles) {
      expect(role.virtualNetworkProfile).toEqual({ id: "/hub/vnet", subnet: "/hub/vnet/subnets/nodes" });
    }
    expect(recording.resources.filter(({ type }) => type.startsWith("azure-native:network"))).toEqual([]);
    expect(await settled(pulumi.all({ ...cluster.virtualNetwork }))).toEqual(virtualNetwork);
  });

  it("is refused when it has neither that nor the ranges for one of its own", () => {
    expect(() => new KafkaCluster("kafka", { ...others, addressSpace })).toThrow(
      "Kafka cluster `kafka` has no network: give `addressSpace` and `subnetPrefix` to make one, or `existingNetwork`.",
    );
  });
});

describe("the storage of a Kafka cluster", () => {
  const recorded = async (more: Partial<KafkaClusterArgs> = {}) => {
    const recording = record();
    new KafkaCluster("kafka", { ...args, ...more });
    await recording.finished();
    return recording;
  };
  const ofType = (recording: Recording, type: RegExp) => recording.resources.filter((one) => type.test(one.type));

  it("is opened by an identity of its own, with a role on the account, and by no key", async () => {
    const recording = await recorded();
    const { identity, properties } = storageOf(recording);
    expect(identity).toEqual({ type: "UserAssigned", userAssignedIdentities: { [identityId]: {} } });
    expect(properties.storageProfile.storageaccounts).toEqual([
      {
        name: `${accountName}.blob.core.windows.net`,
        isDefault: true,
        container: "kafka",
        resourceId: accountId,
        msiResourceId: identityId,
      },
    ]);
    expect(recording.named("kafka-storage-account").inputs).toMatchObject({ allowSharedKeyAccess: false });
    expect(recording.named("kafka-storage-role").inputs).toEqual({
      roleAssignmentName: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/),
      scope: accountId,
      roleDefinitionId: `/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/${blobDataOwner}`,
      principalId: "the-principal",
      principalType: "ServicePrincipal",
    });
    const again = await recorded();
    const name = (of: Recording) => of.named("kafka-storage-role").inputs.roleAssignmentName;
    expect(name(again)).toBe(name(recording));
  });

  it("is opened by the account's key where that is asked for, which stays secret", async () => {
    const recording = await recorded({ storageAccess: "key" });
    const { identity, properties } = storageOf(recording);
    expect(identity).toBeUndefined();
    expect(properties.storageProfile.storageaccounts).toEqual([
      {
        name: `${accountName}.blob.core.windows.net`,
        isDefault: true,
        container: "kafka",
        key: "canary-storage-key",
      },
    ]);
    expect(recording.named("kafka-storage-account").inputs).not.toHaveProperty("allowSharedKeyAccess");
    expect(ofType(recording, /managedidentity|authorization/)).toEqual([]);
    expectNoCanary(recording);
  });

  it("can be a data lake, with an account of another name", async () => {
    const recording = await recorded({ storageKind: "adls" });
    const account = recording.named("kafka-storage-account").inputs;
    expect(account).toMatchObject({ isHnsEnabled: true, allowSharedKeyAccess: false });
    expect(account.accountName).not.toBe(accountName);
    expect(storageOf(recording).properties.storageProfile.storageaccounts).toEqual([
      {
        name: `${account.accountName}.dfs.core.windows.net`,
        isDefault: true,
        fileSystem: "kafka",
        resourceId: `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/${account.accountName}`,
        msiResourceId: identityId,
      },
    ]);
  });

  it("takes no key for a data lake", async () => {
    const recording = record();
    expect(() => new KafkaCluster("kafka", { ...args, storageKind: "adls", storageAccess: "key" })).toThrow(
      "Storage `kafka-storage`: `kind` adls needs `access` identity",
    );
    await recording.finished();
  });

  it("can be there already, with its identity or its key; nothing is made then", async () => {
    const existing = { accountId: "/subscriptions/s/x/storageAccounts/lake", container: "files" };
    const identified = await recorded({ existingStorage: { ...existing, kind: "adls", identityId: "/s/me" } });
    expect(storageOf(identified)).toMatchObject({
      identity: { userAssignedIdentities: { "/s/me": {} } },
      properties: {
        storageProfile: {
          storageaccounts: [{ name: "lake.dfs.core.windows.net", fileSystem: "files", msiResourceId: "/s/me" }],
        },
      },
    });
    expect(ofType(identified, /storage|managedidentity|authorization/i)).toEqual([]);
    const keyed = await recorded({ existingStorage: { ...existing, key: "canary-of-theirs" } });
    expect(storageOf(keyed).properties.storageProfile.storageaccounts).toEqual([
      { name: "lake.blob.core.windows.net", isDefault: true, container: "files", key: "canary-of-theirs" },
    ]);
    expectNoCanary(keyed);
  });

  it("is refused when nothing opens it", async () => {
    const recording = record();
    const existingStorage = { accountId: "/subscriptions/s/x/storageAccounts/lake", container: "files" };
    expect(() => new KafkaCluster("kafka", { ...args, existingStorage })).toThrow("needs `identityId`, or `key`");
    await recording.finished();
  });

  it("was the cluster component's own child before, and stays what it is", async () => {
    const recording = await recorded();
    const parent = expect.stringMatching(/streaming:kafka:KafkaCluster::kafka$/);
    const former = (name: string) => recording.named(name).options.aliases;
    expect(former("kafka-storage-account")).toContainEqual({ name: "kafka-storage", parent });
    expect(former("kafka-storage-container")).toContainEqual({ name: "kafka-container", parent });
  });
});

describe("the encryption of a Kafka cluster", () => {
  const recorded = async (encryption?: ClusterEncryption) => {
    const recording = record();
    new KafkaCluster("kafka", { ...args, encryption });
    await recording.finished();
    return recording.named("kafka-cluster");
  };
  const propertiesOf = ({ inputs }: Recorded) => (plain(inputs) as { properties: Record<string, unknown> }).properties;

  it("is what Azure does by itself, unless asked for more", async () => {
    for (const none of [undefined, {}, { atHost: false, inTransit: false }]) {
      const properties = propertiesOf(await recorded(none));
      expect(properties).not.toHaveProperty("diskEncryptionProperties");
      expect(properties).not.toHaveProperty("encryptionInTransitProperties");
    }
  });

  it("takes a key of one's own, which an identity of the cluster's may use", async () => {
    const cluster = await recorded({
      diskKey: { keyUri: "https://v.vault.azure.net/keys/k/0a1b", identityId: "/s/disks" },
    });
    expect(propertiesOf(cluster).diskEncryptionProperties).toEqual({
      vaultUri: "https://v.vault.azure.net",
      keyName: "k",
      keyVersion: "0a1b",
      msiResourceId: "/s/disks",
      // The SDK's own default.
      encryptionAtHost: false,
    });
    expect(plain(cluster.inputs)).toMatchObject({
      identity: { type: "UserAssigned", userAssignedIdentities: { [identityId]: {}, "/s/disks": {} } },
    });
  });

  it("follows the versions of a key that is given without one", async () => {
    const cluster = await recorded({
      diskKey: { keyUri: "https://v.vault.azure.net/keys/k", identityId: "/s/disks" },
      atHost: true,
    });
    expect(propertiesOf(cluster).diskEncryptionProperties).toEqual({
      vaultUri: "https://v.vault.azure.net",
      keyName: "k",
      msiResourceId: "/s/disks",
      encryptionAtHost: true,
    });
  });

  it("can be on hosts and between nodes only", async () => {
    const properties = propertiesOf(await recorded({ atHost: true, inTransit: true }));
    expect(properties.diskEncryptionProperties).toEqual({ encryptionAtHost: true });
    expect(properties.encryptionInTransitProperties).toEqual({ isEncryptionInTransitEnabled: true });
  });

  it("replaces the cluster when it changes, since HDInsight sets it at creation only", async () => {
    const { replaceOnChanges } = (await recorded()).options;
    expect(replaceOnChanges).toEqual(
      expect.arrayContaining([
        "identity",
        "properties.diskEncryptionProperties",
        "properties.encryptionInTransitProperties",
      ]),
    );
  });

  it.each([
    "http://v.vault.azure.net/keys/k",
    "https://v.vault.azure.net/k",
    "k",
    "https://v.vault.azure.net/keys/k/1/2",
  ])("refuses %s as a key", (uri) => {
    expect(() => parseKeyUri(uri)).toThrow("https://VAULT.vault.azure.net/keys/NAME");
  });
});

describe("protection of a Kafka cluster", () => {
  const protectedNames = async (protect?: boolean) => {
    const recording = record();
    new KafkaCluster("kafka", { ...args, protect });
    await recording.finished();
    return recording.resources.filter(({ options }) => options.protect).map(({ name }) => name);
  };

  it("is for what holds data, and leaves what can be made again without loss", async () => {
    expect(await protectedNames(true)).toEqual(["kafka-storage-account", "kafka-storage-container", "kafka-cluster"]);
  });

  it("is off unless asked for", async () => {
    expect(await protectedNames()).toEqual([]);
  });
});

describe("a Kafka cluster without IP advertising", () => {
  it("leaves the step out and still reads the addresses", async () => {
    const recording = record();
    new KafkaCluster("kafka", { ...args, advertise: "none" });
    await recording.finished();
    expect(recording.resources.map((r) => r.name)).not.toContain("kafka-addresses-advertise");
  });
});

describe("a Kafka cluster whose brokers advertise names", () => {
  const named = {
    ...args,
    workers: 2,
    names: { zoneName: "kafka.internal", networks: { databricks: "/spark-vnet" } },
  };

  it("has a name for each in a zone that both networks ask, before any broker is told its own", async () => {
    const recording = record();
    const cluster = new KafkaCluster("kafka", named);
    await recording.finished();
    expect(await settled(cluster.bootstrapServers)).toBe("broker-0.kafka.internal:9092,broker-1.kafka.internal:9092");
    const last = recording.named("kafka-addresses-names-broker-1").inputs;
    expect(last).toMatchObject({
      recordType: "A",
      relativeRecordSetName: "broker-1",
      aRecords: [{ ipv4Address: "10.0.0.10" }],
    });
    const linked = ["kafka", "databricks"].map(
      (network) => recording.named(`kafka-addresses-names-${network}-link`).inputs.virtualNetwork,
    );
    expect(linked).toEqual([{ id: "kafka-network-vnet-id" }, { id: "/spark-vnet" }]);
    const { environment } = recording.named("kafka-addresses-advertise").inputs;
    expect(JSON.parse((plain(environment) as Record<string, string>).KAFKA_BROKER_NAMES)).toEqual({
      "10.0.0.9": "broker-0.kafka.internal",
      "10.0.0.10": "broker-1.kafka.internal",
    });
    expect(recording.before("kafka-addresses-advertise")).toEqual(
      expect.arrayContaining(["kafka-addresses-read", "kafka-addresses-names-broker-1"]),
    );
  });

  it("needs the number of brokers as a plain one", async () => {
    const recording = record();
    expect(() => new KafkaCluster("kafka", { ...named, workers: pulumi.output(3) })).toThrow(
      /no plain number of `workers`/,
    );
    await recording.finished();
  });

  it("is refused where brokers are to advertise nothing", async () => {
    const recording = record();
    expect(() => new KafkaCluster("kafka", { ...named, advertise: "none" })).toThrow(
      /`kafka` has `names`.+leave one out/,
    );
    await recording.finished();
  });
});

describe("a Kafka cluster with script actions", () => {
  it("has them run in order, after new workers and before brokers are restarted, and makes nothing without any", async () => {
    const recording = record();
    new KafkaCluster("kafka", {
      ...args,
      scriptActions: [
        { name: "first", uri: "https://example.com/1.sh", roles: ["headnode", "workernode"], parameters: "canary" },
        { name: "second", uri: "https://example.com/2.sh", roles: ["zookeepernode"] },
      ],
    });
    await recording.finished();
    const { inputs, options, parent } = recording.named("kafka-scripts-first");
    const script = "node --require ts-node/register/transpile-only scriptAction.ts";
    expect(inputs).toMatchObject({ create: `${script} run`, update: `${script} run`, delete: `${script} forget` });
    expect(plain(inputs.environment)).toEqual({
      HDINSIGHT_CLUSTER_ID: "kafka-cluster-id",
      SCRIPT_NAME: "first",
      SCRIPT_URI: "https://example.com/1.sh",
      SCRIPT_ROLES: "headnode,workernode",
      SCRIPT_PARAMETERS: "canary",
    });
    expect(plain(inputs.triggers)).toEqual(["11f0-22"]);
    expect(options.deletedWith).toMatch(/Cluster::kafka-cluster$/);
    expect(parent).toMatch(/KafkaScriptActions::kafka-scripts$/);
    expectNoCanary(recording);
    const names = ["kafka-live-apply", "kafka-scripts-first", "kafka-scripts-second", "kafka-addresses-advertise"];
    for (const [index, name] of names.slice(1).entries()) expect(recording.before(name)).toContain(names[index]);

    const without = record();
    new KafkaCluster("kafka", { ...args, scriptActions: [] });
    await without.finished();
    expect(without.resources.filter(({ name }) => name.startsWith("kafka-scripts"))).toEqual([]);
  });
});

describe("a cluster that reports no public endpoint", () => {
  it("is refused with the endpoints it does report", () => {
    const endpoints = [{ name: "HTTPS-INTERNAL", location: "events-int.azurehdinsight.net", port: 443 }];
    expect(() => findEndpoint(endpoints, "HTTPS")).toThrow(/no public `HTTPS` endpoint \(it reports: HTTPS-INTERNAL\)/);
    expect(() => findEndpoint(undefined, "SSH")).toThrow(/it reports: none/);
  });
});
