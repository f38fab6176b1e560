import { expect } from "vitest";
import type { LocalStack } from "../../../local/stack/localStack";
import { runEngine } from "../../local/events";
import type { FaultTwin } from "../faultTwin";
import { isFull, record } from "../record";
import { emptyTwin, inventoryOfState, inventoryOfTwin, stateOf } from "./inventory";
import { runKilled, type Step } from "./kill";

/*
 * One deployment is enough for all steps: the engine is killed at its first one, run again and killed at the next, and
 * so on to the end. Whatever a kill has orphaned or doubled is still there then, and found.
 */

type Change = "up" | "destroy";

/** Calls that change something, of the three services; logging in and asking for the state of an operation do not. */
const writes = { method: "PUT|POST|PATCH|DELETE", path: "^/(subscriptions|api)/" };

/** The short suite's choice among all calls: the ones whose loss would cost most. */
const few: Record<Change, RegExp[]> = {
  up: [/HDInsight\/clusters\/\w+$/, /services\/KAFKA$/, /jobs\/create$/],
  destroy: [/jobs\/delete$/, /HDInsight\/clusters\/\w+$/, /virtualNetworks\/[\w-]+\/virtualNetworkPeerings\/[\w-]+$/],
};

const outcomes: Record<Change, string> = {
  up: "the next `up` carries it on; nothing orphaned, nothing twice",
  destroy: "the next `destroy` carries it on; nothing is left",
};

/**
 * Runs the engine until it ends by itself, each time killed when a service has done what it was asked for, and before
 * its answer arrives. Resolves with the calls.
 */
export async function killedAtAnswers(twin: FaultTwin, stack: LocalStack, change: Change): Promise<string[]> {
  const calls: string[] = [];
  const held = isFull ? [writes] : few[change].map((path) => ({ method: writes.method, path: path.source }));
  twin.rules(...held.map((rule, i) => ({ ...rule, name: `held ${i}`, per: "call" as const, holdMs: 3_000 })));
  twin.newFaults();
  await untilDone(stack, change, [], () => {
    // Several may be under way at the same time.
    const unanswered = twin.newFaults().map(({ method, path }) => `${method} ${path}`);
    calls.push(...unanswered);
    return unanswered.length > 0;
  });
  twin.noRules();
  await expectDone(twin, stack, change);
  const fault = `the engine killed after a call of \`${change}\`, before its answer`;
  record({ kind: "fault", fault, times: calls.length, outcome: outcomes[change] });
  return calls;
}

/**
 * The same, each time killed at the first step that it has not been killed at. Resolves with the steps, such as
 * "create azure-native:resources:ResourceGroup streaming". What is over at once, as a component's end is, may be missed.
 */
export async function killedAtSteps(twin: FaultTwin, stack: LocalStack, change: Change): Promise<string[]> {
  const steps: string[] = [];
  const name = ({ op, urn }: Step) => `${op} ${(urn.split("$").at(-1) ?? urn).split("::").slice(-2).join(" ")}`;
  await untilDone(stack, change, ["--parallel", "1"], (begun) => {
    const fresh = begun.map(name).find((step) => !steps.includes(step));
    if (fresh) steps.push(fresh);
    return fresh !== undefined;
  });
  await expectDone(twin, stack, change);
  const fault = `the engine killed as it begins a step of \`${change}\``;
  record({ kind: "fault", fault, times: steps.length, outcome: outcomes[change] });
  return steps;
}

async function untilDone(stack: LocalStack, change: Change, flags: string[], now: (begun: Step[]) => boolean) {
  for (;;) {
    const run = await runKilled(stack, change, flags, now);
    if (run.killed) continue;
    expect(run.ok, run.errors).toBe(true);
    return;
  }
}

/** Nothing is left to do, nothing is there that is not in the state, and nothing in the state that is not there. */
async function expectDone(twin: FaultTwin, stack: LocalStack, change: Change): Promise<void> {
  if (change === "destroy") {
    expect(await stateOf(stack)).toEqual([]);
    expect(emptyTwin(twin.home)).toEqual({ resources: [], clusters: [], workspaces: [] });
    return;
  }
  const again = await runEngine(stack, "up");
  expect(again.errors).toBe("");
  expect(again.touched).toEqual({});
  const resources = await stateOf(stack);
  expect(await inventoryOfTwin(twin.home, stack, resources)).toEqual(inventoryOfState(resources));
}
