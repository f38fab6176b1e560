import type { BrokerView, PartitionView, RunView, TopicView } from "../model";
import type { Mood } from "./text";

export const brokerWord: Record<BrokerView["state"], string> = {
  up: "up",
  alone: "not in the cluster",
  dead: "dead",
  unknown: "unknown",
};

export const brokerMood: Record<BrokerView["state"], Mood> = {
  up: "good",
  alone: "busy",
  dead: "bad",
  unknown: "unknown",
};

export function peeringMood(state: string): Mood {
  if (state === "Connected") return "good";
  return state === "Initiated" ? "busy" : "bad";
}

export function runMood({ state }: RunView): Mood {
  if (state === "RUNNING" || state === "SUCCESS") return "good";
  if (state === "PENDING" || state === "QUEUED" || state === "TERMINATING") return "busy";
  return "bad";
}

export const isUnderReplicated = ({ replicas, inSync }: PartitionView) => inSync.length < replicas.length;
export const isLeaderless = ({ leader }: PartitionView) => leader === null;

/** Partitions that lack replicas or a leader. */
export const troubled = (topic: TopicView) =>
  topic.partitions.filter((partition) => isUnderReplicated(partition) || isLeaderless(partition));
