import { randomUUID } from "node:crypto";
import { overlapCidr } from "cidr-tools";
import { z } from "zod";
import { badRequest, notImitated } from "../errors";
import { defineKind, type Kind, type Resource } from "../kind";
import { networkNames, networkVersions, resourceGuid } from "./common";
import { disconnectFrom, peeringType, refusePeeredOverlap } from "./halves";
import { inlineItem, planChildren, shownChildren } from "./inline";
import { checkCidr, checkSubnet, type SubnetProperties, subnet, subnetProperties, subnetType } from "./subnets";

/** Virtual networks. A PUT says what subnets there are: those it does not name are removed, or it is refused. */
export const virtualNetwork: Kind = defineKind({
  type: "Microsoft.Network/virtualNetworks",
  apiVersions: networkVersions,
  schema: z.looseObject({
    properties: z.looseObject({
      addressSpace: z.looseObject({ addressPrefixes: z.array(z.string()).min(1, "needs at least one address prefix") }),
      dhcpOptions: z.looseObject({ dnsServers: z.array(z.string()).optional() }).optional(),
      subnets: z.array(inlineItem.extend({ properties: subnetProperties })).optional(),
      virtualNetworkPeerings: z.array(z.looseObject({ name: z.string() })).optional(),
    }),
  }),
  names: networkNames,
  location: "region",
  longRunning: { put: "azure-async", delete: "azure-async" },
  readOnly: ["resourceGuid", "defaultPublicNatGateway", "flowLogs"],

  prepare({ id, body, location, existing }, world) {
    const { subnets = [], virtualNetworkPeerings = [], ...properties } = body.properties;
    const { addressPrefixes } = properties.addressSpace;
    addressPrefixes.forEach((prefix, index) => {
      checkCidr(prefix, id.id);
      const other = addressPrefixes.find((candidate, at) => at < index && overlapCidr(candidate, prefix));
      if (!other) return;
      throw badRequest(
        "NetcfgInvalidVirtualNetworkAddressSpace",
        `The address space of virtual network '${id.name}' has overlapping prefixes: ${other} and ${prefix}.`,
      );
    });
    refusePeeredOverlap(world, id.id, addressPrefixes);
    for (const { name } of virtualNetworkPeerings) {
      if (world.state.get(`${id.id}/virtualNetworkPeerings/${name}`)) continue;
      throw notImitated("peerings inside a virtual network", `Make \`${name}\` a virtualNetworkPeerings resource.`);
    }
    return {
      properties: {
        enableDdosProtection: false,
        privateEndpointVNetPolicies: "Disabled",
        ...properties,
        resourceGuid: resourceGuid(existing, randomUUID()),
      },
      stored: planChildren(world, id.id, subnet, subnets, (item, subnetId, before) => {
        const around = { addressPrefixes, location, siblings: subnets };
        return checkSubnet(world, subnetId, item.properties as SubnetProperties, around, before);
      }),
    };
  },

  show({ resource }, world): Resource {
    return {
      ...resource,
      properties: {
        ...resource.properties,
        subnets: shownChildren(world, resource.id, subnetType),
        virtualNetworkPeerings: shownChildren(world, resource.id, peeringType),
      },
    };
  },

  refuseRemoval({ resource }, world) {
    for (const child of world.state.children(resource.id, subnetType)) subnet.refuseRemoval?.(child, world);
  },

  removed: ({ resource }, world) => disconnectFrom(world, resource.id),
});
