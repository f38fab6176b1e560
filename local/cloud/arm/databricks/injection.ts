import { parseCidr } from "cidr-tools";
import { badRequest } from "../errors";
import type { ResourceId } from "../ids";
import { resolveReference } from "../network/common";
import { prefixesOf, type SubnetProperties, subnetType } from "../network/subnets";
import type { World } from "../world";
import type { Parameters } from "./parameters";

const smallestSubnet = 26;

/**
 * A workspace in a network of one's own ("VNet injection"): both subnets must be there, delegated to Databricks, with
 * a security group, and large enough. Returns their ids; none for a managed network.
 */
export function injectedSubnets(
  world: World,
  id: ResourceId,
  location: string | undefined,
  given: Parameters,
): string[] {
  const network = given.customVirtualNetworkId?.value;
  const names = [given.customPublicSubnetName?.value, given.customPrivateSubnetName?.value];
  if (!network && !names.some(Boolean)) return [];
  if (!network || !names[0] || !names[1] || names[0] === names[1]) {
    throw badRequest(
      "InvalidParameters",
      "`customVirtualNetworkId`, `customPublicSubnetName` and `customPrivateSubnetName` go together, with two different subnets.",
    );
  }
  if (given.vnetAddressPrefix) {
    throw badRequest(
      "InvalidParameters",
      "`vnetAddressPrefix` is for the managed network; leave it out with `customVirtualNetworkId`.",
    );
  }
  resolveReference(world, network, "Microsoft.Network/virtualNetworks", id.id, location);
  return names.map((name) => {
    const subnet = resolveReference(world, `${network}/subnets/${name}`, subnetType, id.id);
    checkSubnet(subnet.resource.id, subnet.resource.properties);
    return subnet.resource.id;
  });
}

function checkSubnet(id: string, properties: SubnetProperties): void {
  const delegated = properties.delegations?.some(
    (delegation) => delegation.properties?.serviceName.toLowerCase() === "microsoft.databricks/workspaces",
  );
  if (!delegated) throw unusable(id, "it must be delegated to Microsoft.Databricks/workspaces");
  if (!properties.networkSecurityGroup) throw unusable(id, "it must be associated with a network security group");
  const [prefix = "0.0.0.0/32"] = prefixesOf(properties);
  if (Number(parseCidr(prefix).prefix) > smallestSubnet)
    throw unusable(id, `${prefix} is smaller than /${smallestSubnet}`);
}

function unusable(id: string, reason: string) {
  return badRequest("InvalidSubnetForWorkspace", `Subnet ${id} cannot be used by the workspace: ${reason}.`);
}
