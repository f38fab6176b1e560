import { z } from "zod";
import { badRequest, conflict } from "./errors";
import { nameOf, parentOf, sameId } from "./ids";
import { defineKind, type Kind } from "./kind";
import { reference, resolveReference } from "./network/common";

/** Private DNS: zones, the networks they answer in, and address records. They are answered where networks are real, in `local/network`. */

const zoneType = "Microsoft.Network/privateDnsZones";
const linkType = `${zoneType}/virtualNetworkLinks`;
const recordType = `${zoneType}/A`;
const apiVersions = ["2024-06-01", "2020-06-01", "2018-09-01"];
const label = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";

export const privateZone: Kind = defineKind({
  type: zoneType,
  apiVersions,
  schema: z.looseObject({}),
  names: { pattern: new RegExp(`^${label}(\\.${label})+$`), rule: "a domain name of two labels or more" },
  location: "global",
  longRunning: { put: "azure-async", delete: "azure-async" },
  readOnly: ["numberOfRecordSets", "numberOfVirtualNetworkLinks"],

  prepare: ({ body }) => ({
    properties: {
      ...(body.properties as object | undefined),
      maxNumberOfRecordSets: 25000,
      maxNumberOfVirtualNetworkLinks: 1000,
    },
  }),

  show({ resource }, world) {
    const count = (type: string) => world.state.children(resource.id, type).length;
    const properties = {
      ...resource.properties,
      // The start of authority counts, though it is no resource of its own here.
      numberOfRecordSets: count(recordType) + 1,
      numberOfVirtualNetworkLinks: count(linkType),
    };
    return { ...resource, properties };
  },

  refuseRemoval({ resource }, world) {
    const [link] = world.state.children(resource.id, linkType);
    if (!link) return;
    throw conflict(
      "CannotDeleteResource",
      `Cannot delete resource while nested resources exist: ${link.resource.id}. Delete the virtual network links first.`,
    );
  },
});

export const virtualNetworkLink: Kind = defineKind({
  type: linkType,
  apiVersions,
  schema: z.looseObject({
    properties: z.looseObject({ virtualNetwork: reference, registrationEnabled: z.boolean().default(false) }),
  }),
  names: { pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$/, rule: "1 to 80 letters, digits, `_`, `.` and `-`" },
  location: "global",
  longRunning: { put: "azure-async", delete: "azure-async" },
  readOnly: ["virtualNetworkLinkState"],

  prepare({ id, body, existing }, world) {
    const { virtualNetwork, registrationEnabled } = body.properties;
    resolveReference(world, virtualNetwork.id, "Microsoft.Network/virtualNetworks", id.id);
    const before = (existing?.resource.properties.virtualNetwork as { id: string } | undefined)?.id;
    if (before && !sameId(before, virtualNetwork.id)) {
      throw badRequest(
        "PropertyCannotBeChanged",
        `Link ${id.id} is to ${before} and cannot be changed to another network.`,
      );
    }
    const same = world
      .referringTo(virtualNetwork.id, linkType, (properties) => properties.virtualNetwork)
      .filter(({ resource }) => !sameId(resource.id, id.id));
    const twice = same.find(({ resource }) => sameId(parentOf(resource.id), id.parent));
    const registering = same.find(({ resource }) => resource.properties.registrationEnabled === true);
    const clash = twice ?? (registrationEnabled ? registering : undefined);
    if (clash) {
      throw conflict(
        "VirtualNetworkAlreadyLinked",
        `Virtual network ${virtualNetwork.id} is already linked by ${clash.resource.id}: a network is linked to a zone ` +
          "once, and registers in one zone only.",
      );
    }
    return { properties: { ...body.properties, virtualNetworkLinkState: "Completed" } };
  },
});

export const addressRecord: Kind = defineKind({
  type: recordType,
  apiVersions,
  schema: z.looseObject({
    properties: z.looseObject({
      ttl: z.number().int().min(1).max(2_147_483_647),
      aRecords: z.array(z.looseObject({ ipv4Address: z.ipv4() })).min(1, "needs at least one address"),
    }),
  }),
  names: {
    pattern: new RegExp(`^(@|(\\*|${label})(\\.${label})*)$`),
    rule: "`@`, or labels of a domain name, the first may be `*`",
  },
  location: "none",
  readOnly: ["fqdn", "isAutoRegistered"],

  prepare: ({ id, body }) => ({
    properties: {
      ...body.properties,
      fqdn: `${id.name === "@" ? "" : `${id.name}.`}${nameOf(id.parent ?? "")}.`,
      isAutoRegistered: false,
    },
  }),
});
