import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { writeFileAtomic } from "../local/files";
import { projectRoot } from "../local/paths";
import type { Results } from "./model";

/** The results that belong to this version of the project: what the documentation shows, and others are compared with. */
export const committedResults = path.join(projectRoot, "bench", "results.json");

/** Results in a file; none where there is no file. */
export function readResults(file: string): Results {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Results) : {};
}

/** Writes results into a file, over those of the same benches; it keeps those of others. */
export function addResults(file: string, results: Results): void {
  const all = { ...readResults(file), ...results };
  const inOrder = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = JSON.stringify(inOrder, null, 2).replaceAll(
    /\[\n\s+([-\d.e,\s]+?)\n\s+\]/g,
    (_all, numbers: string) => `[${numbers.replaceAll(/\s+/g, " ")}]`,
  );
  writeFileAtomic(path.resolve(file), `${text}\n`, 0o644);
}
