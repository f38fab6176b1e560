import { quote } from "../../components/kafka/topicsScript";
import type { Broker, Move, Partition } from "./model";

/** A partition as Kafka describes it. */
export interface Described extends Partition {
  /** Nobody leads it when it is undefined. */
  leader?: number;
  inSync: number[];
}

/** Bash scripts for a head node, which call Kafka's own tools, and what these print. Tried with those of Kafka 3.2. */
export class KafkaTools {
  /** Where the plan is while it is carried out, so that a run that was cut short can be carried on. */
  private static readonly plan = '"$HOME/.kafka-rebalance/plan.json"';
  private readonly preamble: string;

  constructor(bootstrapServers: string) {
    this.preamble = `set -euo pipefail
bin=/usr/hdp/current/kafka-broker/bin
servers=${quote(bootstrapServers)}
plan=${KafkaTools.plan}
run() { local tool=$1; shift; "$bin/$tool.sh" --bootstrap-server "$servers" "$@"; }
`;
  }

  /** Brokers that are up, one a line among others. */
  brokers = () => `${this.preamble}run kafka-broker-api-versions\n`;
  topics = () => `${this.preamble}run kafka-topics --describe\n`;
  /** The plan that is being carried out; nothing when there is none. */
  pending = () => `${this.preamble}if [ -f "$plan" ]; then cat "$plan"; fi\n`;
  /** Limits on copying that brokers have. */
  throttles = () => `${this.preamble}run kafka-configs --describe --entity-type brokers | grep throttled || true\n`;

  /** @param throttle bytes a second that each broker may copy, both ways */
  execute(moves: readonly Move[], throttle: number): string {
    const partitions = moves.map(({ topic, partition, to }) => ({ topic, partition, replicas: to }));
    return `${this.preamble}mkdir -p "$(dirname "$plan")"
printf '%s' ${quote(JSON.stringify({ version: 1, partitions }))} > "$plan"
run kafka-reassign-partitions --execute --throttle ${throttle} --reassignment-json-file "$plan" || { rm "$plan"; exit 1; }
`;
  }

  /** How far it is. Once everything is done, Kafka's tool takes its limits away as well. */
  verify = () => `${this.preamble}run kafka-reassign-partitions --verify --reassignment-json-file "$plan"\n`;

  /** Makes the preferred leaders lead, and forgets the plan. */
  finish(moves: readonly Pick<Move, "topic" | "partition">[]): string {
    const partitions = moves.map(({ topic, partition }) => ({ topic, partition }));
    return `${this.preamble}leaders=$(dirname "$plan")/leaders.json
printf '%s' ${quote(JSON.stringify({ partitions }))} > "$leaders"
run kafka-leader-election --election-type preferred --path-to-json-file "$leaders"
rm "$plan" "$leaders"
`;
  }

  forget = () => `${this.preamble}rm -f "$plan"\n`;
}

/** `10.0.0.9:9092 (id: 1001 rack: null) -> (`, where null is what Kafka prints for none. */
export function parseBrokers(text: string): Broker[] {
  return [...text.matchAll(/^(\S+):\d+ \(id: (\d+) rack: (\S+?)(?: [^)]*)?\) ->/gm)].map(([, host, id, rack]) => ({
    id: Number(id),
    host: host as string,
    ...(rack !== "null" && { rack }),
  }));
}

/** Lines such as `Topic: tweets	Partition: 0	Leader: 1001	Replicas: 1001,1002	Isr: 1001,1002`. */
export function parsePartitions(text: string): Described[] {
  const line = /^\s+Topic: (\S+)\s+Partition: (\d+)\s+Leader: (\S+)\s+Replicas: ([\d,]+)\s+Isr: ([\d,]*)/gm;
  const ids = (list = "") => list.split(",").filter(Boolean).map(Number);
  return [...text.matchAll(line)].map(([, topic, partition, leader, replicas, inSync]) => ({
    topic: topic as string,
    partition: Number(partition),
    ...(/^\d+$/.test(leader as string) && { leader: Number(leader) }),
    replicas: ids(replicas),
    inSync: ids(inSync),
  }));
}

/** The partitions of a plan. */
export function parsePlan(text: string): Partition[] {
  return text.trim() === "" ? [] : (JSON.parse(text) as { partitions: Partition[] }).partitions;
}

/** How many partitions are still being copied, and those that Kafka has given up, by its own words. */
export function parseProgress(text: string): { left: number; lost: string[] } {
  const lines = text.split("\n");
  return {
    left: lines.filter((line) => line.endsWith("is still in progress.")).length,
    lost: lines.filter((line) => line.startsWith("There is no active reassignment of partition")),
  };
}
