import { allocateAddresses } from "../../addresses";
import { badRequest } from "../errors";
import { parentOf, sameId } from "../ids";
import type { Properties, Stored } from "../kind";
import { resolveReference } from "../network/common";
import { hostAddresses } from "../network/plan";
import type { RuleProperties } from "../network/securityGroups";
import { prefixesOf, subnetType } from "../network/subnets";
import type { World } from "../world";
import { role } from "./rules";
import type { Role } from "./schema";

/** Private addresses of a cluster's hosts, by role, in the order of their numbers. */
export interface Addresses {
  heads: string[];
  zookeepers: string[];
  workers: string[];
}

/** The subnet a cluster goes into. It must be ready for one: NAT gateway, security group, and the way in for HDInsight. */
export function findSubnet(world: World, id: string, location: string | undefined, roles: readonly Role[]): Stored {
  const profiles = roles.map(({ virtualNetworkProfile }) => virtualNetworkProfile);
  const [first] = profiles;
  if (!first) {
    throw badRequest(
      "VirtualNetworkProfileMissing",
      "Every role needs `virtualNetworkProfile` with `id` and `subnet`: the twin reaches brokers at their network's addresses.",
    );
  }
  if (!profiles.every((one) => sameId(one?.id, first.id) && sameId(one?.subnet, first.subnet))) {
    throw badRequest("InvalidVirtualNetworkProfile", "All roles must be in the same virtual network and subnet.");
  }
  const network = resolveReference(world, first.id, "Microsoft.Network/virtualNetworks", id, location);
  const subnet = resolveReference(world, first.subnet, subnetType, id);
  if (!sameId(parentOf(subnet.resource.id), network.resource.id)) {
    throw badRequest("InvalidVirtualNetworkProfile", `Subnet ${first.subnet} is not part of ${first.id}.`);
  }
  checkWayOut(subnet);
  checkWayIn(world, subnet);
  return subnet;
}

/** Head nodes, then ZooKeeper, then workers: `.4` of the subnet is hn0 in an empty one. */
export function allocate(world: World, subnet: Stored, roles: readonly Role[]): Addresses {
  const count = (name: string) => role(roles, name)?.targetInstanceCount ?? 0;
  const [heads, zookeepers, workers] = [count("headnode"), count("zookeepernode"), count("workernode")];
  const all = nextAddresses(world, subnet, heads + zookeepers + workers);
  return {
    heads: all.slice(0, heads),
    zookeepers: all.slice(heads, heads + zookeepers),
    workers: all.slice(heads + zookeepers),
  };
}

/** Addresses that no cluster in the subnet has. */
export function nextAddresses(world: World, subnet: Stored, count: number): string[] {
  const [prefix = ""] = prefixesOf(subnet.resource.properties);
  return allocateAddresses(prefix, count, hostAddresses(world));
}

function checkWayOut(subnet: Stored): void {
  if (subnet.resource.properties.natGateway) return;
  throw badRequest(
    "SubnetHasNoOutboundAccess",
    `Subnet ${subnet.resource.id} has no NAT gateway. Clusters since 2025 use a standard load balancer, which gives no ` +
      "way out: associate a NAT gateway with the subnet before creating the cluster.",
  );
}

function checkWayIn(world: World, subnet: Stored): void {
  const group = world.state.get((subnet.resource.properties.networkSecurityGroup as { id?: string } | undefined)?.id);
  if (!group) {
    throw badRequest(
      "SubnetHasNoSecurityGroup",
      `Subnet ${subnet.resource.id} has no network security group. Associate one that allows HDInsight's management ` +
        "traffic before creating the cluster.",
    );
  }
  const rules = world.show(group).properties.securityRules as {
    name: string;
    properties: Properties & RuleProperties;
  }[];
  const deciding = rules
    .map(({ properties }) => properties)
    .filter(({ direction }) => direction === "Inbound")
    .sort((a, b) => a.priority - b.priority)
    .find((rule) => fromManagement(rule) && toHttps(rule));
  if (deciding?.access === "Allow") return;
  throw badRequest(
    "InboundManagementTrafficBlocked",
    `Network security group ${group.resource.id} lets no HDInsight management traffic in. Add an inbound rule that allows ` +
      "TCP port 443 from the service tag HDInsight.",
  );
}

function fromManagement(rule: RuleProperties): boolean {
  const sources = [rule.sourceAddressPrefix ?? [], rule.sourceAddressPrefixes ?? []].flat();
  const tcp = rule.protocol === "*" || rule.protocol === "Tcp";
  return tcp && sources.some((source) => /^(\*|0\.0\.0\.0\/0|Internet|AzureCloud|HDInsight(\..+)?)$/i.test(source));
}

function toHttps(rule: RuleProperties): boolean {
  const ports = [rule.destinationPortRange ?? [], rule.destinationPortRanges ?? []].flat();
  return ports.some((range) => {
    const [from, to = from] = range === "*" ? ["0", "65535"] : range.split("-");
    return Number(from) <= 443 && 443 <= Number(to);
  });
}
