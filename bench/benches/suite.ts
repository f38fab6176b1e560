import * as path from "node:path";
import { readIfThere } from "../../local/files";
import { projectRoot } from "../../local/paths";
import { series } from "../measure/figure";
import type { Bench, Context, Figure, Findings } from "../model";

/** How many files are shown by name. */
const shown = 15;

/**
 * Reads what the last run of each test file took. It runs none of them: all together take most of an hour, and whoever
 * changes something has run them.
 */
export const suite: Bench = {
  about: "what each test file took when it was run last, as `npm test` notes it in .local/test-times.json",
  async run({ progress }: Context): Promise<Findings> {
    const text = readIfThere(path.join(projectRoot, ".local", "test-times.json"));
    if (text === undefined) {
      progress("no test file has been run here: run `npm test` first");
      return { figures: [] };
    }
    return { figures: timesAsFigures(JSON.parse(text) as Record<string, number>) };
  },
};

/** The sum, and the files that take longest, the longest first. */
export function timesAsFigures(times: Readonly<Record<string, number>>): Figure[] {
  const files = Object.entries(times).sort(([, a], [, b]) => b - a);
  if (files.length === 0) return [];
  const seconds = (name: string, value: number): Figure => ({ ...series(name, [value]), unit: "s", better: "lower" });
  const total = files.reduce((sum, [, time]) => sum + time, 0);
  return [
    seconds(`all ${files.length} test files`, total),
    ...files.slice(0, shown).map(([file, time]) => seconds(`of that: ${file}`, time)),
  ];
}
