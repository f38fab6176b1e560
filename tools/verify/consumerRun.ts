import { setTimeout } from "node:timers/promises";
import type { RunState, Workspace } from "./workspace";

/** States that a run leaves by itself. The others are RUNNING, and those in which it has ended. */
const passing = ["QUEUED", "PENDING", "BLOCKED", "WAITING_FOR_RETRY", "TERMINATING"];

/** How the consumer's newest run is doing, in a sentence. */
export function describeRun(run: RunState | undefined): string {
  if (!run) return "The consumer's job has never run.";
  const { life_cycle_state: cycle, result_state: result, state_message: message } = run;
  return `The consumer's newest run is ${[cycle, result].filter(Boolean).join(", ")}${message ? `: ${message}` : ""}.`;
}

/**
 * Looks at the consumer's newest run: it has to be running, or to have ended well, as one with `availableNow` does. One
 * that is about to begin is waited for, as a cluster takes minutes to come up.
 *
 * @param pollMs time between two looks, ms; 1000 by default
 */
export async function checkRun(
  workspace: Pick<Workspace, "runState">,
  jobUrl: string,
  { timeoutMs, pollMs = 1000 }: { timeoutMs: number; pollMs?: number },
): Promise<{ state: string; misses: string[] }> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const run = await workspace.runState(jobUrl);
    const state = run ? [run.life_cycle_state, run.result_state].filter(Boolean).join(", ") : "never";
    if (state === "RUNNING" || state === "TERMINATED, SUCCESS") return { state, misses: [] };
    const canChange = !run || passing.includes(run.life_cycle_state);
    if (!canChange || Date.now() + pollMs > deadline) {
      return { state, misses: [`${describeRun(run)} Look at ${jobUrl}.`] };
    }
    await setTimeout(pollMs);
  }
}
