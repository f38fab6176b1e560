import { containsCidr, normalizeCidr, overlapCidr, parseCidr } from "cidr-tools";
import { keyName, type Problem, setCommand, show } from "./problems";

/** Azure keeps the first four addresses of a subnet and the last. */
export const reservedByAzure = 5;
/** Besides workers: two head nodes, three ZooKeeper nodes and the two gateway nodes that HDInsight adds. */
const fixedNodes = 2 + 3 + 2;
/** Ranges that Azure refuses in a virtual network. */
const forbidden = ["0.0.0.0/8", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "224.0.0.0/3"];

/** Whether this is an IPv4 range that starts at its network address, such as "10.0.0.0/24". */
export function isCanonicalRange(range: string): boolean {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}\/(?:\d|[12]\d|3[0-2])$/.test(range)) return false;
  try {
    return normalizeCidr(range) === range;
  } catch {
    return false;
  }
}

/** Number of addresses in a range. */
export function size(range: string): number {
  const { start, end } = parseCidr(range);
  return Number(end - start) + 1;
}

/** Prefix length of the smallest subnet that holds a cluster with this many workers. */
export function smallestSubnet(workers: number): number {
  return 32 - Math.ceil(Math.log2(workers + fixedNodes + reservedByAzure));
}

/** The range of the managed Databricks network that starts with these two octets. */
function databricksRange(prefix: string): string {
  return `${prefix}.0.0/16`;
}

/** Whether Azure accepts the range for a virtual network. */
export function isUsableRange(range: string): boolean {
  return (
    isCanonicalRange(range) && prefixLength(range) >= 8 && prefixLength(range) <= 29 && !overlapCidr(range, forbidden)
  );
}

/** Whether the two octets start a range that Azure accepts. */
export function isUsablePrefix(prefix: string): boolean {
  return /^\d{1,3}\.\d{1,3}$/.test(prefix) && isUsableRange(databricksRange(prefix));
}

/** Whether this is a range for operators: anything narrower than a /8, so never the whole internet. */
export function isOperatorRange(range: string): boolean {
  return isCanonicalRange(range) && prefixLength(range) >= 8;
}

/** What the address settings must be to each other. A setting that is wrong by itself is left out here. */
export function addressProblems(values: {
  kafkaAddressSpace?: string;
  kafkaSubnetPrefix?: string;
  kafkaWorkers?: number;
  databricksNetwork?: string;
  databricksAddressPrefix?: string;
}): Problem[] {
  const { kafkaAddressSpace: space, kafkaSubnetPrefix: subnet, kafkaWorkers: workers } = values;
  const problems: Problem[] = [];

  if (space && subnet && !containsCidr(space, subnet)) {
    problems.push({
      key: keyName("kafkaSubnetPrefix"),
      got: show(subnet),
      needs: `a range inside \`streaming:kafkaAddressSpace\` (${space})`,
      fix: [setCommand("kafkaSubnetPrefix", firstSubnet(space, 24))],
    });
  }

  if (subnet && workers !== undefined && size(subnet) < workers + fixedNodes + reservedByAzure) {
    const prefix = smallestSubnet(workers);
    problems.push({
      key: keyName("kafkaSubnetPrefix"),
      got: `${show(subnet)} (${size(subnet)} addresses)`,
      needs: `room for ${workers + fixedNodes} nodes and the ${reservedByAzure} addresses that Azure keeps: a /${prefix} or larger`,
      fix: roomFor(space ?? subnet, Math.min(24, prefix)),
    });
  }

  // A network of the workspace's own is checked with its subnets, in network.ts.
  const prefix = values.databricksNetwork === "injected" ? undefined : values.databricksAddressPrefix;
  if (space && prefix && overlapCidr(space, databricksRange(prefix))) {
    const free = ["10.139", "10.140", "172.20", "192.168"].find((other) => !overlapCidr(space, databricksRange(other)));
    problems.push({
      key: keyName("kafkaAddressSpace"),
      got: show(space),
      needs: `a range that does not overlap the Databricks network ${databricksRange(prefix)} (\`streaming:databricksAddressPrefix\`): networks that overlap cannot be peered`,
      fix: [setCommand("databricksAddressPrefix", free ?? "10.139")],
    });
  }
  return problems;
}

/** The first subnet of a range, of a prefix length at least this long. */
function firstSubnet(space: string, prefix: number): string {
  return `${space.split("/")[0]}/${Math.max(prefix, prefixLength(space))}`;
}

/** Commands that give the cluster a subnet of this prefix length, in a wider address space where there must be one. */
function roomFor(space: string, prefix: number): string[] {
  if (prefixLength(space) <= prefix) return [setCommand("kafkaSubnetPrefix", firstSubnet(space, prefix))];
  const wider = normalizeCidr(`${space.split("/")[0]}/${prefix}`);
  return [setCommand("kafkaAddressSpace", wider), setCommand("kafkaSubnetPrefix", wider)];
}

/** The number after the slash. */
export function prefixLength(range: string): number {
  return Number(range.split("/")[1]);
}
