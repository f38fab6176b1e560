import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalStack } from "../../../local/stack/localStack";
import { FaultTwin } from "../faultTwin";
import { killedAtSteps } from "./killed";

/* The engine killed at each of its own steps. The short suite does it at the calls that cost most, in lifecycle.test.ts. */

let twin: FaultTwin;
let stack: LocalStack;

beforeAll(async () => {
  twin = await FaultTwin.start(67);
  stack = await twin.twin.stack();
}, 180_000);
afterAll(() => twin?.stop());

describe("a deployment and a destruction", { timeout: 1_800_000 }, () => {
  let created: string[];

  it("are carried on when the engine is killed as it begins to make something, at every step", async () => {
    created = await killedAtSteps(twin, stack, "up");
    expect(created.length).toBeGreaterThanOrEqual(30);
  });

  it("are carried on when the engine is killed as it begins to delete something, at every step", async () => {
    const deleted = await killedAtSteps(twin, stack, "destroy");
    const ofAzure = (steps: string[], op: string) =>
      steps.filter((step) => step.startsWith(`${op} azure-native:`)).map((step) => step.slice(op.length));
    // Everything in the workspace ends with it, and every component at once.
    expect(ofAzure(deleted, "delete").sort()).toEqual(ofAzure(created, "create").sort());
  });
});
