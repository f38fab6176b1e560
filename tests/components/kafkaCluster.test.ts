import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { KafkaCluster } from "../../components/kafka/cluster";
import { findEndpoint } from "../../components/kafka/endpoint";
import { isSecret, plain, Recording, settled } from "./recording";

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

function record(): Recording {
  return new Recording({
    outputs: {
      "azure-native:hdinsight:Cluster": () => clusterState,
      "command:local:Command": (inputs) =>
        String(inputs.create).includes("nodeAddresses")
          ? { stdout: '{"brokers":["10.0.0.9","10.0.0.10"],"zookeepers":["10.0.0.6"]}' }
          : { stdout: "{}" },
    },
    calls: { "azure-native:storage:listStorageAccountKeys": () => ({ keys: [{ value: "canary-storage-key" }] }) },
  });
}

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
    expect(await settled(pulumi.all(cluster.virtualNetwork))).toMatchObject({
      id: "kafka-network-vnet-id",
      resourceGroupName: "rg",
    });
  });

  it("logs in to SSH by key and never by password", () => {
    expect(JSON.stringify(plain(recording.named("kafka-cluster").inputs))).not.toMatch(/"password"/);
  });

  it("keeps gateway password and storage key secret wherever they go", () => {
    expect(isSecret(recording.named("kafka-cluster").inputs.properties)).toBe(true);
    for (const { name, inputs } of recording.resources) {
      const clear = JSON.stringify(inputs, (_, value) => (isSecret(value) ? "[secret]" : value));
      expect(clear, name).not.toMatch(/canary/i);
    }
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
    const order = recording.resources.map((r) => r.name);
    expect(order.indexOf("kafka-addresses-advertise")).toBeLessThan(order.indexOf("kafka-addresses-read"));
  });

  it("passes the gateway password in the environment, never in the command line", () => {
    const { create, environment } = recording.named("kafka-addresses-advertise").inputs;
    expect(create).not.toMatch(/canary/i);
    expect(plain(environment)).toMatchObject({ AMBARI_PASSWORD: "Canary-Gateway-1!", AMBARI_CLUSTER: "events" });
  });

  it("is replaced, old before new, when something changes that HDInsight cannot change", () => {
    const { deleteBeforeReplace, replaceOnChanges } = recording.named("kafka-cluster").options;
    expect(deleteBeforeReplace).toBe(true);
    expect(replaceOnChanges).toContain("properties.computeProfile.roles[*].hardwareProfile");
    expect(replaceOnChanges.join()).not.toMatch(/targetInstanceCount|gateway/);
  });

  it("makes every child below the component, and what Ambari set goes with the cluster", () => {
    expect(recording.named("kafka-cluster").parent).toMatch(/streaming:kafka:KafkaCluster::kafka$/);
    expect(recording.named("kafka-network-vnet").parent).toMatch(/KafkaNetwork::kafka-network$/);
    for (const name of ["kafka-addresses-advertise", "kafka-addresses-read"]) {
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
    expect(await settled(pulumi.all(cluster.virtualNetwork))).toEqual(virtualNetwork);
  });

  it("is refused when it has neither that nor the ranges for one of its own", () => {
    expect(() => new KafkaCluster("kafka", { ...others, addressSpace })).toThrow(
      "Kafka cluster `kafka` has no network: give `addressSpace` and `subnetPrefix` to make one, or `existingNetwork`.",
    );
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
    expect(await protectedNames(true)).toEqual(["kafka-storage", "kafka-container", "kafka-cluster"]);
  });

  it("is off unless asked for", async () => {
    expect(await protectedNames()).toEqual([]);
  });
});

describe("a Kafka cluster without IP advertising", () => {
  it("leaves the step out and still reads the addresses", async () => {
    const recording = record();
    new KafkaCluster("kafka", { ...args, advertiseIpAddresses: false });
    await recording.finished();
    expect(recording.resources.map((r) => r.name)).not.toContain("kafka-addresses-advertise");
  });
});

describe("a cluster that reports no public endpoint", () => {
  it("is refused with the endpoints it does report", () => {
    const endpoints = [{ name: "HTTPS-INTERNAL", location: "events-int.azurehdinsight.net", port: 443 }];
    expect(() => findEndpoint(endpoints, "HTTPS")).toThrow(/no public `HTTPS` endpoint \(it reports: HTTPS-INTERNAL\)/);
    expect(() => findEndpoint(undefined, "SSH")).toThrow(/it reports: none/);
  });
});
