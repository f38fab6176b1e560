import { appendFileSync, mkdirSync } from "node:fs";
import * as path from "node:path";
import { expect } from "vitest";
import { projectRoot } from "../../local/paths";

/** What became of one kind of fault. Rows of the same `fault` are added up in the document. */
export interface FaultRow {
  kind: "fault";
  /** What was done to the system, in a few words. */
  fault: string;
  /** How often it was done. */
  times: number;
  /** What happened then, as a user sees it. */
  outcome: string;
  /** Events meanwhile, each counted once by its id; absent where none flowed. */
  messages?: { produced: number; consumed: number; lost: number; duplicated: number };
  /** For each time: from the fault until the system had recovered, ms. */
  recoveryMs?: number[];
}

/** How the system bore a load. */
export interface LoadRow {
  kind: "load";
  /** What was done, such as "100 clients on the ARM endpoint". */
  what: string;
  /** How much of it, such as "5 minutes at 200 events/s". */
  size: string;
  outcome: string;
  /** Memory of what was loaded in the first and in the last minute, MB. */
  memoryMb?: { first: number; last: number };
  /** Events that were produced and not yet consumed, in the first and in the last minute. */
  backlog?: { first: number; last: number };
  errors: number;
}

export type Row = FaultRow | LoadRow;

/** What a test has seen, with where it stands. */
export type Recorded = Row & { file: string; test: string };

/** Whether this is `npm run test:faults`, which tries everything and writes `docs/reliability.md`. */
export const isFull = process.env.STREAMING_FAULTS === "full";

/** What a run has recorded so far, one JSON object a line. */
export const recordFile = path.join(projectRoot, ".local", "faults", "recorded.jsonl");

/**
 * Notes what a test has seen, for `docs/reliability.md`. Call it after the last expectation, so that what is noted has
 * been true. Outside of `npm run test:faults` nothing is kept: a plain `npm test` changes no file of the project.
 */
export function record(row: Row): void {
  if (!isFull) return;
  const { testPath, currentTestName } = expect.getState();
  const noted: Recorded = { ...row, file: path.relative(projectRoot, testPath ?? ""), test: currentTestName ?? "" };
  mkdirSync(path.dirname(recordFile), { recursive: true, mode: 0o700 });
  appendFileSync(recordFile, `${JSON.stringify(noted)}\n`, { mode: 0o600 });
}

/**
 * The cases to try: all of them in the full suite, else `few`, spread over the whole list. Say in the test's name how
 * many of how many there are: `${cases.length} of ${all.length}`.
 */
export function chosen<T>(all: readonly T[], few: number): T[] {
  if (isFull || few >= all.length) return [...all];
  return Array.from({ length: few }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / few)] as T);
}
