import { overlapCidr } from "cidr-tools";
import { z } from "zod";
import { contains, isCidr } from "../../addresses";
import { unsupported } from "../../http";
import { badRequest } from "../errors";
import { nameOf, parentOf } from "../ids";
import { defineKind, type Kind, type Properties, type Stored } from "../kind";
import type { World } from "../world";
import { networkNames, networkVersions, occupants, reference, resolveReference } from "./common";

export const subnetType = "Microsoft.Network/virtualNetworks/subnets";

export const subnetProperties = z.looseObject({
  addressPrefix: z.string().optional(),
  addressPrefixes: z.array(z.string()).optional(),
  networkSecurityGroup: reference.optional(),
  natGateway: reference.optional(),
  routeTable: reference.optional(),
  delegations: z
    .array(z.looseObject({ name: z.string(), properties: z.looseObject({ serviceName: z.string() }).optional() }))
    .optional(),
  privateEndpointNetworkPolicies: z.string().optional(),
  privateLinkServiceNetworkPolicies: z.string().optional(),
});
export type SubnetProperties = z.infer<typeof subnetProperties>;

/** What a subnet is checked against: its network as it is, or as the PUT under way will make it. */
export interface SubnetSurroundings {
  addressPrefixes: string[];
  location: string | undefined;
  siblings: readonly { name: string; properties: SubnetProperties }[];
}

/** Checks a subnet and fills in Azure's defaults. */
export function checkSubnet(
  world: World,
  id: string,
  given: SubnetProperties,
  around: SubnetSurroundings,
  existing: Stored | undefined,
): Properties {
  const name = nameOf(id);
  const network = nameOf(parentOf(id));
  const prefixes = prefixesOf(given);
  if (prefixes.length === 0) {
    throw badRequest("SubnetAddressPrefixMissing", `Subnet ${id} needs \`addressPrefix\` or \`addressPrefixes\`.`);
  }
  for (const prefix of prefixes) {
    checkCidr(prefix, id);
    if (!around.addressPrefixes.some((range) => contains(range, prefix))) {
      throw badRequest(
        "NetcfgSubnetRangeOutsideVnet",
        `Subnet '${name}' is not valid because its IP address range ${prefix} is outside the IP address range of ` +
          `virtual network '${network}' (${around.addressPrefixes.join(", ")}).`,
      );
    }
  }
  for (const sibling of around.siblings) {
    if (sibling.name.toLowerCase() === name.toLowerCase()) continue;
    if (!overlapCidr(prefixes, prefixesOf(sibling.properties))) continue;
    throw badRequest(
      "NetcfgSubnetRangesOverlap",
      `Subnet '${name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual ` +
        `network '${network}': '${sibling.name}'.`,
    );
  }
  checkReferences(world, id, given, around.location);
  refuseMovingOccupants(world, id, prefixes, existing);
  return {
    privateEndpointNetworkPolicies: "Disabled",
    privateLinkServiceNetworkPolicies: "Enabled",
    ...given,
    delegations: given.delegations ?? [],
  };
}

export function checkCidr(prefix: string, id: string): void {
  if (isCidr(prefix)) return;
  throw badRequest(
    "InvalidCIDRNotation",
    `The address prefix ${prefix} in resource ${id} has an invalid CIDR notation. It must be an IPv4 network such as ` +
      "10.0.0.0/24, with no bits set after the prefix.",
  );
}

export function prefixesOf(properties: SubnetProperties): string[] {
  return properties.addressPrefix ? [properties.addressPrefix] : (properties.addressPrefixes ?? []);
}

function checkReferences(world: World, id: string, given: SubnetProperties, location: string | undefined): void {
  const { networkSecurityGroup, natGateway, routeTable } = given;
  if (networkSecurityGroup) {
    resolveReference(world, networkSecurityGroup.id, "Microsoft.Network/networkSecurityGroups", id, location);
  }
  if (natGateway) resolveReference(world, natGateway.id, "Microsoft.Network/natGateways", id, location);
  if (routeTable) {
    throw unsupported(
      badRequest("RouteTableNotImitated", `The local twin has no route tables: see subnet ${id}.`),
      "routeTable",
    );
  }
}

function refuseMovingOccupants(world: World, id: string, prefixes: string[], existing: Stored | undefined): void {
  const before = existing ? prefixesOf(existing.resource.properties as SubnetProperties) : prefixes;
  if (before.join() === prefixes.join() || occupants(world, id).length === 0) return;
  throw badRequest(
    "InUsePrefixCannotBeDeleted",
    `IpPrefix ${before.join(", ")} on Subnet ${nameOf(id)} has active allocations and cannot be deleted.`,
  );
}

export const subnet: Kind = defineKind({
  type: subnetType,
  apiVersions: networkVersions,
  schema: z.looseObject({ properties: subnetProperties }),
  names: networkNames,
  location: "none",
  longRunning: { put: "azure-async", delete: "azure-async" },
  readOnly: [
    "ipConfigurations",
    "ipConfigurationProfiles",
    "purpose",
    "resourceNavigationLinks",
    "serviceAssociationLinks",
  ],

  prepare({ id, body, existing }, world) {
    const network = world.state.get(id.parent);
    const space = network?.resource.properties.addressSpace as { addressPrefixes: string[] } | undefined;
    const siblings = world.state.children(id.parent ?? "", subnetType).map(({ resource }) => resource);
    const around = { addressPrefixes: space?.addressPrefixes ?? [], location: network?.resource.location, siblings };
    return { properties: checkSubnet(world, id.id, body.properties, around, existing) };
  },

  show({ resource }) {
    const delegations = (
      resource.properties.delegations as { name: string; properties?: Properties }[] | undefined
    )?.map((delegation) => ({
      ...delegation,
      id: `${resource.id}/delegations/${delegation.name}`,
      type: `${subnetType}/delegations`,
      properties: { ...delegation.properties, provisioningState: "Succeeded" },
    }));
    return { ...resource, properties: { ...resource.properties, delegations } };
  },

  refuseRemoval({ resource }, world) {
    const users = occupants(world, resource.id);
    if (users.length === 0) return;
    throw badRequest(
      "InUseSubnetCannotBeDeleted",
      `Subnet ${resource.name} is in use by ${users.map((user) => user.resource.id).join(", ")} and cannot be deleted. ` +
        "In order to delete the subnet, delete all the resources within the subnet.",
    );
  },
});
