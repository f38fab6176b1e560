import pc from "picocolors";
import { columns } from "../table";
import type { PartitionState, TopicState } from "./describe";

/** A line a topic, or with `byPartition` a line a partition. What has too few copies is marked. */
export function toText(topics: readonly TopicState[], byPartition: boolean): string {
  if (topics.length === 0) return "There is no topic.";
  return columns(byPartition ? partitionRows(topics) : topicRows(topics));
}

function topicRows(topics: readonly TopicState[]): string[][] {
  return [
    ["Topic", "Partitions", "Replicas", "In sync", "Records", "Settings"],
    ...topics.map(({ name, partitions, config }) => {
      const replicas = Math.min(...partitions.map((one) => one.replicas.length));
      const inSync = Math.min(...partitions.map((one) => one.inSync.length));
      const records = partitions.reduce((sum, { from, to }) => sum + to - from, 0);
      const settings = Object.entries(config).map(([key, value]) => `${key}=${value}`);
      return [
        ...[name, String(partitions.length), String(replicas)],
        ...[marked(String(inSync), inSync < replicas), records.toLocaleString("en-US"), settings.join(" ")],
      ];
    }),
  ];
}

function partitionRows(topics: readonly TopicState[]): string[][] {
  return [
    ["Topic", "Partition", "Leader", "Replicas", "In sync", "Offsets"],
    ...topics.flatMap(({ name, partitions }) =>
      partitions.map((one) => [
        ...[name, String(one.partition), marked(leaderOf(one), one.leader < 0), one.replicas.join(" ")],
        ...[marked(one.inSync.join(" "), one.inSync.length < one.replicas.length), `${one.from} to ${one.to}`],
      ]),
    ),
  ];
}

const leaderOf = ({ leader }: PartitionState) => (leader < 0 ? "none" : String(leader));

/** In words too, for those who do not see colours. */
function marked(text: string, isBad: boolean): string {
  return isBad ? pc.red(`${text} !`) : text;
}
