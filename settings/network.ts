import { containsCidr, overlapCidr } from "cidr-tools";
import { prefixLength, reservedByAzure, size } from "./addresses";
import { keyName, type Problem, removeCommand, setCommand, show } from "./problems";

/** Longest prefix of a subnet for a workspace, and of its network. Azure refuses smaller ones when it makes the workspace. */
export const smallestWorkspaceSubnet = 26;
/** Databricks' own default. */
export const managedDefault = "10.139";
/** Not the range of the managed network, so that a stack can go from one to the other. */
export const injectedDefault = "10.140.0.0/16";

/** CIDRs of a workspace's own network, under the names that `DatabricksNetwork` has for them. */
export interface SparkNetwork {
  addressSpace: string;
  hostSubnetPrefix: string;
  containerSubnetPrefix: string;
}

interface NetworkValues {
  databricksNetwork?: string;
  databricksAddressPrefix?: string;
  databricksAddressSpace?: string;
  databricksHostSubnetPrefix?: string;
  databricksContainerSubnetPrefix?: string;
}

const injectedKeys = [
  "databricksAddressSpace",
  "databricksHostSubnetPrefix",
  "databricksContainerSubnetPrefix",
] as const;

/** What `DatabricksWorkspace` and `DatabricksNetwork` are told: one of the two. */
export function networkSettings(values: NetworkValues): { managedAddressPrefix?: string; network?: SparkNetwork } {
  return values.databricksNetwork === "injected"
    ? { network: sparkNetwork(values) }
    : { managedAddressPrefix: values.databricksAddressPrefix };
}

/** The ranges as they are given; a subnet that is not given is a quarter of the address space, and /26 at least. */
function sparkNetwork(values: NetworkValues): SparkNetwork {
  const addressSpace = values.databricksAddressSpace ?? injectedDefault;
  return {
    addressSpace,
    hostSubnetPrefix: values.databricksHostSubnetPrefix ?? quarter(addressSpace, 0),
    containerSubnetPrefix: values.databricksContainerSubnetPrefix ?? quarter(addressSpace, 1),
  };
}

/** The first or second quarter of a range. */
function quarter(range: string, index: 0 | 1): string {
  const prefix = prefixLength(range) + 2;
  const [a = 0, b = 0, c = 0, d = 0] = range.split("/")[0].split(".").map(Number);
  const start = ((a * 256 + b) * 256 + c) * 256 + d + index * 2 ** (32 - prefix);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join(".")}/${prefix}`;
}

/** What the keys of a workspace's network must be to the mode, to each other, to Kafka's range and to the clusters. */
export function networkProblems(
  values: NetworkValues & { kafkaAddressSpace?: string; sparkWorkers?: number; sparkInteractiveCluster?: string },
): Problem[] {
  const { databricksNetwork: mode } = values;
  if (mode === undefined) return [];
  if (mode === "managed") return injectedKeys.flatMap((key) => ofOtherMode(key, values[key], mode, "injected"));
  const { databricksAddressPrefix: prefix } = values;
  const misplaced = prefix === managedDefault ? [] : ofOtherMode("databricksAddressPrefix", prefix, mode, "managed");
  // A key that is wrong by itself is not there at all; a default would be checked in its place.
  if (injectedKeys.some((key) => !(key in values))) return misplaced;
  return [...misplaced, ...injectedProblems(sparkNetwork(values), values)];
}

function ofOtherMode(key: string, value: string | undefined, mode: string, other: string): Problem[] {
  if (value === undefined) return [];
  return [
    {
      key: keyName(key),
      got: show(value),
      needs: `to be left out, because \`streaming:databricksNetwork\` is "${mode}" and this is for "${other}"`,
      fix: [removeCommand(key)],
    },
  ];
}

function injectedProblems(
  network: SparkNetwork,
  values: { kafkaAddressSpace?: string; sparkWorkers?: number; sparkInteractiveCluster?: string },
): Problem[] {
  const { addressSpace: space, hostSubnetPrefix: hosts, containerSubnetPrefix: containers } = network;
  const subnets = [
    { key: "databricksHostSubnetPrefix", range: hosts, good: quarter(space, 0) },
    { key: "databricksContainerSubnetPrefix", range: containers, good: quarter(space, 1) },
  ];
  const problem = (key: string, got: string, needs: string, good: string): Problem => ({
    key: keyName(key),
    got: show(got),
    needs,
    fix: [setCommand(key, good)],
  });
  const problems = subnets
    .filter(({ range }) => !containsCidr(space, range))
    .map(({ key, range, good }) =>
      problem(key, range, `a range inside \`streaming:databricksAddressSpace\` (${space})`, good),
    );

  if (overlapCidr(hosts, containers)) {
    const free = overlapCidr(hosts, quarter(space, 1)) ? quarter(space, 0) : quarter(space, 1);
    const fix = overlapCidr(hosts, free)
      ? [
          setCommand("databricksHostSubnetPrefix", quarter(space, 0)),
          setCommand("databricksContainerSubnetPrefix", free),
        ]
      : [setCommand("databricksContainerSubnetPrefix", free)];
    const needs = `a range that does not overlap \`streaming:databricksHostSubnetPrefix\` (${hosts})`;
    problems.push({ ...problem("databricksContainerSubnetPrefix", containers, needs, free), fix });
  }

  const { kafkaAddressSpace: kafka, sparkWorkers: workers } = values;
  if (kafka && overlapCidr(space, kafka)) {
    const free = [injectedDefault, "10.141.0.0/16", "172.20.0.0/16", "192.168.0.0/16"].find(
      (range) => !overlapCidr(range, kafka),
    );
    const needs = `a range that does not overlap \`streaming:kafkaAddressSpace\` (${kafka}): networks that overlap cannot be peered`;
    problems.push(problem("databricksAddressSpace", space, needs, free ?? injectedDefault));
  }

  if (workers !== undefined) {
    // Each node, drivers too, has an address in each subnet.
    const nodes = (workers + 1) * (values.sparkInteractiveCluster === "true" ? 3 : 2);
    for (const { key, range } of subnets.filter((subnet) => size(subnet.range) < nodes + reservedByAzure)) {
      const prefix = 32 - Math.ceil(Math.log2(nodes + reservedByAzure));
      problems.push({
        ...problem(key, range, "", ""),
        got: `${show(range)} (${size(range)} addresses)`,
        needs: `room for ${nodes} nodes of Spark and the ${reservedByAzure} addresses that Azure keeps: a /${prefix} or larger`,
        fix: roomFor(space, prefix, key),
      });
    }
  }
  return problems;
}

/** Commands that make both subnets large enough, in a wider address space where there must be one. */
function roomFor(space: string, prefix: number, key: string): string[] {
  if (prefixLength(space) + 2 <= prefix) {
    return [setCommand(key, quarter(space, key === "databricksHostSubnetPrefix" ? 0 : 1))];
  }
  return [
    setCommand("databricksAddressSpace", injectedDefault),
    removeCommand("databricksHostSubnetPrefix"),
    removeCommand("databricksContainerSubnetPrefix"),
  ];
}
