import { managedNetworkId } from "../cloud/arm/databricks/managedGroup";
import { nameOf, sameId } from "../cloud/arm/ids";
import type { Stored } from "../cloud/arm/kind";
import { addressSpace, halfOf, peeringState, peeringType, workspacePeeringType } from "../cloud/arm/network/halves";
import type { NetworkView } from "./model";

const networkType = "Microsoft.Network/virtualNetworks";
const workspaceType = "Microsoft.Databricks/workspaces";

/** The virtual networks among ARM's resources, each with its halves of peerings, of whichever kind. */
export function networkViews(resources: Stored[]): NetworkView[] {
  const ofType = (...types: string[]) =>
    resources.filter(({ resource }) => types.some((type) => type.toLowerCase() === resource.type.toLowerCase()));
  const halves = ofType(peeringType, workspacePeeringType).map(halfOf);
  const sparkNetworks = ofType(workspaceType).map(networkOfWorkspace);
  return ofType(networkType).map((network) => ({
    id: network.resource.id,
    name: network.resource.name,
    addressSpace: addressSpace(network),
    hasSpark: sparkNetworks.some((id) => sameId(id, network.resource.id)),
    peerings: halves
      .filter(({ local }) => sameId(local, network.resource.id))
      .map(({ stored, remote }) => ({
        name: stored.resource.name,
        remote: nameOf(remote),
        state: String(peeringState(stored)),
      })),
  }));
}

/** One of the user's own, or else the one that Databricks manages. */
function networkOfWorkspace({ resource: { properties } }: Stored): string {
  const { customVirtualNetworkId: own } = (properties.parameters ?? {}) as Record<
    string,
    { value: string } | undefined
  >;
  return own?.value ?? managedNetworkId(String(properties.managedResourceGroupId));
}
