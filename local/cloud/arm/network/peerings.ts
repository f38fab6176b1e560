import { randomUUID } from "node:crypto";
import { z } from "zod";
import { badRequest } from "../errors";
import { sameId } from "../ids";
import { defineKind } from "../kind";
import { networkNames, networkVersions, reference, resourceGuid } from "./common";
import { addressSpace, checkHalf, connect, disconnectReverse, halfOf, peeringState, peeringType } from "./halves";

/** One half of a peering, on an ordinary virtual network. */
export const networkPeering = defineKind({
  type: peeringType,
  apiVersions: networkVersions,
  schema: z.looseObject({
    properties: z.looseObject({
      remoteVirtualNetwork: reference,
      allowVirtualNetworkAccess: z.boolean().optional(),
      allowForwardedTraffic: z.boolean().optional(),
      allowGatewayTransit: z.boolean().optional(),
      useRemoteGateways: z.boolean().optional(),
    }),
  }),
  names: networkNames,
  location: "none",
  longRunning: { put: "azure-async", delete: "azure-async" },
  readOnly: [
    "peeringState",
    "peeringSyncLevel",
    "remoteAddressSpace",
    "remoteVirtualNetworkAddressSpace",
    "resourceGuid",
  ],

  prepare({ id, body, existing }, world) {
    const remote = body.properties.remoteVirtualNetwork.id;
    refuseOtherRemote(id.id, existing && halfOf(existing).remote, remote);
    refuseRemoteGateways(id.id, remote, body.properties.useRemoteGateways);
    const other = checkHalf(world, id.id, id.parent ?? "", remote);
    const remoteSpace = { addressPrefixes: addressSpace(other) };
    return {
      properties: {
        allowVirtualNetworkAccess: true,
        allowForwardedTraffic: false,
        allowGatewayTransit: false,
        useRemoteGateways: false,
        doNotVerifyRemoteGateways: false,
        peerCompleteVnets: true,
        ...body.properties,
        remoteAddressSpace: remoteSpace,
        remoteVirtualNetworkAddressSpace: remoteSpace,
        peeringState: existing && peeringState(existing) === "Connected" ? "Connected" : "Initiated",
        peeringSyncLevel: "RemoteNotInSync",
        resourceGuid: resourceGuid(existing, randomUUID()),
      },
    };
  },

  provision: async (stored, world) => connect(world, stored),
  removed: (stored, world) => disconnectReverse(world, stored),
});

export function refuseOtherRemote(id: string, before: string | undefined, now: string): void {
  if (before === undefined || sameId(before, now)) return;
  throw badRequest(
    "RemoteVirtualNetworkCannotBeChanged",
    `Peering ${id} references ${before}; it cannot be changed to ${now}. Delete the peering and create it again.`,
  );
}

export function refuseRemoteGateways(id: string, remote: string, use: boolean | undefined): void {
  if (!use) return;
  throw badRequest(
    "RemoteVnetHasNoGateways",
    `Peering ${id} cannot have UseRemoteGateways flag set to true because remote virtual network ${remote} referenced ` +
      "by the peering does not have any gateways.",
  );
}
