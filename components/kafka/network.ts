import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { natGateway } from "../network/natGateway";
import type { NetworkOutput } from "../network/reference";

export interface KafkaNetworkArgs {
  /** Resource group of everything made here. A change replaces the network. */
  resourceGroupName: pulumi.Input<string>;
  /** Azure region, the same as Databricks' (peering a managed workspace does not cross regions). A change replaces. */
  location: pulumi.Input<string>;
  /** Address space of the virtual network in CIDR form, around `subnetPrefix`. Must not overlap any network it is peered with. */
  addressSpace: pulumi.Input<string>;
  /** Range of the one subnet, inside `addressSpace`. Azure does not move it while nodes are in it, so a change fails. */
  subnetPrefix: pulumi.Input<string>;
  /** Ranges in CIDR form that may reach SSH (22) and Ambari (443): where Pulumi and people run. Never the internet. */
  operatorAddresses: string[];
  /** Tags on every resource. Default: none. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * A virtual network that HDInsight accepts: one subnet with a NAT gateway and a network security group.
 *
 * HDInsight's load balancers give no outbound path any more, and it refuses a subnet without a NAT gateway and a rule
 * that lets its own management service in (service tag `HDInsight`, port 443).
 *
 * Its subnet moves only while no cluster is in it: a preview shows an update, and Azure refuses that
 * (`InUsePrefixCannotBeDeleted`).
 */
export class KafkaNetwork extends pulumi.ComponentResource {
  /** The virtual network, for peering. */
  readonly virtualNetwork: NetworkOutput;
  /** ARM id of the subnet, for the cluster's nodes. */
  readonly subnetId: pulumi.Output<string>;
  /** ARM id of the network security group on the subnet. */
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: KafkaNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:kafka:KafkaNetwork", name, {}, opts);
    const { resourceGroupName, location, tags } = args;
    const common = { resourceGroupName, location, tags };
    const parent = { parent: this };

    const securityGroup = new network.NetworkSecurityGroup(
      `${name}-nsg`,
      { ...common, securityRules: securityRules(args.operatorAddresses) },
      parent,
    );
    this.securityGroupId = securityGroup.id;

    const gateway = natGateway(name, common, this);

    // The subnet is written inline: as a resource of its own, it and the network would undo each other's changes.
    const virtualNetwork = new network.VirtualNetwork(
      `${name}-vnet`,
      {
        ...common,
        addressSpace: { addressPrefixes: [args.addressSpace] },
        subnets: [
          {
            name: subnetName,
            addressPrefix: args.subnetPrefix,
            natGateway: { id: gateway.id },
            networkSecurityGroup: { id: securityGroup.id },
          },
        ],
      },
      parent,
    );
    this.virtualNetwork = {
      id: virtualNetwork.id,
      name: virtualNetwork.name,
      // Azure does not answer with it, so every preview would call it unknown.
      resourceGroupName: pulumi.output(resourceGroupName),
    };
    this.subnetId = pulumi.interpolate`${virtualNetwork.id}/subnets/${subnetName}`;

    this.registerOutputs({ virtualNetworkId: virtualNetwork.id, subnetId: this.subnetId });
  }
}

const subnetName = "kafka";

function securityRules(operatorAddresses: string[]) {
  const inbound = { direction: "Inbound", access: "Allow", protocol: "Tcp", sourcePortRange: "*" };
  const hdinsight = {
    ...inbound,
    name: "hdinsight-management",
    description: "HDInsight's own health and management service",
    priority: 300,
    sourceAddressPrefix: "HDInsight",
    destinationAddressPrefix: "VirtualNetwork",
    destinationPortRange: "443",
  };
  const operators = {
    ...inbound,
    name: "operators",
    description: "Pulumi and people: Ambari (443) and SSH (22)",
    priority: 310,
    sourceAddressPrefixes: operatorAddresses,
    destinationAddressPrefix: "VirtualNetwork",
    destinationPortRanges: ["22", "443"],
  };
  return operatorAddresses.length > 0 ? [hdinsight, operators] : [hdinsight];
}
