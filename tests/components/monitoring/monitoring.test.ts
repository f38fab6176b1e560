import * as hdinsight from "@pulumi/azure-native/hdinsight";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { LogAlerts, Monitoring, ResourceLogs } from "../../../components";
import { Recording, settled } from "../recording";

const place = { resourceGroupName: "rg", location: "westeurope", tags: { owner: "me" } };
const existing = "/subscriptions/s/resourceGroups/hub/providers/Microsoft.OperationalInsights/workspaces/hub-logs";

describe("monitoring", () => {
  it("makes a workspace, sends it the logs that are asked for, and tells of failed runs", async () => {
    const recording = new Recording();
    const { workspaceId, url } = new Monitoring("monitoring", {
      ...place,
      workspace: { workspaceName: "stream-logs", retentionDays: 60 },
      databricksWorkspaceId: "/databricks",
      securityGroupId: "/nsg",
      alertEmails: ["a@example.com", "b@example.com"],
      protect: true,
    });
    const id = "monitoring-logs-workspace-id";
    expect(await settled(workspaceId)).toBe(id);
    expect(await settled(url)).toBe(`https://portal.azure.com/#@/resource${id}/logs`);
    await recording.finished();

    expect(recording.named("monitoring-logs-workspace")).toMatchObject({
      inputs: { ...place, workspaceName: "stream-logs", retentionInDays: 60, sku: { name: "PerGB2018" } },
      options: { protect: true, deleteBeforeReplace: true },
    });
    expect(recording.named("monitoring-databricks-setting")).toMatchObject({
      inputs: {
        ...{ name: "streaming", resourceUri: "/databricks", workspaceId: id },
        logs: expect.arrayContaining([{ category: "jobs", enabled: true }]),
      },
      // Azure could give a setting that is left behind to the next workspace of this name.
      options: { deletedWith: "", deleteBeforeReplace: true },
    });
    expect(recording.named("monitoring-network-setting").inputs).toMatchObject({
      resourceUri: "/nsg",
      workspaceId: id,
    });
    expect(recording.named("monitoring-alerts-receivers").inputs).toMatchObject({
      location: "Global",
      emailReceivers: ["a@example.com", "b@example.com"].map((emailAddress) => ({ name: emailAddress, emailAddress })),
    });
    expect(recording.named("monitoring-alerts-failed-runs").inputs).toMatchObject({
      ...{ location: "westeurope", scopes: [id], actions: { actionGroups: ["monitoring-alerts-receivers-id"] } },
      criteria: { allOf: [{ query: expect.stringContaining("runFailed"), operator: "GreaterThan", threshold: 0 }] },
    });
    const monitoring = recording.named("monitoring");
    for (const part of ["logs", "databricks", "network", "alerts"]) {
      expect(recording.named(`monitoring-${part}`).parent).toMatch(new RegExp(`::${monitoring.name}$`));
    }
  });

  it("takes a workspace that is there, and makes nothing that nobody asked for", async () => {
    const recording = new Recording();
    const monitoring = new Monitoring("monitoring", {
      ...place,
      workspace: { workspaceId: existing },
      securityGroupId: pulumi.output("/nsg"),
      alertEmails: ["a@example.com"],
    });
    expect(await settled(monitoring.workspaceId)).toBe(existing);
    await recording.finished();
    expect(recording.resources.map(({ name }) => name).sort()).toEqual([
      "monitoring",
      "monitoring-network",
      "monitoring-network-setting",
    ]);
    expect(recording.named("monitoring-network-setting").inputs.workspaceId).toBe(existing);
  });
});

describe("the logs of a Kafka cluster", () => {
  it("are switched by a script that is told which cluster and workspace, and no secret", async () => {
    const recording = new Recording();
    const resource = new hdinsight.Cluster("cluster", { resourceGroupName: "rg", clusterName: "kafka" });
    new Monitoring("monitoring", {
      ...place,
      workspace: { workspaceId: existing },
      kafkaCluster: { resource, clusterId: "first" },
      alertEmails: ["a@example.com"],
    });
    await recording.finished();
    const { inputs, options } = recording.named("monitoring-kafka-agent");
    expect(inputs).toMatchObject({
      dir: "components/kafka/logs",
      create: expect.stringMatching(/ agent\.ts enable$/),
      update: expect.stringMatching(/ agent\.ts enable$/),
      delete: expect.stringMatching(/ agent\.ts disable$/),
      environment: { HDINSIGHT_CLUSTER_ID: "cluster-id", LOG_WORKSPACE_ID: existing },
      triggers: ["first"],
    });
    // Otherwise the old command would switch off what the new one switched on.
    expect(options.deleteBeforeReplace).toBe(true);
    // The cluster's end is the agent's end: there is nothing left to switch off.
    expect(options.deletedWith).toMatch(/::cluster$/);
    expect(recording.named("monitoring-alerts-kafka-health").inputs).toMatchObject({
      criteria: { allOf: [{ query: expect.stringContaining('State == "CRITICAL"') }] },
    });
  });
});

describe("its parts, used alone,", () => {
  it("have the name, the severity and the text that they are given", async () => {
    const recording = new Recording();
    new ResourceLogs("gateway", {
      ...{ resourceId: "/gateway", workspaceId: existing, categories: ["access", "firewall"] },
      settingName: "to-hub",
    });
    const query = "Heartbeat | where Computer == 'a'";
    new LogAlerts("alerts", {
      ...{ ...place, workspaceId: existing, emails: ["a@example.com"] },
      alerts: [
        { name: "silence", description: "Look at the machine.", query, severity: 3 },
        { name: "noise", description: "Look away.", query },
      ],
    });
    await recording.finished();
    expect(recording.named("gateway-setting").inputs).toMatchObject({
      name: "to-hub",
      logs: ["access", "firewall"].map((category) => ({ category, enabled: true })),
    });
    expect(recording.named("alerts-silence").inputs).toMatchObject({
      ...{ displayName: "alerts: silence", description: "Look at the machine.", severity: 3, tags: place.tags },
      criteria: { allOf: [{ query }] },
    });
    expect(recording.named("alerts-noise").inputs).toMatchObject({ description: "Look away.", severity: 1 });
    expect(recording.named("alerts-receivers").inputs.tags).toEqual(place.tags);
  });

  it("say what is missing", () => {
    new Recording();
    expect(() => new ResourceLogs("l", { resourceId: "/r", workspaceId: existing, categories: [] })).toThrow(
      /`l`: `categories` is empty/,
    );
    expect(() => new LogAlerts("a", { ...place, workspaceId: existing, emails: [], alerts: [] })).toThrow(
      /`a`: `emails` and `alerts` need/,
    );
  });
});
