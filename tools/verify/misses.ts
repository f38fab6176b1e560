import type { OffsetRange } from "../stack/kafka";
import type { Comparison } from "./compare";

/** More than this of one kind says nothing new. */
const most = 20;

/** Names each record that is missing or there twice, and what to look at. */
export function describeMisses({ missing, duplicates }: Comparison, checkpoint: string): string[] {
  return [
    ...shorten(missing.map((range) => `Missing in the sink: ${describeRange(range)}.`)),
    ...shorten(
      duplicates.map(
        ({ partition, offset, times }) => `Partition ${partition}, offset ${offset} is there ${times} times.`,
      ),
    ),
    ...(duplicates.length > 0 ? [`A consumer that lost its checkpoint reads again: look at ${checkpoint}.`] : []),
  ];
}

function describeRange({ partition, from, to }: OffsetRange): string {
  return to - from === 1
    ? `partition ${partition}, offset ${from}`
    : `partition ${partition}, offsets ${from} to ${to - 1}`;
}

function shorten(lines: string[]): string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most), `... and ${lines.length - most} more like these.`];
}
