import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalStack } from "../../../local/stack/localStack";
import { type EngineRun, runEngine } from "../../local/events";
import { inventoryOfState, inventoryOfTwin, stateOf } from "../engine/inventory";
import { FaultTwin } from "../faultTwin";
import { record } from "../record";
import { OccupiedPort } from "./occupied";

/*
 * Errors that end a deployment. Each run gets further than the one before it and meets the next one; what counts is
 * that it says what is wrong and what to do, and that the next run goes on from there.
 */

const octet = 69;
let twin: FaultTwin;
let stack: LocalStack;

beforeAll(async () => {
  twin = await FaultTwin.start(octet);
  stack = await twin.twin.stack();
}, 180_000);
afterAll(() => twin?.stop());

async function fails(fault: string, says: RegExp): Promise<EngineRun> {
  const run = await runEngine(stack, "up");
  console.log(fault, "\n", run.errors);
  expect(run.ok).toBe(false);
  expect(run.errors).toMatch(says);
  record({ kind: "fault", fault, times: 1, outcome: "`up` fails and says why; the next one goes on" });
  return run;
}

describe("a deployment that a service refuses to go on with", { timeout: 300_000 }, () => {
  it("names the resource that Azure has not finished yet", async () => {
    const message =
      "Cannot proceed with operation because resource subnets/nodes used by resource is not in Succeeded state.";
    twin.rules({
      ...{ name: "not provisioned", method: "PUT", path: "/virtualNetworks/[^/]+/subnets/" },
      answer: { status: 400, code: "ReferencedResourceNotProvisioned", message },
    });
    await fails("400 ReferencedResourceNotProvisioned", /ReferencedResourceNotProvisioned/);
    twin.noRules();
  });

  it("says that the HDInsight cluster ended in Error, and what to do with it", async () => {
    const port = await OccupiedPort.take(`127.${octet}.0.6`, 2181);
    try {
      await fails("an HDInsight cluster that ends in Error", /127\.69\.0\.6:2181 is taken/);
    } finally {
      await port.free();
    }
  });

  it("says which of Ambari's requests FAILED", async () => {
    const taken = OccupiedPort.take(`127.${octet}.0.10`, 9092);
    await fails(
      "an Ambari request that ends FAILED",
      /Ambari's request \d+ \(.*\) ended FAILED.*the next `pulumi up` tries again/s,
    );
    await (await taken).free();
  });

  it("waits for a workspace whose compute is not there yet, for SSH that is refused and then slow, and for a cluster that answers 503 after it Succeeded", async () => {
    const unknownWorker = {
      status: 400,
      code: "INVALID_PARAMETER_VALUE",
      message: "Delegate unexpected exception: UnknownWorkerEnvironmentException: Unknown worker environment",
    };
    twin.rules(
      { name: "no worker environment", path: "/clusters/spark-versions$", times: 4, answer: unknownWorker },
      { name: "SSH refused", method: "SSH", times: 5, hangUp: true },
      { name: "SSH slow", method: "SSH", times: 1, delayMs: 3_000 },
    );
    const up = await runEngine(stack, "up");
    console.log(up.errors);
    expect(up.errors).toBe("");
    expect(up.ok).toBe(true);
  });

  it("has nothing twice, and nothing left to do", async () => {
    twin.noRules();
    expect((await runEngine(stack, "up")).touched).toEqual({});
    const resources = await stateOf(stack);
    expect(await inventoryOfTwin(twin.home, stack, resources)).toEqual(inventoryOfState(resources));
  });
});
