import { mergeCidr } from "cidr-tools";
import type { PlannedNetwork, PlannedSubnet, SecurityRule } from "../plan";
import { azureAddress } from "./namespace";

/** Rules of a network's firewall, in nft's language. */

/** @param space Ranges that `VirtualNetwork` means: the network's own and those of networks it trusts. */
export function ruleset(network: PlannedNetwork, space: string[]): string {
  return [...filterTable(network, space), ...gatewayTable(network), ""].join("\n");
}

/**
 * Security groups sit at subnets, so that they also decide on what goes from host to host inside one. They see both
 * ends of what stays in the network, and know of connections: answers pass, and so does what began before a change.
 */
function filterTable({ prefixes, subnets }: PlannedNetwork, space: string[]): string[] {
  const groups = subnets.filter(({ rules }) => rules);
  const jump = (end: "saddr" | "daddr", chain: string) =>
    groups.map((subnet, index) => `ip ${end} ${set(subnet.prefixes)} jump ${chain}${index}`);
  const own = `{ 127.0.0.0/8, ${azureAddress} }`;
  return [
    "table inet security {",
    ...groups.flatMap((subnet, index) => [
      ...chain(`inbound${index}`, decisions(subnet, "Inbound", space)),
      ...chain(`outbound${index}`, decisions(subnet, "Outbound", space)),
    ]),
    ...chain("input", [
      "type filter hook input priority filter; policy drop;",
      "ct state established,related accept",
      `ip daddr ${own} accept`,
      ...jump("daddr", "inbound"),
      // A subnet without a group filters nothing.
      ...(prefixes.length > 0 ? [`ip daddr ${set(prefixes)} accept`] : []),
    ]),
    ...chain("output", [
      "type filter hook output priority filter; policy accept;",
      "ct state established,related accept",
      `ip daddr ${own} accept`,
      ...jump("saddr", "outbound"),
    ]),
    "}",
  ];
}

/** What the load balancer in front of a cluster does: a public address leads to a host, which sees the caller's own. */
function gatewayTable({ gateways }: PlannedNetwork): string[] {
  const leads = gateways.flatMap(({ address, to, ports }) =>
    ports.map((port) => `ip daddr ${address} tcp dport ${port} dnat to ${to}:${port}`),
  );
  const hook = "type nat hook prerouting priority dstnat;";
  return leads.length === 0 ? [] : ["table ip gateway {", ...chain("prerouting", [hook, ...leads]), "}"];
}

function decisions({ rules = [] }: PlannedSubnet, direction: SecurityRule["direction"], space: string[]): string[] {
  return rules
    .filter((rule) => rule.direction === direction)
    .sort((a, b) => a.priority - b.priority)
    .flatMap((rule) => statements(rule, space));
}

/** A rule as nft has it: as many statements as there are kinds of sources, destinations and ports. */
export function statements(rule: SecurityRule, space: string[]): string[] {
  const name = rule.name.replaceAll(/[^\w.-]/g, "_").slice(0, 80);
  const verdict = `${rule.access === "Allow" ? "accept" : "drop"} comment "${rule.priority} ${name}"`;
  const sources = addressMatches("saddr", rule.sources, space);
  const destinations = addressMatches("daddr", rule.destinations, space);
  return sources.flatMap((source) =>
    destinations.flatMap((destination) =>
      trafficMatches(rule).map((traffic) => [source, destination, traffic, verdict].filter(Boolean).join(" ")),
    ),
  );
}

/** No match for any address, none at all for service tags of services that send and receive nothing here. */
function addressMatches(end: "saddr" | "daddr", prefixes: string[], space: string[]): string[] {
  if (prefixes.some((prefix) => /^(\*|0\.0\.0\.0\/0|any)$/i.test(prefix))) return [""];
  const ranges = prefixes.flatMap((prefix) => {
    if (/^VirtualNetwork$/i.test(prefix)) return space;
    if (/^AzureLoadBalancer$/i.test(prefix)) return [azureAddress];
    return /^[\d./]+$/.test(prefix) ? [prefix] : [];
  });
  const matches = ranges.length > 0 ? [`ip ${end} ${set(ranges)}`] : [];
  const outside = prefixes.some((prefix) => /^Internet$/i.test(prefix));
  return outside ? [...matches, `ip ${end} != ${set([...space, azureAddress])}`] : matches;
}

function trafficMatches({ protocol, sourcePorts, destinationPorts }: SecurityRule): string[] {
  const name = protocol.toLowerCase();
  const withPorts = protocol === "*" || protocol === "Tcp" || protocol === "Udp";
  const any = protocol === "*" ? "" : `meta l4proto ${name}`;
  if (!withPorts) return [any];
  // nft refuses sets that overlap, which Azure allows: so one statement for each range.
  return portsOf(sourcePorts).flatMap((from) =>
    portsOf(destinationPorts).map((to) => {
      const ports = [from && `th sport ${from}`, to && `th dport ${to}`].filter(Boolean);
      if (ports.length === 0) return any;
      return [`meta l4proto ${protocol === "*" ? "{ tcp, udp }" : name}`, ...ports].join(" ");
    }),
  );
}

/** Ranges; one that is empty for any port. */
function portsOf(ranges: string[]): string[] {
  return ranges.length === 0 || ranges.includes("*") ? [""] : ranges;
}

function set(ranges: string[]): string {
  return `{ ${mergeCidr(ranges).join(", ")} }`;
}

function chain(name: string, lines: string[]): string[] {
  return [`  chain ${name} {`, ...lines.map((line) => `    ${line}`), "  }"];
}
