import type { Broker } from "./model";

/** How the copies of a partition have to be spread. */
export class Racks {
  private readonly rackOf: Map<number, string>;
  /** Number of brokers by rack. */
  private readonly sizes = new Map<string, number>();

  /** Racks count when every broker has one, as for Kafka itself; otherwise each broker is a rack of its own. */
  constructor(private readonly brokers: readonly Broker[]) {
    const known = brokers.every(({ rack }) => rack !== undefined);
    this.rackOf = new Map(brokers.map(({ id, rack }) => [id, known ? (rack as string) : String(id)]));
    for (const rack of this.rackOf.values()) this.sizes.set(rack, (this.sizes.get(rack) ?? 0) + 1);
  }

  /** Whether the copies are on as many racks as there can be, and no rack has more of them than it must. */
  isSpread(replicas: readonly number[]): boolean {
    if (new Set(replicas).size < replicas.length) return false;
    const counts = [...this.counts(replicas).values()];
    const { least, most } = this.limits(replicas.length);
    return counts.every((count) => count >= least && count <= most);
  }

  /**
   * The copies, spread, with as few on another broker as possible. `load` says what a broker has to carry already: the
   * least loaded one is taken, and the most loaded one relieved.
   */
  spread(replicas: readonly number[], load: (id: number) => number): number[] {
    const spread = [...replicas];
    while (!this.isSpread(spread)) {
      const counts = this.counts(spread);
      const fewest = [...counts].filter(([rack, count]) => count < (this.sizes.get(rack) ?? 0));
      const [to] = fewest.sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1))[0] as [string, number];
      const [from] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0] as [string, number];
      // Followers first: a leader that moves takes its clients along.
      const leaving = spread
        .slice()
        .reverse()
        .filter((id) => this.rackOf.get(id) === from)
        .sort((a, b) => Number(a === spread[0]) - Number(b === spread[0]) || load(b) - load(a))[0] as number;
      const coming = this.brokers
        .map(({ id }) => id)
        .filter((id) => this.rackOf.get(id) === to && !spread.includes(id))
        .sort((a, b) => load(a) - load(b) || a - b)[0] as number;
      spread[spread.indexOf(leaving)] = coming;
    }
    return spread;
  }

  private counts(replicas: readonly number[]): Map<string, number> {
    const counts = new Map([...this.sizes.keys()].map((rack) => [rack, 0]));
    for (const id of replicas) {
      const rack = this.rackOf.get(id) as string;
      counts.set(rack, (counts.get(rack) ?? 0) + 1);
    }
    return counts;
  }

  /** How many copies of a partition a rack has to have, and may have. */
  private limits(copies: number): { least: number; most: number } {
    const room = (most: number) => [...this.sizes.values()].reduce((sum, size) => sum + Math.min(size, most), 0);
    let most = 1;
    while (room(most) < copies) most++;
    return { least: copies >= this.sizes.size ? 1 : 0, most };
  }
}
