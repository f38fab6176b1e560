import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compare, count, countRepeats, type Found, find, percentiles } from "../../../tools/verify/compare";
import { describeMisses } from "../../../tools/verify/misses";
import { expectedRanges } from "../../../tools/verify/start";

function found(...pairs: [number, number][]): Found {
  const result: Found = new Map();
  for (const [partition, offset] of pairs) find(result, partition, offset);
  return result;
}

describe("what the topic holds and what the sink has", () => {
  it.each([
    ["nothing of an empty topic", [{ partition: 0, from: 5, to: 5 }], found(), 0, 0, []],
    ["all", [{ partition: 0, from: 0, to: 2 }], found([0, 0], [0, 1]), 2, 2, []],
    ["nothing", [{ partition: 3, from: 7, to: 9 }], found(), 2, 0, [{ partition: 3, from: 7, to: 9 }]],
    [
      "a record of another partition",
      [{ partition: 0, from: 0, to: 1 }],
      found([1, 0]),
      1,
      0,
      [{ partition: 0, from: 0, to: 1 }],
    ],
    ["what retention has deleted since", [{ partition: 0, from: 2, to: 3 }], found([0, 0], [0, 2]), 1, 1, []],
    ["what came after the snapshot", [{ partition: 0, from: 0, to: 1 }], found([0, 0], [0, 1]), 1, 1, []],
    [
      "all but two gaps",
      [{ partition: 0, from: 0, to: 6 }],
      found([0, 0], [0, 3], [0, 4]),
      6,
      3,
      [
        { partition: 0, from: 1, to: 3 },
        { partition: 0, from: 5, to: 6 },
      ],
    ],
  ])("agree or differ by range: %s", (_, ranges, seen, produced, consumed, missing) => {
    expect(compare(ranges, seen)).toEqual({ produced, consumed, missing, duplicates: [] });
  });

  it("name each record that is there more than once", () => {
    const { duplicates, consumed } = compare(
      [{ partition: 0, from: 0, to: 3 }],
      found([0, 0], [0, 1], [0, 1], [0, 2], [0, 2], [0, 2]),
    );
    expect(duplicates).toEqual([
      { partition: 0, offset: 1, times: 2 },
      { partition: 0, offset: 2, times: 3 },
    ]);
    expect(countRepeats(duplicates)).toBe(3);
    expect(consumed).toBe(3);
  });

  it("add up: every record is either consumed or missing, and every find is a record's first or a repeat", () => {
    const offset = fc.tuple(fc.nat(3), fc.nat(30));
    const range = fc.tuple(fc.nat(15), fc.nat(15));
    fc.assert(
      fc.property(fc.array(offset), fc.array(range, { minLength: 4, maxLength: 4 }), (pairs, bounds) => {
        const ranges = bounds.map(([from, length], partition) => ({ partition, from, to: from + length }));
        const { produced, consumed, missing, duplicates } = compare(ranges, found(...pairs));
        const inside = pairs.filter(([partition, at]) => at >= ranges[partition].from && at < ranges[partition].to);
        expect(consumed + count(missing)).toBe(produced);
        expect(consumed + countRepeats(duplicates)).toBe(inside.length);
        expect(new Set(inside.map(String)).size).toBe(consumed);
      }),
    );
  });
});

describe("what the consumer must have", () => {
  const ranges = [
    { partition: 0, from: 2, to: 9 },
    { partition: 1, from: 0, to: 4 },
  ];

  it.each([
    ["earliest", found(), [2, 0]],
    ['{"tweets":{"0":5,"1":-2}}', found(), [5, 0]],
    ['{"tweets":{"0":1,"1":99}}', found(), [2, 4]],
    ['{"tweets":{"0":-1,"1":-2}}', found([0, 6], [0, 7]), [6, 0]],
    ["latest", found([0, 8], [0, 7]), [7, 4]],
  ])("begins by its startingOffsets %s", (startingOffsets, seen, from) => {
    expect(expectedRanges(ranges, startingOffsets, "tweets", seen).map((range) => range.from)).toEqual(from);
  });
});

describe("latency", () => {
  it.each([
    [[], { p50: null, p99: null }],
    [[7], { p50: 7, p99: 7 }],
    [[3, 1, 2], { p50: 2, p99: 3 }],
    [Array.from({ length: 200 }, (_, index) => index + 1), { p50: 101, p99: 198 }],
  ])("is interpolated between neighbours: row %#", (values, expected) => expect(percentiles(values)).toEqual(expected));

  it("leaves the order of its input alone and lies within it", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000), { minLength: 1 }), (values) => {
        const copy = [...values];
        const { p50, p99 } = percentiles(values);
        expect(values).toEqual(copy);
        expect(Number(p50)).toBeGreaterThanOrEqual(Math.min(...values));
        expect(Number(p99)).toBeGreaterThanOrEqual(Number(p50));
        expect(Number(p99)).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });
});

describe("misses in words", () => {
  it("name partitions and offsets, and what to look at", () => {
    const comparison = compare([{ partition: 2, from: 0, to: 5 }], found([2, 1], [2, 1], [2, 4]));
    expect(describeMisses(comparison, "/Volumes/c")).toEqual([
      "Missing in the sink: partition 2, offset 0.",
      "Missing in the sink: partition 2, offsets 2 to 3.",
      "Partition 2, offset 1 is there 2 times.",
      "A consumer that lost its checkpoint reads again: look at /Volumes/c.",
    ]);
  });

  it("stop before they fill the screen", () => {
    const every = Array.from({ length: 60 }, (_, index): [number, number] => [0, index * 2]);
    const lines = describeMisses(compare([{ partition: 0, from: 0, to: 120 }], found(...every)), "");
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe("... and 40 more like these.");
  });
});
