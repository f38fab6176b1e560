import * as network from "@pulumi/azure-native/network";
import type * as pulumi from "@pulumi/pulumi";

/**
 * The way out to the internet for subnets: a NAT gateway with one public address, which nothing can come in by. New
 * virtual networks have no way out of their own.
 */
export function natGateway(
  name: string,
  place: {
    resourceGroupName: pulumi.Input<string>;
    location: pulumi.Input<string>;
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  },
  parent: pulumi.Resource,
): network.NatGateway {
  const publicIp = new network.PublicIPAddress(
    `${name}-nat-ip`,
    { ...place, sku: { name: "Standard" }, publicIPAllocationMethod: "Static" },
    // Azure reports on the address which gateway uses it: after a refresh that would look like a change to undo.
    { parent, ignoreChanges: ["natGateway"] },
  );
  return new network.NatGateway(
    `${name}-nat`,
    { ...place, sku: { name: "Standard" }, publicIpAddresses: [{ id: publicIp.id }] },
    { parent },
  );
}
