import { columns } from "../table";
import { type Broker, copied, type Move, type Partition } from "./model";

/** The plan for people: what moves, and what brokers have before and after. */
export function planText(
  brokers: readonly Broker[],
  before: readonly Partition[],
  after: readonly Partition[],
  moves: readonly Move[],
): string {
  const count = (all: readonly Partition[], isOne: (replicas: number[]) => boolean) =>
    all.filter(({ replicas }) => isOne(replicas)).length;
  const change = (isOne: (replicas: number[]) => boolean) => {
    const [old, now] = [count(before, isOne), count(after, isOne)];
    return old === now ? String(old) : `${old} -> ${now}`;
  };
  const list = brokers.map(({ id, host, rack }) => [
    String(id),
    host,
    rack ?? "unknown",
    change((replicas) => replicas.includes(id)),
    change(([leader]) => leader === id),
  ]);
  const overview = columns([["Broker", "Host", "Rack", "Copies", "Leaders"], ...list]);
  if (moves.length === 0) return `${overview}\n\nNothing is to be moved.`;
  const rows = moves.map(({ topic, partition, from, to }) => [topic, String(partition), from.join(","), to.join(",")]);
  return [
    overview,
    "",
    columns([["Topic", "Partition", "On brokers", "To be on"], ...rows]),
    "",
    `${copied(moves)} copies are made; ${moves.length} partitions change. The first broker leads.`,
  ].join("\n");
}
