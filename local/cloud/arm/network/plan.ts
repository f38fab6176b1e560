import { type NetworkPlan, nextPublicAddress, type PlannedNetwork, type SecurityRule } from "../../../network/plan";
import type { Addresses } from "../hdinsight/placement";
import { nameOf, parentOf, sameId } from "../ids";
import type { Resource, Stored } from "../kind";
import type { World } from "../world";
import { addressSpace, type Half, halves, peeringState } from "./halves";
import type { RuleProperties } from "./securityGroups";
import { prefixesOf, type SubnetProperties, subnetType } from "./subnets";

/** What runs in a network, as clusters and workspaces keep it beside what they show. */
export interface Occupant {
  /** ARM id of the virtual network. */
  network: string;
  /** A cluster's hosts. */
  addresses?: Addresses;
  /** Public address that leads to a cluster's first head node. */
  publicAddress?: string;
  /** Private address of the machine that runs a workspace's notebooks. */
  driver?: string;
}

/** What the resources say about networks: who has which address, who reaches whom, which name leads where. */
export function networkPlan(world: World): NetworkPlan {
  const occupants = occupantsOf(world);
  const connected = halves(world).filter(({ stored }) => peeringState(stored) === "Connected");
  return {
    networks: world.state
      .ofType("Microsoft.Network/virtualNetworks")
      .map((network) => planned(world, network, occupants, connected)),
    peerings: connected.filter(isFirst).map(({ local, remote }) => [local, remote]),
  };
}

/** Private addresses that are taken. */
export function hostAddresses(world: World): string[] {
  return occupantsOf(world).flatMap(hostsOf);
}

/** A public address that no cluster has. */
export function allocatePublicAddress(world: World): string {
  return nextPublicAddress(occupantsOf(world).flatMap(({ publicAddress }) => publicAddress ?? []));
}

function planned(world: World, network: Stored, occupants: Occupant[], connected: Half[]): PlannedNetwork {
  const { id } = network.resource;
  const here = occupants.filter((occupant) => sameId(occupant.network, id));
  return {
    id,
    prefixes: addressSpace(network),
    hosts: [...new Set(here.flatMap(hostsOf))],
    subnets: world.state.children(id, subnetType).map(({ resource }) => {
      const { networkSecurityGroup } = resource.properties as SubnetProperties;
      const group = world.state.get(networkSecurityGroup?.id);
      return { prefixes: prefixesOf(resource.properties), rules: group && rulesOf(world, group) };
    }),
    gateways: here.flatMap(({ publicAddress, addresses }) => {
      const to = addresses?.heads[0];
      return publicAddress && to ? [{ address: publicAddress, to, ports: [443, 22] }] : [];
    }),
    names: namesIn(world, id),
    trusted: connected
      .filter(
        ({ local, stored }) => sameId(local, id) && stored.resource.properties.allowVirtualNetworkAccess !== false,
      )
      .map(({ remote }) => remote),
  };
}

function occupantsOf(world: World): Occupant[] {
  return world.state.all().flatMap(({ internal }) => ("network" in internal ? [internal as unknown as Occupant] : []));
}

function hostsOf({ addresses, driver }: Occupant): string[] {
  const { heads = [], zookeepers = [], workers = [] } = addresses ?? {};
  return [...heads, ...zookeepers, ...workers, ...(driver ? [driver] : [])];
}

function rulesOf(world: World, group: Stored): SecurityRule[] {
  const { securityRules, defaultSecurityRules } = world.show(group).properties as Record<string, Resource[]>;
  return [...(securityRules ?? []), ...(defaultSecurityRules ?? [])].map(({ name, properties }) => {
    const given = properties as unknown as RuleProperties;
    return {
      name,
      direction: given.direction,
      access: given.access,
      priority: given.priority,
      protocol: given.protocol,
      sources: both(given.sourceAddressPrefix, given.sourceAddressPrefixes),
      sourcePorts: both(given.sourcePortRange, given.sourcePortRanges),
      destinations: both(given.destinationAddressPrefix, given.destinationAddressPrefixes),
      destinationPorts: both(given.destinationPortRange, given.destinationPortRanges),
    };
  });
}

function both(one: string | undefined, several: string[] = []): string[] {
  return one ? [one, ...several] : several;
}

/** Address records of the private zones that are linked to a network. */
function namesIn(world: World, network: string): Record<string, string[]> {
  const zones = world
    .referringTo(
      network,
      "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
      ({ virtualNetwork }) => virtualNetwork,
    )
    .map(({ resource }) => parentOf(resource.id));
  return Object.fromEntries(
    zones.flatMap((zone) =>
      world.state.children(zone, "Microsoft.Network/privateDnsZones/A").map(({ resource }) => {
        const name = resource.name === "@" ? nameOf(zone) : `${resource.name}.${nameOf(zone)}`;
        const records = resource.properties.aRecords as { ipv4Address: string }[];
        return [name.toLowerCase(), records.map(({ ipv4Address }) => ipv4Address)];
      }),
    ),
  );
}

/** Of the two halves of a peering only one stands for it. */
function isFirst({ local, remote }: Half): boolean {
  return local.toLowerCase() < remote.toLowerCase();
}
