import { z } from "zod";
import { badRequest, conflict } from "../errors";
import { defineKind, type Kind } from "../kind";
import { networkNames, reference } from "../network/common";
import {
  addressSpace,
  checkHalf,
  connect,
  disconnectReverse,
  halfOf,
  peeringState,
  workspacePeeringType,
} from "../network/halves";
import { refuseOtherRemote, refuseRemoteGateways } from "../network/peerings";
import { managedNetworkId } from "./managedGroup";
import { databricksVersions, isInjected } from "./workspace";

/** The workspace's half of a peering, for its managed network, which nobody else may touch. */
export const workspacePeering: Kind = defineKind({
  type: workspacePeeringType,
  apiVersions: databricksVersions,
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
  readOnly: ["peeringState", "databricksVirtualNetwork", "databricksAddressSpace", "remoteAddressSpace"],

  prepare({ id, body, existing }, world) {
    const owner = world.state.get(id.parent);
    if (!owner?.resource.properties.workspaceUrl) {
      throw conflict("WorkspaceNotReady", `Workspace '${owner?.resource.name}' is not in Succeeded state.`);
    }
    if (isInjected(owner)) {
      throw badRequest(
        "VNetPeeringNotSupported",
        `Workspace '${owner.resource.name}' is in a network of your own: peer that network instead of the workspace.`,
      );
    }
    const local = managedNetworkId(String(owner.resource.properties.managedResourceGroupId));
    const remote = body.properties.remoteVirtualNetwork.id;
    refuseOtherRemote(id.id, existing && halfOf(existing).remote, remote);
    refuseRemoteGateways(id.id, remote, body.properties.useRemoteGateways);
    const other = checkHalf(world, id.id, local, remote);
    if (other.resource.location !== owner.resource.location) {
      throw badRequest(
        "VNetPeeringLocationMismatch",
        `Network ${remote} is in ${other.resource.location}; the workspace is in ${owner.resource.location}, and both must be the same.`,
      );
    }
    return {
      properties: {
        allowVirtualNetworkAccess: true,
        allowForwardedTraffic: false,
        allowGatewayTransit: false,
        useRemoteGateways: false,
        ...body.properties,
        databricksVirtualNetwork: { id: local },
        databricksAddressSpace: { addressPrefixes: addressSpace(world.state.get(local)) },
        remoteAddressSpace: { addressPrefixes: addressSpace(other) },
        peeringState: existing && peeringState(existing) === "Connected" ? "Connected" : "Initiated",
      },
    };
  },

  provision: async (stored, world) => connect(world, stored),
  removed: (stored, world) => disconnectReverse(world, stored),
});
