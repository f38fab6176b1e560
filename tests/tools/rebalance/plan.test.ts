import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterMoves, type Broker, copied, type Partition } from "../../../tools/rebalance/model";
import { planMoves } from "../../../tools/rebalance/plan";

const brokersOf = (racks: (string | undefined)[]): Broker[] =>
  racks.map((rack, index) => ({ id: 1001 + index, host: `wn${index}`, rack }));

/** Topics with copies anywhere, as years of creating and growing leave them. */
function partitionsOn(brokers: readonly Broker[], topics: number): fc.Arbitrary<Partition[]> {
  const ids = brokers.map(({ id }) => id);
  const topic = fc
    .integer({ min: 1, max: ids.length })
    .chain((copies) =>
      fc.array(fc.shuffledSubarray(ids, { minLength: copies, maxLength: copies }), { minLength: 1, maxLength: 12 }),
    );
  return fc
    .array(topic, { minLength: 1, maxLength: topics })
    .map((all) =>
      all.flatMap((list, index) => list.map((replicas, partition) => ({ topic: `t${index}`, partition, replicas }))),
    );
}

/** A cluster whose brokers have racks, any number in each. */
const anyCluster = fc
  .array(fc.constantFrom("0", "1", "2"), { minLength: 1, maxLength: 7 })
  .map(brokersOf)
  .chain((brokers) => fc.record({ brokers: fc.constant(brokers), partitions: partitionsOn(brokers, 4) }));

/** A cluster whose racks are alike, or that knows none. */
const evenCluster = fc
  .oneof(
    fc.integer({ min: 1, max: 7 }).map((count) => brokersOf(Array(count).fill(undefined))),
    fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
      .map(([racks, each]) => brokersOf(Array.from({ length: racks * each }, (_, index) => String(index % racks)))),
  )
  .chain((brokers) => {
    const racks = new Set(brokers.map(({ rack, id }) => rack ?? id)).size;
    const partitions = partitionsOn(brokers, 4).map((all) =>
      all.map((one) => ({ ...one, replicas: one.replicas.slice(0, racks) })),
    );
    return fc.record({ brokers: fc.constant(brokers), partitions });
  });

const topicsOf = (partitions: readonly Partition[]) => [...new Set(partitions.map(({ topic }) => topic))];
const spread = (brokers: readonly Broker[], holders: readonly number[]) => {
  const counts = brokers.map(({ id }) => holders.filter((one) => one === id).length);
  return Math.max(...counts) - Math.min(...counts);
};

function replan({ brokers, partitions }: { brokers: Broker[]; partitions: Partition[] }) {
  const moves = planMoves(brokers, partitions);
  return { moves, after: afterMoves(partitions, moves) };
}

