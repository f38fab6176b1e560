import type { Timing } from "./context";
import type { Run } from "./run";

/**
 * How long a continuous job waits, from the end of its last run, before the next one: not at all after a success or a
 * cancel, exponentially longer with each consecutive failure.
 *
 * @param ended the job's runs that have ended, newest first
 */
export function restartDelay(
  ended: Pick<Run, "result_state" | "interrupted" | "execution_duration" | "trigger">[],
  timing: Pick<Timing, "backoffMs" | "backoffMostMs" | "healthyAfterMs">,
): number {
  let failures = 0;
  for (const run of ended) {
    if (run.interrupted) continue;
    const failed = run.result_state === "FAILED" || run.result_state === "TIMEDOUT";
    if (!failed) break;
    failures++;
    // A run that was healthy for long before it failed begins a new series, and so does one that was asked for.
    if (run.execution_duration > timing.healthyAfterMs || run.trigger === "ONE_TIME") break;
  }
  return failures === 0 ? 0 : Math.min(timing.backoffMostMs, timing.backoffMs * 2 ** (failures - 1));
}
