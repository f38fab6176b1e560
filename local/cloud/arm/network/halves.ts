import { overlapCidr } from "cidr-tools";
import { badRequest } from "../errors";
import { nameOf, parentOf, sameId } from "../ids";
import type { Properties, Stored } from "../kind";
import type { World } from "../world";
import { resolveReference } from "./common";

/**
 * A peering is two halves, one on each network, of whichever kind: an ordinary network's, or a Databricks workspace's
 * for its managed network. Packets flow only while both are there.
 */
export interface Half {
  stored: Stored;
  local: string;
  remote: string;
}

export const peeringType = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings";
export const workspacePeeringType = "Microsoft.Databricks/workspaces/virtualNetworkPeerings";
const networkType = "Microsoft.Network/virtualNetworks";

export function halfOf(stored: Stored): Half {
  const { id, type, properties } = stored.resource;
  const idAt = (name: string) => (properties[name] as { id: string }).id;
  const local = type === peeringType ? parentOf(id) : idAt("databricksVirtualNetwork");
  return { stored, local, remote: idAt("remoteVirtualNetwork") };
}

export function halves(world: World): Half[] {
  return [...world.state.ofType(peeringType), ...world.state.ofType(workspacePeeringType)].map(halfOf);
}

export function addressSpace(network: Stored | undefined): string[] {
  return (
    (network?.resource.properties.addressSpace as { addressPrefixes: string[] } | undefined)?.addressPrefixes ?? []
  );
}

export function peeringState(stored: Stored): unknown {
  return stored.resource.properties.peeringState;
}

/** Everything Azure refuses about one half, given what is there already. Returns the other network. */
export function checkHalf(world: World, id: string, local: string, remote: string): Stored {
  if (sameId(local, remote)) {
    throw badRequest("VnetCannotBePeeredWithItself", `Cannot create or update peering ${id}: both ends are ${local}.`);
  }
  const other = resolveReference(world, remote, networkType, id);
  const own = world.state.get(local);
  const existing = halves(world).filter((half) => !sameId(half.stored.resource.id, id));

  const same = existing.find((half) => sameId(half.local, local) && sameId(half.remote, remote));
  if (same) {
    throw badRequest(
      "AnotherPeeringAlreadyReferencesRemoteVnet",
      `Peering ${same.stored.resource.id} already references remote virtual network ${remote}. Cannot add another ` +
        "peering referencing the same remote virtual network.",
    );
  }
  const reverse = existing.find((half) => sameId(half.local, remote) && sameId(half.remote, local));
  if (reverse && peeringState(reverse.stored) === "Disconnected") {
    throw badRequest(
      "RemotePeeringIsDisconnected",
      `Cannot create or update peering ${id} because remote peering ${reverse.stored.resource.id} referencing parent ` +
        `virtual network ${local} is in Disconnected state. Update or re-create the remote peering to get it back to ` +
        "Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted and re-created.",
    );
  }
  refuseOverlap(world, id, own, other, existing);
  return other;
}

/** Tells whether a network may take these prefixes, given what it is peered with. */
export function refusePeeredOverlap(world: World, network: string, prefixes: string[]): void {
  for (const half of halves(world).filter(({ local }) => sameId(local, network))) {
    const remote = addressSpace(world.state.get(half.remote));
    if (remote.length === 0 || !overlapCidr(prefixes, remote)) continue;
    throw overlapError(half.stored.resource.id, network, half.remote, prefixes, remote);
  }
}

/** Sets both halves to Connected once both are there. Runs when either has been provisioned. */
export function connect(world: World, stored: Stored): Properties {
  const { local, remote } = halfOf(stored);
  const reverse = halves(world).find((half) => sameId(half.local, remote) && sameId(half.remote, local));
  const remoteSpace = { addressPrefixes: addressSpace(world.state.get(remote)) };
  const spaces = stored.resource.type === peeringType ? { remoteVirtualNetworkAddressSpace: remoteSpace } : {};
  if (!reverse) {
    return {
      peeringState: "Initiated",
      ...syncLevel(stored, "RemoteNotInSync"),
      remoteAddressSpace: remoteSpace,
      ...spaces,
    };
  }
  const connected = { peeringState: "Connected", ...syncLevel(reverse.stored, "FullyInSync") };
  world.state.merge(reverse.stored.resource.id, connected);
  return { peeringState: "Connected", ...syncLevel(stored, "FullyInSync"), remoteAddressSpace: remoteSpace, ...spaces };
}

/** The other half of one that is gone has lost its partner. */
export function disconnectReverse(world: World, gone: Stored): void {
  const { local, remote } = halfOf(gone);
  for (const half of halves(world)) {
    if (sameId(half.local, remote) && sameId(half.remote, local)) disconnect(world, half);
  }
}

/** Halves that lead to a network that is gone. */
export function disconnectFrom(world: World, network: string): void {
  for (const half of halves(world)) if (sameId(half.remote, network)) disconnect(world, half);
}

function disconnect(world: World, half: Half): void {
  world.state.merge(half.stored.resource.id, {
    peeringState: "Disconnected",
    ...syncLevel(half.stored, "RemoteNotInSync"),
  });
}

/** Only the network's own kind of peering has a sync level. */
function syncLevel(stored: Stored, level: string): Properties {
  return stored.resource.type === peeringType ? { peeringSyncLevel: level } : {};
}

function refuseOverlap(world: World, id: string, own: Stored | undefined, other: Stored, existing: Half[]): void {
  const [ownSpace, otherSpace] = [addressSpace(own), addressSpace(other)];
  const local = own?.resource.id ?? "";
  if (overlapCidr(ownSpace, otherSpace)) throw overlapError(id, local, other.resource.id, ownSpace, otherSpace);
  for (const half of existing.filter((candidate) => sameId(candidate.local, local))) {
    const third = addressSpace(world.state.get(half.remote));
    if (third.length === 0 || !overlapCidr(otherSpace, third)) continue;
    throw badRequest(
      "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
      `Cannot create or update peering ${id}. Virtual networks ${local} and ${other.resource.id} cannot be peered ` +
        `because address space of ${nameOf(other.resource.id)} overlaps with address space of ${nameOf(half.remote)} ` +
        `already peered with ${nameOf(local)}. Overlapping address prefixes: ${shared(otherSpace, third)}.`,
    );
  }
}

function overlapError(id: string, local: string, remote: string, own: string[], other: string[]) {
  return badRequest(
    "VnetAddressSpacesOverlap",
    `Cannot create or update peering ${id}. Virtual networks ${local} and ${remote} cannot be peered because their ` +
      `address spaces overlap. Overlapping address prefixes: ${shared(own, other)}.`,
  );
}

function shared(a: string[], b: string[]): string {
  return a.filter((prefix) => overlapCidr(prefix, b)).join(", ");
}
