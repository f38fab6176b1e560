import { z } from "zod";
import type { OffsetRange } from "../stack/kafka";
import type { Found } from "./compare";

const offsets = z.record(z.string(), z.record(z.string(), z.int()));

/**
 * The part of the ranges that the consumer has to have, by its `startingOffsets`: all of it from "earliest", from
 * given offsets on, and with "latest" from the first record of each partition that it wrote.
 */
export function expectedRanges(
  ranges: OffsetRange[],
  startingOffsets: string,
  topic: string,
  found: Found,
): OffsetRange[] {
  if (startingOffsets === "earliest") return ranges;
  const given = startingOffsets === "latest" ? {} : (offsets.parse(JSON.parse(startingOffsets))[topic] ?? {});
  return ranges.map((range) => {
    const start = given[String(range.partition)] ?? -1;
    if (start === -2) return range;
    const from = start === -1 ? firstFound(found, range) : start;
    return { ...range, from: Math.min(range.to, Math.max(range.from, from)) };
  });
}

function firstFound(found: Found, { partition, to }: OffsetRange): number {
  let first = to;
  for (const offset of found.get(partition)?.keys() ?? []) first = Math.min(first, offset);
  return first;
}
