import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { natGateway } from "../network/natGateway";
import type { NetworkOutput, NetworkReference } from "../network/reference";

export interface DatabricksNetworkArgs {
  /** Resource group of everything made here. A change replaces the network, and with it the workspace. */
  resourceGroupName: pulumi.Input<string>;
  /** Azure region, which has to be the workspace's. A change replaces. */
  location: pulumi.Input<string>;
  /** Address space in CIDR form, /16 to /24. Must not overlap any network it is peered with. */
  addressSpace: pulumi.Input<string>;
  /** Range for the nodes' own addresses, inside `addressSpace`, at least /26. A change replaces the workspace. */
  hostSubnetPrefix: pulumi.Input<string>;
  /** Range for the containers on the nodes, likewise, beside the other. A change replaces the workspace. */
  containerSubnetPrefix: pulumi.Input<string>;
  /** Tags on every resource. Default: none. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** A network that a workspace can be put into ("VNet injection"): made by `DatabricksNetwork`, or there already. */
export interface WorkspaceNetwork {
  /** In the region and the subscription of the workspace. */
  virtualNetwork: NetworkReference;
  /**
   * Names of the two subnets in it: Databricks' parameters call the hosts' the public and the containers' the private
   * one. Both delegated to `Microsoft.Databricks/workspaces`, with a security group and a way out to the internet, and
   * used by no other workspace.
   */
  hostSubnetName: pulumi.Input<string>;
  /** Name of the containers' subnet. */
  containerSubnetName: pulumi.Input<string>;
}

/**
 * A virtual network for a Databricks workspace of one's own: two subnets delegated to Databricks, a network security
 * group, and a NAT gateway, since the nodes have no public addresses.
 */
export class DatabricksNetwork extends pulumi.ComponentResource implements WorkspaceNetwork {
  /** The network, for `DatabricksWorkspace` and `NetworkPeering`. */
  readonly virtualNetwork: NetworkOutput;
  /** Name of the hosts' subnet. */
  readonly hostSubnetName: string = "databricks-host";
  /** Name of the containers' subnet. */
  readonly containerSubnetName: string = "databricks-container";
  /** ARM id of the network security group on both subnets. */
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: DatabricksNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:databricks:DatabricksNetwork", name, {}, opts);
    const { resourceGroupName, location, tags } = args;
    const common = { resourceGroupName, location, tags };

    // Databricks writes rules of its own in here and holds them by a network intent policy: to take them out is refused
    // ("ConflictWithNetworkIntentPolicy"). So this names none, and the provider keeps those that are there. Azure's
    // rules for every group let peered networks in, and nobody else.
    const securityGroup = new network.NetworkSecurityGroup(`${name}-nsg`, common, {
      parent: this,
      ignoreChanges: ["securityRules"],
    });
    this.securityGroupId = securityGroup.id;
    const gateway = natGateway(name, common, this);

    const subnet = (subnetName: string, addressPrefix: pulumi.Input<string>) => ({
      name: subnetName,
      addressPrefix,
      natGateway: { id: gateway.id },
      networkSecurityGroup: { id: securityGroup.id },
      delegations: [{ name: "databricks", serviceName: "Microsoft.Databricks/workspaces" }],
    });
    // The subnets are written inline: as resources of their own, they and the network would undo each other's changes.
    const virtualNetwork = new network.VirtualNetwork(
      `${name}-vnet`,
      {
        ...common,
        addressSpace: { addressPrefixes: [args.addressSpace] },
        subnets: [
          subnet(this.hostSubnetName, args.hostSubnetPrefix),
          subnet(this.containerSubnetName, args.containerSubnetPrefix),
        ],
      },
      // Azure moves no subnet that a workspace is in, and a workspace goes to no other network: so there is a new one,
      // which has another id, and the workspace is replaced with it.
      { parent: this, replaceOnChanges: ["subnets[*].addressPrefix"] },
    );
    this.virtualNetwork = {
      id: virtualNetwork.id,
      name: virtualNetwork.name,
      resourceGroupName: pulumi.output(resourceGroupName),
    };

    this.registerOutputs({ virtualNetworkId: virtualNetwork.id });
  }
}
