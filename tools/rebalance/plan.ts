import { Impossible } from "../stack/failure";
import { evenOut } from "./evenOut";
import type { Broker, Move, Partition } from "./model";
import { Racks } from "./racks";

/**
 * The moves after which copies of a partition are on different racks as far as there are any, brokers have the same
 * number of copies and of leaders, give or take one, of each topic and of all, as far as racks allow; as few of them as
 * that takes. Where it is so already there is none. Counts partitions, not their bytes.
 *
 * @throws when a partition has a copy on a broker that is not among them, or more copies than there are brokers
 */
export function planMoves(brokers: readonly Broker[], partitions: readonly Partition[]): Move[] {
  check(brokers, partitions);
  const plan = new Plan(brokers, partitions);
  plan.spread();
  while (plan.evenCopies()) {}
  while (plan.evenLeaders()) {}
  return plan.moves();
}

function check(brokers: readonly Broker[], partitions: readonly Partition[]): void {
  const ids = new Set(brokers.map(({ id }) => id));
  const away = new Set(partitions.flatMap(({ replicas }) => replicas.filter((id) => !ids.has(id))));
  if (away.size > 0) {
    throw new Impossible(
      `Brokers ${[...away].sort().join(", ")} have copies and are not up. Start them in Ambari first: a copy on a broker that is away cannot be moved.`,
    );
  }
}

/** A partition while its moves are being planned. */
interface Planned extends Partition {
  before: readonly number[];
}

class Plan {
  private readonly partitions: Planned[];
  private readonly topics = new Map<string, Planned[]>();
  private readonly ids: number[];
  private readonly racks: Racks;

  constructor(brokers: readonly Broker[], partitions: readonly Partition[]) {
    this.ids = brokers.map(({ id }) => id).sort((a, b) => a - b);
    this.racks = new Racks(brokers);
    this.partitions = partitions
      .map((one) => ({ ...one, before: one.replicas, replicas: [...one.replicas] }))
      .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
    for (const one of this.partitions) this.topics.set(one.topic, [...(this.topics.get(one.topic) ?? []), one]);
  }

  moves(): Move[] {
    return this.partitions
      .filter(({ before, replicas }) => replicas[0] !== before[0] || replicas.some((id) => !before.includes(id)))
      .map(({ topic, partition, before, replicas }) => ({ topic, partition, from: [...before], to: replicas }));
  }

  /** Puts copies of one partition on different racks. */
  spread(): void {
    for (const all of this.topics.values()) {
      for (const one of all) {
        one.replicas = this.racks.spread(
          one.replicas,
          (id) => copies(all, id) * this.partitions.length + copies(this.partitions, id),
        );
      }
    }
  }

  /** Evens out copies, topic by topic, then those of all topics. Returns whether anything was moved. */
  evenCopies(): boolean {
    let changed = false;
    for (const all of this.topics.values()) {
      const load = { of: (id: number) => copies(all, id), tieBreaker: (id: number) => copies(this.partitions, id) };
      changed = evenOut(this.ids, { ...load, shift: (from, to) => this.moveCopy(all, from, to) }) || changed;
    }
    const ofTopic = (id: number, topic: string) => copies(this.topics.get(topic) ?? [], id);
    const shift = this.amongUneven(ofTopic, (all, from, to) => this.moveCopy(all, from, to));
    return evenOut(this.ids, { of: (id) => copies(this.partitions, id), shift }) || changed;
  }

  /** The same with leaders, which copies nothing. */
  evenLeaders(): boolean {
    let changed = false;
    for (const all of this.topics.values()) {
      const load = { of: (id: number) => leaders(all, id), tieBreaker: (id: number) => leaders(this.partitions, id) };
      changed = evenOut(this.ids, { ...load, shift: (from, to) => this.moveLeader(all, from, to) }) || changed;
    }
    const ofTopic = (id: number, topic: string) => leaders(this.topics.get(topic) ?? [], id);
    const shift = this.amongUneven(ofTopic, (all, from, to) => this.moveLeader(all, from, to));
    return evenOut(this.ids, { of: (id) => leaders(this.partitions, id), shift }) || changed;
  }

  /** Shifts within a topic of which `from` has more than `to`, so that the topic stays as even as it is. */
  private amongUneven(
    ofTopic: (id: number, topic: string) => number,
    shift: (all: Planned[], from: number, to: number) => (() => void) | undefined,
  ) {
    return (from: number, to: number) => {
      for (const [topic, all] of this.topics) {
        if (ofTopic(from, topic) <= ofTopic(to, topic)) continue;
        const back = shift(all, from, to);
        if (back) return back;
      }
      return undefined;
    };
  }

  private moveCopy(all: readonly Planned[], from: number, to: number): (() => void) | undefined {
    // How many copies more it takes in the end, then followers before leaders.
    const cost = ({ before, replicas }: Planned) =>
      2 * (Number(before.includes(from)) - Number(before.includes(to))) + Number(replicas[0] === from);
    return cheapest(all, cost, ({ replicas }) => {
      if (!replicas.includes(from) || replicas.includes(to)) return undefined;
      const moved = replicas.map((id) => (id === from ? to : id));
      return this.racks.isSpread(moved) ? moved : undefined;
    });
  }

  private moveLeader(all: readonly Planned[], from: number, to: number): (() => void) | undefined {
    const cost = ({ before }: Planned) => Number(before[0] === from) - Number(before[0] === to);
    return cheapest(all, cost, ({ replicas }) =>
      replicas[0] === from && replicas.includes(to) ? [to, ...replicas.filter((id) => id !== to)] : undefined,
    );
  }
}

/** Changes the partition for which that costs least. Returns what takes it back. */
function cheapest(
  all: readonly Planned[],
  cost: (one: Planned) => number,
  changed: (one: Planned) => number[] | undefined,
): (() => void) | undefined {
  let best: { one: Planned; replicas: number[] } | undefined;
  for (const one of all) {
    if (best && cost(one) >= cost(best.one)) continue;
    const replicas = changed(one);
    if (replicas) best = { one, replicas };
  }
  if (!best) return undefined;
  const { one, replicas } = best;
  const before = one.replicas;
  one.replicas = replicas;
  return () => {
    one.replicas = before;
  };
}

const copies = (all: readonly Partition[], id: number) =>
  all.reduce((sum, { replicas }) => sum + Number(replicas.includes(id)), 0);

const leaders = (all: readonly Partition[], id: number) =>
  all.reduce((sum, { replicas }) => sum + Number(replicas[0] === id), 0);
