import { stripVTControlCharacters } from "node:util";
import Table from "cli-table3";
import pc from "picocolors";
import type { ClusterView, JobView, Known, NetworkView, Snapshot, TopicView } from "../page/model";

export interface TopologyOptions {
  /** Width to draw in; beside each other where two networks fit, else below each other. */
  columns: number;
  /** `host:port` of the head nodes, from the stack's outputs. */
  sshEndpoint?: string;
  workspaceUrl?: string;
}

/**
 * The networks of a snapshot with what is in them, and how they are connected. What could not be seen is said, with
 * the reason, and never drawn as if it were there.
 */
export function drawTopology(snapshot: Snapshot, { columns, ...addresses }: TopologyOptions): string {
  if (!snapshot.networks.known) return `  ${unseen("the networks", snapshot.networks)}`;
  const boxes = snapshot.networks.value
    .map((network) => ({ network, lines: contents(network, snapshot, addresses) }))
    // A network that nothing is in, such as one of the user's own, says nothing here.
    .filter(({ lines }) => lines.length > 0)
    .sort((a, b) => Number(a.network.hasSpark) - Number(b.network.hasSpark))
    .map(({ network, lines }) => box(network, lines));
  return join(boxes, stateOf(snapshot.networks.value), columns);
}

function contents(network: NetworkView, snapshot: Snapshot, addresses: Omit<TopologyOptions, "columns">): string[] {
  const { clusters, jobs } = snapshot;
  const lines: string[] = [];
  if (clusters.known) {
    for (const cluster of clusters.value.filter((one) => one.network.toLowerCase() === network.id.toLowerCase())) {
      lines.push(...kafka(cluster, addresses.sshEndpoint));
    }
  } else if (!network.hasSpark) lines.push(unseen("the clusters", clusters));
  if (network.hasSpark) {
    lines.push(pc.bold("Databricks"), ...pair("workspace", addresses.workspaceUrl));
    lines.push(...(jobs.known ? jobs.value.map(job) : [unseen("the jobs", jobs)]));
  }
  return lines;
}

function kafka({ name, zookeepers, heads, ambari, brokers, topics }: ClusterView, ssh: string | undefined): string[] {
  const states = { up: pc.green, alone: pc.yellow, dead: pc.red, unknown: pc.yellow };
  return [
    pc.bold(`HDInsight ${name}`) + pc.dim(`  ${heads} head nodes, ${zookeepers} ZooKeeper`),
    ...pair("Ambari", ambari),
    ...pair("SSH", ssh),
    ...brokers.map(
      ({ address, id, state }) => `${`broker ${id ?? "?"}`.padEnd(12)}${address}  ${states[state](state)}`,
    ),
    ...(topics.known ? topics.value.map(topic) : [unseen("the topics", topics)]),
  ];
}

function topic({ name, partitions }: TopicView): string {
  const copies = partitions[0]?.replicas.length ?? 0;
  const behind = partitions.filter(({ inSync, replicas }) => inSync.length < replicas.length).length;
  const state = behind === 0 ? pc.green("in sync") : pc.red(`${behind} with too few copies in sync`);
  return `${"topic".padEnd(12)}${name}: ${partitions.length} partitions × ${copies}, ${state}`;
}

function job({ name, run, queries }: JobView): string {
  const title = name.replace(/-job$/, "").padEnd(12);
  if (!run.known) return `${title}${unseen("it", run)}`;
  const { state } = run.value;
  const lag = queries.map((query) => query.lag).find((one) => one.known);
  const behind = lag?.known ? `, ${lag.value} records behind` : "";
  return `${title}${/RUNNING|SUCCESS/.test(state) ? pc.green(state) : pc.yellow(state)}${behind}`;
}

const pair = (label: string, value: string | undefined) => (value ? [label.padEnd(12) + value] : []);

const unseen = (what: string, { reason }: Extract<Known<unknown>, { known: false }>) =>
  pc.yellow(`${what} cannot be seen: ${reason}`);

/** The worse of the two halves' states; undefined where there is no peering. */
function stateOf(networks: NetworkView[]): string | undefined {
  const states = networks.flatMap(({ peerings }) => peerings.map(({ state }) => state));
  return states.find((state) => state !== "Connected") ?? states[0];
}

function box({ name, addressSpace }: NetworkView, lines: string[]): string[] {
  const table = new Table({ style: { head: [], border: [], "padding-left": 1, "padding-right": 1 } });
  table.push([`${pc.cyan(addressSpace.join(", "))}  ${pc.dim(name)}`], [lines.join("\n")]);
  return table.toString().split("\n");
}

function join(boxes: string[][], peering: string | undefined, columns: number): string {
  const [first, second] = boxes;
  const paint = peering === "Connected" ? pc.green : pc.yellow;
  if (boxes.length !== 2 || !first || !second)
    return boxes
      .flat()
      .map((line) => `  ${line}`)
      .join("\n");
  const link = peering === undefined ? "  not peered  " : ` ◀═ ${peering} ═▶ `;
  const width = (line = "") => stripVTControlCharacters(line).length;
  if (2 + width(first[0]) + link.length + width(second[0]) > columns) {
    const between = peering === undefined ? "not peered" : `▲ peering: ${peering} ▼`;
    return [...first, `${" ".repeat(12)}${paint(between)}`, ...second].map((line) => `  ${line}`).join("\n");
  }
  const height = Math.max(first.length, second.length);
  return Array.from({ length: height }, (_, row) => {
    const middle = row === Math.floor(height / 2) ? paint(link) : " ".repeat(link.length);
    return `  ${first[row] ?? " ".repeat(width(first[0]))}${middle}${second[row] ?? ""}`;
  }).join("\n");
}
