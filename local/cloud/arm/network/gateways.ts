import { randomUUID } from "node:crypto";
import { z } from "zod";
import { allocateAddresses } from "../../addresses";
import { unsupported } from "../../http";
import { badRequest } from "../errors";
import { defineKind } from "../kind";
import {
  backReferences,
  networkNames,
  networkVersions,
  reference,
  resolveReference,
  resourceGuid,
  subnetsWith,
} from "./common";

const publicIpType = "Microsoft.Network/publicIPAddresses";
const natGatewayType = "Microsoft.Network/natGateways";

/** Addresses reserved for documentation (RFC 5737): the twin gives out none that could be somebody's. */
const publicRange = "203.0.113.0/24";

/** Public addresses. Only what can still be created: Standard, static. */
export const publicIpAddress = defineKind({
  type: publicIpType,
  apiVersions: networkVersions,
  schema: z.looseObject({
    sku: z
      .looseObject({ name: z.enum(["Basic", "Standard", "StandardV2"]).optional(), tier: z.string().optional() })
      .optional(),
    properties: z
      .looseObject({
        publicIPAllocationMethod: z.enum(["Static", "Dynamic"]).optional(),
        publicIPAddressVersion: z.enum(["IPv4", "IPv6"]).optional(),
        idleTimeoutInMinutes: z.number().int().min(4).max(30).optional(),
        dnsSettings: z.looseObject({ domainNameLabel: z.string().optional() }).optional(),
      })
      .optional(),
  }),
  names: networkNames,
  location: "region",
  longRunning: { put: "azure-async", delete: "azure-async" },
  readOnly: ["natGateway", "ipConfiguration", "ipAddress", "resourceGuid"],

  prepare({ id, body, location, existing }, world) {
    const sku = { name: "Basic", tier: "Regional", ...body.sku };
    const properties = { publicIPAllocationMethod: "Dynamic", publicIPAddressVersion: "IPv4", ...body.properties };
    if (sku.name === "Basic") {
      throw badRequest(
        "IPv4BasicSkuPublicIpCountLimitReached",
        "Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this region: Basic is " +
          'retired. Set `sku` to `{ name: "Standard" }`.',
      );
    }
    if (properties.publicIPAllocationMethod !== "Static") {
      throw badRequest(
        "StandardSkuPublicIPAddressesCannotHaveDynamicAllocation",
        `Standard sku publicIp ${id.id} must have AllocationMethod set to Static.`,
      );
    }
    if (properties.publicIPAddressVersion === "IPv6") {
      throw unsupported(
        badRequest("IPv6NotImitated", `The local twin has no IPv6 addresses: ${id.id} must be IPv4.`),
        "publicIPAddressVersion IPv6",
      );
    }
    const taken = world.state.ofType(publicIpType).map(({ resource }) => String(resource.properties.ipAddress));
    const label = properties.dnsSettings?.domainNameLabel;
    return {
      top: { sku },
      properties: {
        idleTimeoutInMinutes: 4,
        ipTags: [],
        ...properties,
        ...(label && { dnsSettings: { ...properties.dnsSettings, fqdn: `${label}.${location}.cloudapp.azure.com` } }),
        ipAddress: existing?.resource.properties.ipAddress ?? allocateAddresses(publicRange, 1, taken)[0],
        resourceGuid: resourceGuid(existing, randomUUID()),
      },
    };
  },

  show({ resource }, world) {
    const [gateway] = world.referringTo(resource.id, natGatewayType, (properties) => properties.publicIpAddresses);
    if (!gateway) return resource;
    return { ...resource, properties: { ...resource.properties, natGateway: { id: gateway.resource.id } } };
  },

  refuseRemoval({ resource }, world) {
    const [gateway] = world.referringTo(resource.id, natGatewayType, (properties) => properties.publicIpAddresses);
    if (!gateway) return;
    throw badRequest(
      "PublicIPAddressCannotBeDeleted",
      `Public IP address ${resource.id} can not be deleted since it is still allocated to resource ` +
        `${gateway.resource.id}. In order to delete the public IP, disassociate/detach the Public IP address from the ` +
        "resource.",
    );
  },
});

/** NAT gateways: the way out for subnets of new virtual networks, which have none by default. */
export const natGateway = defineKind({
  type: natGatewayType,
  apiVersions: networkVersions,
  schema: z.looseObject({
    sku: z.looseObject({ name: z.enum(["Standard", "StandardV2"]) }),
    properties: z
      .looseObject({
        idleTimeoutInMinutes: z.number().int().min(4).max(120).optional(),
        publicIpAddresses: z.array(reference).optional(),
        publicIpPrefixes: z.array(reference).max(0, "public IP prefixes are not imitated").optional(),
      })
      .optional(),
  }),
  names: networkNames,
  location: "region",
  longRunning: { put: "azure-async", delete: "azure-async" },
  readOnly: ["subnets", "resourceGuid"],

  prepare({ id, body, location, existing }, world) {
    for (const { id: address } of body.properties?.publicIpAddresses ?? []) {
      resolveReference(world, address, publicIpType, id.id, location);
      const [other] = world
        .referringTo(address, natGatewayType, (properties) => properties.publicIpAddresses)
        .filter(({ resource }) => resource.id.toLowerCase() !== id.key);
      if (other) {
        throw badRequest(
          "PublicIPAddressInUse",
          `Resource ${id.id} is referencing public IP address ${address} that is already allocated to resource ` +
            `${other.resource.id}.`,
        );
      }
    }
    return {
      properties: {
        idleTimeoutInMinutes: 4,
        ...body.properties,
        resourceGuid: resourceGuid(existing, randomUUID()),
      },
    };
  },

  show({ resource }, world) {
    const subnets = backReferences("subnets", subnetsWith(world, "natGateway", resource.id));
    return { ...resource, properties: { ...resource.properties, ...subnets } };
  },

  refuseRemoval({ resource }, world) {
    const users = subnetsWith(world, "natGateway", resource.id);
    if (users.length === 0) return;
    throw badRequest(
      "InUseNatGatewayCannotBeDeleted",
      `Nat gateway ${resource.id} cannot be deleted because it is in use by the following resources: ` +
        `${users.map((user) => user.id).join(", ")}. In order to delete the nat gateway, remove the association with ` +
        "the resource(s).",
    );
  },
});
