import { expect } from "vitest";
import type { FaultRule } from "../../../local/cloud/faults";
import type { LocalStack, Operation } from "../../../local/stack/localStack";
import { runEngine } from "../../local/events";
import type { FaultTwin } from "../faultTwin";
import { record } from "../record";

/*
 * Errors that pass by themselves, as the services answer them every day. Every single call meets each of them once, and
 * nobody should notice.
 */

/** An error that passes, and the calls that the services answer so. */
export interface PassingError {
  what: string;
  method: string;
  path: string;
  answer: FaultRule["answer"];
}

const everyCall = { method: ".*", path: "^/(subscriptions|api)/" };

export const passingErrors: PassingError[] = [
  {
    what: "429 with Retry-After",
    ...everyCall,
    answer: {
      ...{ status: 429, code: "TooManyRequests", message: "The request was throttled." },
      headers: { "retry-after": "1" },
    },
  },
  {
    what: "503, also after an operation said Succeeded",
    ...everyCall,
    answer: { status: 503, code: "ServerBusy", message: "The server is currently busy. Try again later." },
  },
  {
    what: "409 AnotherOperationInProgress",
    ...{ method: "PUT|DELETE", path: "^/subscriptions/.*/providers/Microsoft\\.Network/" },
    answer: {
      ...{ status: 409, code: "AnotherOperationInProgress" },
      message: "Another operation on this or dependent resource is in progress.",
    },
  },
  {
    what: "401 ExpiredAuthenticationToken",
    ...{ method: ".*", path: "^/subscriptions/" },
    answer: {
      ...{ status: 401, code: "ExpiredAuthenticationToken" },
      message: "The access token expiry is before the current time: the clocks differ.",
    },
  },
];

/** Runs the engine while every call that it makes meets each of these errors once, one after the other. */
export async function unnoticed(
  twin: FaultTwin,
  stack: LocalStack,
  errors: readonly PassingError[],
  operations: readonly Operation[],
): Promise<void> {
  twin.newFaults();
  twin.rules(...errors.map(({ what, ...rule }): FaultRule => ({ name: what, per: "call", ...rule })));
  for (const operation of operations) {
    const run = await runEngine(stack, operation);
    expect(run.errors).toBe("");
    expect(run.ok).toBe(true);
  }
  twin.noRules();
  const faults = twin.newFaults();
  for (const { what } of errors) {
    const times = faults.filter(({ rule }) => rule === what).length;
    expect(times, what).toBeGreaterThan(5);
    const fault = `every call of ${operations.map((name) => `\`${name}\``).join(" and ")} answered once with ${what}`;
    record({ kind: "fault", fault, times, outcome: "asked again; nobody notices" });
  }
}
