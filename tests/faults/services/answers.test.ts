import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FaultRule } from "../../../local/cloud/faults";
import type { LocalStack } from "../../../local/stack/localStack";
import { runEngine } from "../../local/events";
import { emptyTwin, stateOf } from "../engine/inventory";
import { FaultTwin } from "../faultTwin";
import { isFull, record } from "../record";

/*
 * Errors that pass by themselves, as the services answer them every day. Every single call of a deployment meets each
 * of them once, and nobody should notice.
 */

interface Passing {
  what: string;
  /** Calls that the services answer so. */
  method: string;
  path: string;
  status: number;
  code: string;
  message: string;
  headers?: Record<string, string>;
}

const everyCall = { method: ".*", path: "^/(subscriptions|api)/" };
const passing: Passing[] = [
  {
    what: "429 with Retry-After",
    ...everyCall,
    ...{ status: 429, code: "TooManyRequests", message: "The request was throttled.", headers: { "retry-after": "1" } },
  },
  {
    what: "503, also after an operation said Succeeded",
    ...everyCall,
    ...{ status: 503, code: "ServerBusy", message: "The server is currently busy. Try again later." },
  },
  {
    what: "409 AnotherOperationInProgress",
    ...{ method: "PUT|DELETE", path: "^/subscriptions/.*/providers/Microsoft\\.Network/" },
    ...{ status: 409, code: "AnotherOperationInProgress" },
    message: "Another operation on this or dependent resource is in progress.",
  },
  {
    what: "401 ExpiredAuthenticationToken",
    ...{ method: ".*", path: "^/subscriptions/" },
    ...{
      status: 401,
      code: "ExpiredAuthenticationToken",
      message: "The access token expiry is before the current time.",
    },
  },
];

/** What the short suite deploys: the networks. The full one deploys everything. */
const networkOnly = /azure-native:(resources|network)|pulumi:providers:azure-native/;

let twin: FaultTwin;
let stack: LocalStack;

beforeAll(async () => {
  twin = await FaultTwin.start(68);
  stack = await twin.twin.stack();
}, 180_000);
afterAll(() => twin?.stop());

const asRule = ({ what, method, path, status, code, message, headers = {} }: Passing): FaultRule => ({
  ...{ name: what, method, path, per: "call", answer: { status, code, message, headers } },
});

/** Flags for the part of the program that is deployed here. */
async function extent(): Promise<string[]> {
  if (isFull) return [];
  const { text } = await runEngine(stack, "preview");
  const urns = [...text.matchAll(/"urn":\s*"(urn:pulumi:[^"]+)"/g)].map(([, urn]) => urn as string);
  const targets = [...new Set(urns)].filter((urn) => networkOnly.test(urn.split("::")[2] ?? ""));
  expect(targets.length).toBeGreaterThan(8);
  return targets.flatMap((urn) => ["--target", urn]);
}

const which = isFull ? "every call of the deployment" : "every call for its networks";

describe(`a service that fails once at ${which}`, { timeout: 600_000 }, () => {
  const rounds = isFull ? passing.map((one) => [one]) : [passing];

  it.each(rounds.map((answers) => ({ answers, names: answers.map(({ what }) => what).join(", then ") })))(
    "is noticed by nobody: $names",
    async ({ answers }) => {
      const flags = await extent();
      const began = Date.now();
      twin.newFaults();
      twin.rules(...answers.map(asRule));
      const up = await runEngine(stack, "up", flags);
      expect(up.errors).toBe("");
      expect(up.ok).toBe(true);
      const destroy = await runEngine(stack, "destroy");
      expect(destroy.errors).toBe("");
      const faults = twin.newFaults();
      twin.noRules();
      expect(await stateOf(stack)).toEqual([]);
      expect(emptyTwin(twin.home)).toEqual({ resources: [], clusters: [], workspaces: [] });
      for (const { what } of answers) {
        const times = faults.filter(({ rule }) => rule === what).length;
        console.log(what, times, Date.now() - began);
        expect(times, what).toBeGreaterThan(5);
        record({
          kind: "fault",
          fault: `every call answered once with ${what}`,
          times,
          outcome: "asked again; nobody notices",
        });
      }
    },
  );
});
