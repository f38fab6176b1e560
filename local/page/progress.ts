import { z } from "zod";
import { known, unknown } from "./known";
import type { QueryView } from "./model";

const line = z.object({
  query: z.string(),
  batchId: z.number(),
  timestamp: z.string(),
  inputRowsPerSecond: z.number().optional(),
  totalLag: z.number().optional(),
  rowsSinceStart: z.number().default(0),
});

/** The newest progress of each query in a notebook's log, where each line of JSON stands behind `[cell N]`. */
export function queriesIn(log: string[]): QueryView[] {
  const newest = new Map<string, QueryView>();
  for (const text of log) {
    const found = parse(text);
    if (found) newest.set(found.name, found);
  }
  return [...newest.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Whether a line of a log is a query's progress. */
export function isProgress(text: string): boolean {
  return parse(text) !== undefined;
}

function parse(text: string): QueryView | undefined {
  const json = /\{"query":.*\}\s*$/.exec(text)?.[0];
  if (!json) return undefined;
  try {
    const { query, batchId, timestamp, inputRowsPerSecond, totalLag, rowsSinceStart } = line.parse(JSON.parse(json));
    return {
      name: query,
      batch: batchId,
      at: timestamp,
      lag: totalLag === undefined ? unknown("Spark reports none for this query") : known(totalLag),
      rate: inputRowsPerSecond === undefined ? unknown("Spark reports none for this batch") : known(inputRowsPerSecond),
      rowsSinceStart,
    };
  } catch {
    // A line that is still being written, or whose beginning was cut off.
    return undefined;
  }
}
