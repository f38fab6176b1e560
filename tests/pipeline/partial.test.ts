import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { FaultRule } from "../../local/cloud/faults";
import { emptyTwin } from "../faults/engine/inventory";
import { ControlPlaneStack } from "../local/controlPlaneStack";
import { runEngine } from "../local/events";

/** A deployment that failed half-way is destroyed: nothing is left, in Azure, in the workspace or in the state. */
describe("a deployment that failed", { timeout: 240_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), "faults-"));
  const rules = path.join(folder, "faults.json");
  let stack: ControlPlaneStack;
  const write = (...given: FaultRule[]) => writeFileSync(rules, JSON.stringify(given));

  beforeAll(async () => {
    write();
    process.env.STREAMING_TWIN_FAULTS = rules;
    stack = await ControlPlaneStack.start();
  }, 120_000);
  afterEach(() => write());
  afterAll(async () => {
    await stack?.stop();
    delete process.env.STREAMING_TWIN_FAULTS;
    rmSync(folder, { recursive: true });
  });

  const octets = { kafkaAddressSpace: "10.81.0.0/16", kafkaSubnetPrefix: "10.81.0.0/24" };
  const byName = { databricksNetwork: "injected", kafkaAdvertise: "names", sink: "delta" };
  const logged = { logAnalytics: "new", logKafka: "true", alertEmails: ["operators@example.com"] };
  const refused = (status: number, code: string) => ({ status, code, message: "Not today.", headers: {} });

  it.each<[string, FaultRule, RegExp, Record<string, unknown>?]>([
    [
      "at its network",
      { name: "network", method: "PUT", path: "/virtualNetworks/[^/]+$", answer: refused(400, "SubnetNotValid") },
      /Not today/,
    ],
    [
      "at the Kafka cluster, with the workspace there already",
      { name: "cluster", method: "PUT", path: "/clusters/[^/]+$", answer: refused(400, "InvalidDocument") },
      /Not today/,
    ],
    [
      "at Ambari, with everything in Azure there",
      { name: "ambari", method: "PUT", path: "/api/v1/clusters/", times: 9, answer: refused(403, "Forbidden") },
      /Ambari answered 403/,
    ],
    [
      "at a job, with all but the jobs there",
      { name: "job", method: "POST", path: "/jobs/create$", times: 9, answer: refused(400, "INVALID_PARAMETER_VALUE") },
      /Not today/,
    ],
    [
      "at a job, in networks of the stack's own with brokers by name",
      { name: "job", method: "POST", path: "/jobs/create$", times: 9, answer: refused(400, "INVALID_PARAMETER_VALUE") },
      /Not today/,
      byName,
    ],
    [
      "at a record of a broker's name",
      {
        name: "record",
        method: "PUT",
        path: "/privateDnsZones/[^/]+/A/",
        times: 9,
        answer: refused(400, "BadRequest"),
      },
      /Not today/,
      byName,
    ],
    [
      "at an alert, with the logs of all there",
      { name: "alert", method: "PUT", path: "/scheduledQueryRules/", times: 9, answer: refused(400, "BadRequest") },
      /Not today/,
      logged,
    ],
    [
      "at the agent that sends Kafka's logs",
      { name: "agent", method: "PUT", path: "/azureMonitorAgent", times: 9, answer: refused(400, "BadRequest") },
      /The logs of the Kafka cluster: PUT .*Not today/,
      logged,
    ],
  ])("%s is destroyed without anything left", async (_, rule, says, choices = {}) => {
    write(rule);
    stack.config = { ...octets, ...choices };
    const up = await runEngine(stack, "up");
    expect(up.ok).toBe(false);
    expect(up.errors).toMatch(says);
    write();
    await destroyedWhole();
  });

  it("at the wait for the role on the storage is destroyed without anything left", async () => {
    stack.config = octets;
    stack.environment.AZURE_ROLE_WAIT_MINUTES = "soon";
    const up = await runEngine(stack, "up");
    expect(up.ok).toBe(false);
    expect(up.errors).toContain("Waiting for the role on the Kafka cluster's storage failed");
    stack.environment.AZURE_ROLE_WAIT_MINUTES = "0";
    await destroyedWhole();
  });

  async function destroyedWhole() {
    const destroyed = await runEngine(stack, "destroy");
    expect(destroyed.errors).toBe("");
    expect(destroyed.ok).toBe(true);
    const { stdout } = await stack.pulumi(["stack", "export"]);
    expect(JSON.parse(String(stdout)).deployment.resources ?? []).toEqual([]);
    expect(emptyTwin(stack.home)).toEqual({ resources: [], clusters: [], workspaces: [] });
  }
});
