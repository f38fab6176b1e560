import { type Answer, type Retry, retryAfter, Unreachable } from "../rpc/http";
import { child, isProps, text, type Value } from "../rpc/values";

const retriedStatus = new Set([408, 429, 500, 502, 503, 504]);
/** Attempts after a failure that may pass. */
const FAILURE_RETRIES = 3;
/** How long to wait for another operation on the same resource, in milliseconds: as long as the official plugin. */
const CONFLICT_BUDGET_MS = 200_000;
const LONGEST_PAUSE_MS = 20_000;

/**
 * The pause the resource manager asks for, in milliseconds; undefined if it does not. Azure's SDK for Go, with which the
 * official plugin is built, reads the headers that know milliseconds first (`RetryAfter` of its `azcore`).
 */
export function pauseAsked(headers: Headers): number | undefined {
  for (const name of ["retry-after-ms", "x-ms-retry-after-ms"]) {
    const milliseconds = Number(headers.get(name));
    if (milliseconds > 0) return milliseconds;
  }
  return retryAfter(headers);
}

/** Retries what may pass by itself: no connection, throttling, server errors. */
export const retryFailures: Retry = (outcome, attempt) => {
  const passing = outcome instanceof Unreachable || retriedStatus.has(outcome.status);
  if (!passing || attempt > FAILURE_RETRIES) return undefined;
  return (outcome instanceof Unreachable ? undefined : pauseAsked(outcome.headers)) ?? pause(attempt);
};

/** The resource manager also answers that it is busy with the resource: wait, as Azure's own clients do. */
export const retryResourceManager: Retry = (outcome, attempt, elapsed) => {
  if (outcome instanceof Unreachable || !isBusy(outcome)) return retryFailures(outcome, attempt, elapsed);
  return elapsed < CONFLICT_BUDGET_MS ? (pauseAsked(outcome.headers) ?? pause(attempt)) : undefined;
};

function isBusy(answer: Answer): boolean {
  const body = answer.json as Value;
  return answer.status === 409 && isProps(body) && text(child(body, "error"), "code") === "AnotherOperationInProgress";
}

/** 0.5, 1, 2, 4 ... seconds. */
function pause(attempt: number): number {
  return Math.min(500 * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
}
