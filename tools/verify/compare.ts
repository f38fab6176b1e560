import { quantile } from "simple-statistics";
import type { OffsetRange } from "../stack/kafka";

/** How often each offset of each partition was found. */
export type Found = Map<number, Map<number, number>>;

export interface Comparison {
  /** Records that the topic holds. */
  produced: number;
  /** Those of them that were found, each counted once. */
  consumed: number;
  missing: OffsetRange[];
  /** Offsets that were found more than once. */
  duplicates: { partition: number; offset: number; times: number }[];
}

/** Notes one more find. */
export function find(found: Found, partition: number, offset: number): void {
  const offsets = found.get(partition) ?? new Map<number, number>();
  offsets.set(offset, (offsets.get(offset) ?? 0) + 1);
  found.set(partition, offsets);
}

/** Compares what the topic holds with what was found of it. Finds outside the ranges are not counted. */
export function compare(ranges: readonly OffsetRange[], found: Found): Comparison {
  const result: Comparison = { produced: 0, consumed: 0, missing: [], duplicates: [] };
  for (const { partition, from, to } of ranges) {
    const offsets = found.get(partition);
    result.produced += Math.max(0, to - from);
    for (let offset = from; offset < to; offset++) {
      const times = offsets?.get(offset) ?? 0;
      if (times > 0) result.consumed++;
      else addMissing(result.missing, partition, offset);
      if (times > 1) result.duplicates.push({ partition, offset, times });
    }
  }
  return result;
}

/** Number of offsets in ranges. */
export function count(ranges: readonly OffsetRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
}

/** Number of finds beyond the first. */
export function countRepeats(duplicates: Comparison["duplicates"]): number {
  return duplicates.reduce((sum, { times }) => sum + times - 1, 0);
}

/** Median and 99th percentile, rounded; null where there is nothing to measure. */
export function percentiles(values: readonly number[]): { p50: number | null; p99: number | null } {
  if (values.length === 0) return { p50: null, p99: null };
  return { p50: Math.round(quantile([...values], 0.5)), p99: Math.round(quantile([...values], 0.99)) };
}

function addMissing(missing: OffsetRange[], partition: number, offset: number): void {
  const last = missing.at(-1);
  if (last?.partition === partition && last.to === offset) last.to++;
  else missing.push({ partition, from: offset, to: offset + 1 });
}
