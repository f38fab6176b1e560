import { setTimeout as sleep } from "node:timers/promises";
import { Impossible } from "../stack/failure";
import type { HeadNode } from "./headNode";
import { type Described, KafkaTools, parseBrokers, parsePartitions, parsePlan, parseProgress } from "./kafkaTools";
import { afterMoves, type Broker, type Move } from "./model";
import { planMoves } from "./plan";
import { planText } from "./report";

export interface RebalanceOptions {
  /** Every broker of the stack, as `HOST:PORT`. */
  brokers: string[];
  /** Racks by broker id, where the brokers themselves know none. */
  racks: Readonly<Record<number, string>>;
  /** Whether to carry the plan out. */
  apply: boolean;
  /** Bytes a second that each broker may copy, both ways. */
  throttle: number;
  /** Milliseconds between two looks at what is going on. Default five seconds. */
  interval?: number;
  say: (line: string) => void;
  progress: (line: string) => void;
}

/** Plans a rebalance, prints it and, when asked to, carries it out and waits for its end. */
export async function rebalance(node: Pick<HeadNode, "run">, options: RebalanceOptions): Promise<void> {
  const { apply, throttle, say, progress } = options;
  const tools = new KafkaTools(options.brokers.join(","));
  const pending = parsePlan(await node.run(tools.pending()));
  if (pending.length > 0) {
    const what = `A rebalance of ${pending.length} partitions was begun and not seen to its end`;
    if (!apply) throw new Impossible(`${what}. Run this with --apply, which carries it on, before another is planned.`);
    progress(`${what}: carrying it on`);
    await seeToEnd(node, tools, pending, options);
  }

  progress("Asking Kafka where its partitions are");
  const brokers = await readBrokers(node, tools, options);
  const before = parsePartitions(await node.run(tools.topics()));
  const moves = planMoves(brokers, before);
  say(planText(brokers, before, afterMoves(before, moves), moves));
  if (moves.length === 0) return;
  if (!apply) return say("Nothing is moved yet: that takes --apply.");

  refuseLagging(before);
  await node.run(tools.execute(moves, throttle));
  await seeToEnd(node, tools, moves, options);
  await check(node, tools, moves);
  say("All partitions are where they were to be, and nothing is throttled any more.");
}

/** A broker that is missing would be taken for one that has nothing. */
async function readBrokers(
  node: Pick<HeadNode, "run">,
  tools: KafkaTools,
  { brokers: expected, racks }: RebalanceOptions,
): Promise<Broker[]> {
  const brokers = parseBrokers(await node.run(tools.brokers()));
  if (brokers.length !== expected.length) {
    throw new Impossible(
      `${brokers.length} brokers are up, and the stack has ${expected.length}: \`kafkaBrokers\` names ${expected.join(", ")}. ` +
        "Start those that are missing in Ambari, or run `pulumi up` where there are new ones.",
    );
  }
  const given = Object.keys(racks).map(Number);
  const ids = brokers.map(({ id }) => id);
  if (given.length > 0 && [...given].sort().join() !== [...ids].sort().join()) {
    throw new Impossible(
      `\`--racks\` has brokers ${given.join(", ")}, and there are ${ids.join(", ")}: name each of them once.`,
    );
  }
  return brokers.map((broker) => ({ ...broker, rack: racks[broker.id] ?? broker.rack })).sort((a, b) => a.id - b.id);
}

/** What is copied while copies lag behind makes them lag more. */
function refuseLagging(partitions: readonly Described[]): void {
  const lagging = partitions
    .filter(({ replicas, inSync }) => replicas.some((id) => !inSync.includes(id)))
    .map(({ topic, partition }) => `${topic}-${partition}`);
  if (lagging.length === 0) return;
  throw new Impossible(
    `Copies of ${lagging.slice(0, 10).join(", ")}${lagging.length > 10 ? " and others" : ""} are not in sync. Wait until they are, or look at the brokers in Ambari.`,
  );
}

async function seeToEnd(
  node: Pick<HeadNode, "run">,
  tools: KafkaTools,
  moves: readonly Pick<Move, "topic" | "partition">[],
  { interval = 5_000, progress }: RebalanceOptions,
): Promise<void> {
  for (;;) {
    const { left, lost } = parseProgress(await node.run(tools.verify()));
    if (lost.length > 0) {
      await node.run(tools.forget());
      throw new Impossible(`Kafka does not move these any more, so plan again:\n${lost.join("\n")}`);
    }
    if (left === 0) break;
    progress(`${left} of ${moves.length} partitions are being copied`);
    await sleep(interval);
  }
  await node.run(tools.finish(moves));
}

async function check(node: Pick<HeadNode, "run">, tools: KafkaTools, moves: readonly Move[]): Promise<void> {
  const now = parsePartitions(await node.run(tools.topics()));
  const wrong = moves.filter(({ topic, partition, to }) => {
    const there = now.find((one) => one.topic === topic && one.partition === partition);
    return there?.replicas.join() !== to.join();
  });
  const throttles = (await node.run(tools.throttles())).trim();
  if (wrong.length === 0 && throttles === "") return;
  const names = wrong.map(({ topic, partition }) => `${topic}-${partition}`).join(", ");
  throw new Impossible(
    `It ended, and ${wrong.length > 0 ? `${names} are not where they were to be` : `brokers are still throttled:\n${throttles}`}`,
  );
}
