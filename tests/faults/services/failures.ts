import { expect, it } from "vitest";
import type { LocalStack } from "../../../local/stack/localStack";
import { runEngine } from "../../local/events";
import { inventoryOfState, inventoryOfTwin, stateOf } from "../engine/inventory";
import type { FaultTwin } from "../faultTwin";
import { record } from "../record";
import { OccupiedPort } from "./occupied";

/** What the failures happen to: nothing is deployed yet. */
export interface Site {
  twin: FaultTwin;
  stack: LocalStack;
  /** Second octet of the addresses at which the cluster's nodes are. */
  octet: number;
}

const unknownWorker = {
  status: 400,
  code: "INVALID_PARAMETER_VALUE",
  message: "Delegate unexpected exception: UnknownWorkerEnvironmentException: Unknown worker environment",
};

/**
 * Errors that end a deployment. Each run gets further than the one before it and meets the next one; what counts is that
 * it says what is wrong and what to do, and that the next run goes on from there.
 */
export function failures(site: () => Site): void {
  const fails = async (says: RegExp, ...flags: string[]) => {
    const run = await runEngine(site().stack, "up", flags);
    expect(run.ok).toBe(false);
    expect(run.errors).toMatch(says);
  };
  const noted = (fault: string, outcome = "`up` fails and says why; the next one goes on", times = 1) =>
    record({ kind: "fault", fault, times, outcome });
  const works = async () => {
    const run = await runEngine(site().stack, "up");
    expect(run.errors).toBe("");
    expect(run.ok).toBe(true);
  };

  it("names the resource that Azure has not finished yet", async () => {
    const answer = {
      ...{ status: 400, code: "ReferencedResourceNotProvisioned" },
      message: "Cannot proceed with operation because resource kafka used by resource nodes is not in Succeeded state.",
    };
    site().twin.rules({ name: "not provisioned", method: "PUT", path: "/virtualNetworks/[^/]+$", answer });
    await fails(/ReferencedResourceNotProvisioned.*is not in Succeeded state/s);
    site().twin.noRules();
    noted("400 ReferencedResourceNotProvisioned");
  });

  it("says that the HDInsight cluster ended in Error, why, and what to do with it", async () => {
    const zookeeper = `127.${site().octet}.0.6`;
    const port = await OccupiedPort.take(zookeeper, 2181);
    try {
      await fails(new RegExp(`Port 2181 of ${zookeeper} is taken`));
    } finally {
      await port.free();
    }
    await fails(/is in Error state.*delete it, then create it again/s);
    noted("an HDInsight cluster that ends in Error", "`up` fails and says why; `up --replace` makes it anew");
  });

  it("says which of Ambari's requests FAILED", async () => {
    const cluster = (await stateOf(site().stack)).find(({ type }) => type === "azure-native:hdinsight:Cluster");
    const taken = OccupiedPort.takeOver(`127.${site().octet}.0.10`, 9092);
    const says = /Ambari's request \d+ \(.*\) ended FAILED.*the next `pulumi up` tries again/s;
    await fails(says, "--replace", String(cluster?.urn));
    await (await taken).free();
    noted("an Ambari request that ends FAILED");
  });

  it("fails at a workspace that loses its compute again, and goes on", async () => {
    site().twin.rules({ name: "flapping", method: "POST", path: "/jobs/create$", answer: unknownWorker });
    await fails(/UnknownWorkerEnvironment/);
    site().twin.noRules();
    noted("UnknownWorkerEnvironment after the workspace was ready");
  });

  it("has nothing twice, and nothing left to do, in the end", async () => {
    await works();
    const { twin, stack } = site();
    expect((await runEngine(stack, "up")).touched).toEqual({});
    const resources = await stateOf(stack);
    expect(await inventoryOfTwin(twin.home, stack, resources)).toEqual(inventoryOfState(resources));
    expect((await runEngine(stack, "destroy")).errors).toBe("");
  });

  it("waits for a workspace whose compute is not there yet, and for SSH that is refused and then slow", async () => {
    const { twin, stack } = site();
    twin.newFaults();
    twin.rules(
      {
        name: "UnknownWorkerEnvironment on the first calls",
        path: "/clusters/spark-versions$",
        times: 4,
        answer: unknownWorker,
      },
      { name: "SSH refused", method: "SSH", times: 5, hangUp: true },
      { name: "SSH slow", method: "SSH", times: 1, delayMs: 3_000 },
    );
    await works();
    twin.noRules();
    const faults = twin.newFaults();
    for (const rule of new Set(faults.map((each) => each.rule))) {
      const times = faults.filter((each) => each.rule === rule).length;
      noted(rule, "`up` waits; nobody notices", times);
    }
    expect(faults.map(({ rule }) => rule)).toEqual(expect.arrayContaining(["SSH refused", "SSH slow"]));
    expect((await runEngine(stack, "destroy")).errors).toBe("");
  });
}
