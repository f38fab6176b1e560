import { readFileSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadKeys } from "../../local/setup/keys";
import { ControlPlaneStack } from "../local/controlPlaneStack";
import { runEngine } from "../local/events";

/** Logs and alerts, switched on and off again on a stack that is deployed, by the real engine. */
describe("monitoring", { timeout: 240_000 }, () => {
  let stack: ControlPlaneStack;
  /** A workspace of somebody else's. */
  let theirs: string;
  const octets = { kafkaAddressSpace: "10.95.0.0/16", kafkaSubnetPrefix: "10.95.0.0/24" };
  const on = {
    ...octets,
    logAnalytics: "new",
    logKafka: "true",
    logRetentionDays: "60",
    alertEmails: ["a@example.com"],
  };
  const made = ["", "-logs", "-databricks", "-network", "-kafka", "-alerts"].map((part) => `monitoring${part}`);
  const leaves = [
    "monitoring-logs-workspace",
    "monitoring-databricks-setting",
    "monitoring-network-setting",
    "monitoring-kafka-agent",
    "monitoring-alerts-receivers",
    "monitoring-alerts-kafka-health",
    "monitoring-alerts-failed-runs",
  ];

  beforeAll(async () => {
    stack = await ControlPlaneStack.start();
  }, 120_000);
  afterAll(() => stack?.stop());

  const up = (config: Record<string, unknown>) => stack.done("up", config);

  it("is not there unless a stack asks for it", async () => {
    // Without a word on the outputs that there are not, which a newcomer would take for a mistake.
    stack.config = { ...octets, sparkInteractiveCluster: "false" };
    expect((await runEngine(stack, "preview")).text).not.toContain("will not show as a stack output");
    await up(octets);
    expect(await stack.outputs()).not.toHaveProperty("logAnalyticsUrl");
    const { stdout } = await stack.pulumi(["stack", "export"]);
    expect(String(stdout)).not.toMatch(/azure-native:(monitor|operationalinsights)/);
  });

  it("is added to a deployed stack, which stays as it is", async () => {
    const touched = await up(on);
    expect(touched.create?.sort()).toEqual([...made, ...leaves].sort());
    // The jobs get their e-mail settings; nothing else changes.
    expect(Object.keys(touched).sort()).toEqual(["create", "update"]);
    expect(touched.update?.sort()).toEqual(["consumer-job", "producer-job"]);
    expect((await stack.outputs()).logAnalyticsUrl).toMatch(
      /^https:\/\/portal\.azure\.com\/#@\/resource\/subscriptions\/.+\/workspaces\/streaming-local-logs\/logs$/,
    );
  });

  it("leaves the workspace's key, which Kafka's nodes were given, in nobody's hands", async () => {
    const kept = readFileSync(path.join(stack.home, "arm", "resources.json"), "utf8");
    const [, key] = /"primarySharedKey":\s*"([^"]+)"/.exec(kept) ?? [];
    const { stdout } = await stack.pulumi(["stack", "export", "--show-secrets"]);
    expect(key).toHaveLength(88);
    expect(String(stdout)).not.toContain(key);
  });

  it("has nothing to do a second time, nor after a refresh", async () => {
    expect(await up(on)).toEqual({});
    const refresh = await runEngine(stack, "refresh");
    expect(refresh.errors).toBe("");
    expect(await up(on)).toEqual({});
  });

  it("keeps logs longer without making anything anew", async () => {
    const touched = await up({ ...on, logRetentionDays: "90" });
    expect(touched).toEqual({ update: ["monitoring-logs-workspace"] });
  });

  it("goes away again when it is not wanted", async () => {
    const touched = await up({ ...on, logAnalytics: "none", logKafka: "false" });
    expect(touched.delete?.sort()).toEqual([...made, ...leaves].sort());
    expect(Object.keys(touched)).toEqual(["delete"]);
  });

  it("sends to a workspace that is there already, and has nothing to do a second time", async () => {
    const arm = await stack.arm();
    const { subscriptionId } = (await loadKeys(stack.home)).azure;
    const hub = `/subscriptions/${subscriptionId}/resourceGroups/hub`;
    theirs = `${hub}/providers/Microsoft.OperationalInsights/workspaces/hub-logs`;
    await arm.put(hub, { location: "westeurope" });
    await arm.create(theirs, { location: "westeurope", properties: {} });
    const there = { ...on, logAnalytics: theirs };
    const { create = [], ...others } = await up(there);
    const own = ["monitoring-logs", "monitoring-logs-workspace"];
    expect(create.sort()).toEqual([...made, ...leaves].filter((name) => !own.includes(name)).sort());
    expect(others).toEqual({});
    expect((await stack.outputs()).logAnalyticsUrl).toContain(theirs);
    expect(await up(there)).toEqual({});
    await stack.done("refresh", there);
    expect(await up(there)).toEqual({});
  });

  it("is destroyed with the stack, and leaves nothing but the workspace that was there", async () => {
    await up(on);
    const destroy = await runEngine(stack, "destroy");
    expect(destroy.errors).toBe("");
    expect((await (await stack.arm()).get(theirs)).status).toBe(200);
    const { stdout } = await stack.pulumi(["stack", "export"]);
    expect(JSON.parse(String(stdout)).deployment.resources ?? []).toEqual([]);
  });
});
