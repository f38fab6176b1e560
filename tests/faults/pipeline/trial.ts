import { expect } from "vitest";
import { record } from "../record";
import type { Counts } from "./ledger";
import type { Stream } from "./stream";

/** A fault, and what is expected of it. */
export interface Trial {
  /** For the table. */
  fault: string;
  outcome: string;
  /** Does it, and resolves with its moment. */
  inject: () => Promise<number>;
  /** Repairs what does not repair itself, once events flow again. */
  mend?: () => Promise<void>;
}

/** Does the fault and follows every event until the stream is whole again. Nothing may be lost. */
export async function tried(stream: Stream, { fault, outcome, inject, mend }: Trial): Promise<Counts> {
  const { ledger } = stream;
  const before = await ledger.held();
  const since = await inject();
  const recovery = await ledger.recovered(before, since);
  await mend?.();
  const messages = await ledger.settle();
  console.log(`${fault}: ${JSON.stringify(messages)}, ${recovery} ms`);
  expect(messages.lost).toBe(0);
  expect(messages.produced).toBeGreaterThan(0);
  record({ kind: "fault", fault, times: 1, outcome, messages, recoveryMs: [recovery] });
  return messages;
}

/** SIGKILL, and its moment. */
export function killed(pid: number): number {
  process.kill(pid, "SIGKILL");
  return Date.now();
}