describe("a plan", () => {
  it("keeps every partition's number of copies, each on a broker of its own", () => {
    fc.assert(
      fc.property(anyCluster, ({ brokers, partitions }) => {
        const { after } = replan({ brokers, partitions });
        const ids = brokers.map(({ id }) => id);
        for (const [index, { topic, partition, replicas }] of after.entries()) {
          expect({ topic, partition }).toMatchObject({
            topic: partitions[index]?.topic,
            partition: partitions[index]?.partition,
          });
          expect(replicas).toHaveLength(partitions[index]?.replicas.length as number);
          expect(new Set(replicas).size).toBe(replicas.length);
          expect(ids).toEqual(expect.arrayContaining(replicas));
        }
      }),
    );
  });

  it("puts the copies of a partition on as many racks as there can be", () => {
    fc.assert(
      fc.property(anyCluster, ({ brokers, partitions }) => {
        const rackOf = new Map(brokers.map(({ id, rack }) => [id, rack]));
        const racks = new Set(rackOf.values()).size;
        for (const { replicas } of replan({ brokers, partitions }).after) {
          expect(new Set(replicas.map((id) => rackOf.get(id))).size).toBe(Math.min(racks, replicas.length));
        }
      }),
    );
  });

  it("gives each broker as many copies and leaders of each topic as any other, give or take one", () => {
    fc.assert(
      fc.property(evenCluster, ({ brokers, partitions }) => {
        const { after } = replan({ brokers, partitions });
        for (const topic of topicsOf(after)) {
          const own = after.filter((one) => one.topic === topic);
          expect(
            spread(
              brokers,
              own.flatMap(({ replicas }) => replicas),
            ),
          ).toBeLessThanOrEqual(1);
          expect(
            spread(
              brokers,
              own.map(({ replicas }) => replicas[0] as number),
            ),
          ).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("gives brokers without racks as many copies of all topics together, too", () => {
    const withoutRacks = evenCluster.filter(({ brokers }) => brokers.every(({ rack }) => rack === undefined));
    fc.assert(
      fc.property(withoutRacks, (cluster) => {
        const { after } = replan(cluster);
        expect(
          spread(
            cluster.brokers,
            after.flatMap(({ replicas }) => replicas),
          ),
        ).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("leaves no broker with two copies of a topic more than another that may have one of them", () => {
    fc.assert(
      fc.property(anyCluster, ({ brokers, partitions }) => {
        const rackOf = new Map(brokers.map(({ id, rack }) => [id, rack]));
        const { after } = replan({ brokers, partitions });
        const held = (topic: string, id: number) =>
          after.filter((one) => one.topic === topic && one.replicas.includes(id)).length;
        for (const { topic, replicas } of after) {
          for (const from of replicas) {
            // Within a rack nothing else stands in the way.
            const alike = brokers.filter(({ id }) => rackOf.get(id) === rackOf.get(from) && !replicas.includes(id));
            for (const { id } of alike) expect(held(topic, from) - held(topic, id)).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });

  it("is empty the second time", () => {
    fc.assert(
      fc.property(fc.oneof(anyCluster, evenCluster), ({ brokers, partitions }) => {
        expect(planMoves(brokers, replan({ brokers, partitions }).after)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("copies no more than it must: what is over on some brokers, or missing on others", () => {
    const oneTopic = fc
      .integer({ min: 1, max: 7 })
      .map((count) => brokersOf(Array(count).fill(undefined)))
      .chain((brokers) => fc.record({ brokers: fc.constant(brokers), partitions: partitionsOn(brokers, 1) }));
    fc.assert(
      fc.property(oneTopic, ({ brokers, partitions }) => {
        const holders = partitions.flatMap(({ replicas }) => replicas);
        const counts = brokers.map(({ id }) => holders.filter((one) => one === id).length);
        const mean = holders.length / brokers.length;
        const over = counts.reduce((sum, count) => sum + Math.max(0, count - Math.ceil(mean)), 0);
        const under = counts.reduce((sum, count) => sum + Math.max(0, Math.floor(mean) - count), 0);
        expect(copied(replan({ brokers, partitions }).moves)).toBe(Math.max(over, under));
      }),
      { numRuns: 200 },
    );
  });

  it("gives a broker that is new its part, from all others, and moves nothing between those", () => {
    const brokers = brokersOf([undefined, undefined, undefined, undefined]);
    const partitions = Array.from({ length: 8 }, (_, partition) => ({
      topic: "tweets",
      partition,
      replicas: [0, 1, 2].map((index) => 1001 + ((partition + index) % 3)),
    }));
    const { moves, after } = replan({ brokers, partitions });
    expect(after.filter(({ replicas }) => replicas.includes(1004))).toHaveLength(6);
    expect(after.filter(({ replicas }) => replicas[0] === 1004)).toHaveLength(2);
    for (const { from, to } of moves) {
      expect(to.filter((id) => !from.includes(id) && id !== 1004)).toEqual([]);
    }
  });

  it("does without racks when not all brokers have one, as Kafka does", () => {
    const brokers = brokersOf(["0", "0", undefined]);
    const partitions = [{ topic: "t", partition: 0, replicas: [1001, 1002] }];
    expect(planMoves(brokers, partitions)).toEqual([]);
  });

  it("is refused while a broker with copies is away", () => {
    const partitions = [{ topic: "t", partition: 0, replicas: [1001, 1009] }];
    expect(() => planMoves(brokersOf([undefined]), partitions)).toThrow("Brokers 1009 have copies and are not up");
  });
});
