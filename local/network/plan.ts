/** What is to be there: every virtual network, and which of them reach each other. Made from ARM's resources. */
export interface NetworkPlan {
  networks: PlannedNetwork[];
  /** Ids of two networks whose peering is Connected from both sides. */
  peerings: [a: string, b: string][];
}

export interface PlannedNetwork {
  /** ARM id. */
  id: string;
  /** Address space, as CIDR ranges. */
  prefixes: string[];
  /** Addresses that hosts have in it. */
  hosts: string[];
  subnets: PlannedSubnet[];
  /** Public addresses and what answers behind each: a port here, and the private address that it leads to. */
  gateways: { address: string; to: string; ports: number[] }[];
  /** Addresses by full name, of the private zones that are linked to the network; `*.zone` for a wildcard. */
  names: Record<string, string[]>;
  /** Networks that count as `VirtualNetwork` in its rules: those that it is peered with and lets in. */
  trusted: string[];
}

export interface PlannedSubnet {
  prefixes: string[];
  /** Rules of its network security group, Azure's own included. Undefined without a group: nothing is filtered. */
  rules?: SecurityRule[];
}

/** A rule of a network security group, with Azure's service tags still in it. */
export interface SecurityRule {
  name: string;
  direction: "Inbound" | "Outbound";
  access: "Allow" | "Deny";
  /** 100 to 65500; the lowest that matches decides. */
  priority: number;
  protocol: "*" | "Tcp" | "Udp" | "Icmp" | "Esp" | "Ah";
  sources: string[];
  sourcePorts: string[];
  destinations: string[];
  destinationPorts: string[];
}

/** Where the operator (the Pulumi engine, ssh, curl) comes from: an address for documentation, RFC 5737. */
export const operatorAddress = "203.0.113.4";

/** The next public address that is not taken, of the same range. */
export function nextPublicAddress(taken: readonly string[]): string {
  for (let last = 11; last < 255; last++) {
    const address = `203.0.113.${last}`;
    if (!taken.includes(address)) return address;
  }
  throw new Error("No public address is left: there are 244 clusters");
}
