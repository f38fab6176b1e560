import { nameOf, sameId } from "../cloud/arm/ids";
import type { Stored } from "../cloud/arm/kind";
import { addressSpace, halfOf, peeringState, peeringType, workspacePeeringType } from "../cloud/arm/network/halves";
import type { NetworkView } from "./model";

const networkType = "microsoft.network/virtualnetworks";

/** The virtual networks among ARM's resources, each with its halves of peerings, of whichever kind. */
export function networkViews(resources: Stored[]): NetworkView[] {
  const ofType = (...types: string[]) =>
    resources.filter(({ resource }) => types.some((type) => type.toLowerCase() === resource.type.toLowerCase()));
  const halves = ofType(peeringType, workspacePeeringType).map(halfOf);
  return ofType(networkType).map((network) => ({
    id: network.resource.id,
    name: network.resource.name,
    addressSpace: addressSpace(network),
    peerings: halves
      .filter(({ local }) => sameId(local, network.resource.id))
      .map(({ stored, remote }) => ({
        name: stored.resource.name,
        remote: nameOf(remote),
        state: String(peeringState(stored)),
      })),
  }));
}
