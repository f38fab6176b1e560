import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { KafkaCluster } from "../../../components/kafka/cluster";
import { plain, type Recording, settled } from "../recording";
import { args, made, record, recorded } from "./support";

describe("the network of a Kafka cluster", () => {
  let recording: Recording;
  let cluster: KafkaCluster;
  beforeAll(async () => {
    ({ recording, cluster } = await made());
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

  it.each([[undefined], [[]]])("lets nobody but HDInsight in where the operators are %j", async (operatorAddresses) => {
    const { inputs } = (await recorded({ operatorAddresses })).named("kafka-network-nsg");
    expect(inputs.securityRules).toMatchObject([{ sourceAddressPrefix: "HDInsight", destinationPortRange: "443" }]);
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
