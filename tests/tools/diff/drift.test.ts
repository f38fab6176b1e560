import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { toolPaths } from "../../../local/paths";
import { writeConfiguration } from "../../../local/stack/configuration";
import { previewDeployed, type StackCli } from "../../../tools/diff/deployed";
import { wording } from "../../../tools/diff/drifted";
import { cliRun } from "../../../tools/diff/engine";
import type { DiffReport, StackReport } from "../../../tools/diff/model";
import { toMarkdown } from "../../../tools/diff/render/markdown";
import { projectDefaults } from "../../../tools/stackConfiguration";
import type { Json } from "../../local/cloud/arm/client";
import { ControlPlaneStack } from "../../local/controlPlaneStack";
import { BehindPulumi } from "./behindPulumi";
import { expectNone, secretsOf } from "./canary";
import { readable } from "./readable";

let stack: ControlPlaneStack;
let cli: StackCli;
let people: BehindPulumi;

beforeAll(async () => {
  stack = await ControlPlaneStack.start();
  stack.config = {
    tags: { team: "data" },
    databricksGroup: "users",
    sparkPolicy: { maxWorkers: 4, nodeTypes: ["Standard_D4ds_v5"], maxAutoterminationMinutes: 60 },
    logAnalytics: "new",
    alertEmails: ["team@example.com"],
  };
  await stack.run("up");
  cli = ([command = "", ...args]) =>
    cliRun(
      (options) =>
        command === "preview" ? stack.run(command, args, options) : stack.pulumi([command, ...args], options),
      stack.environment,
    );
  people = await BehindPulumi.at(stack);
}, 240_000);

afterAll(() => stack?.stop());

async function look(): Promise<StackReport> {
  const { report } = await previewDeployed("local", cli, { refresh: true });
  expectNone(await secretsOf(stack.home), whole(report));
  return report;
}

function whole(report: StackReport): DiffReport {
  return { ...wording, head: "working tree", grade: report.grade, stacks: [report], notebooks: [], packages: [] };
}

function markdown(report: StackReport): string {
  return readable(toMarkdown(whole(report)));
}

it("finds nothing in what services do by themselves, and in what no provider reads", { timeout: 240_000 }, async () => {
  // The interactive cluster ends, a run is cancelled (another one follows).
  await people.post("2.1/clusters/delete", { cluster_id: people.find("spark-cluster").id });
  await people.post("2.2/jobs/runs/cancel-all", { job_id: Number(people.find("consumer-job").id) });
  // Somebody did these, and no look finds them: docs/pull-requests.md says so.
  const notebook = Buffer.from('// Databricks notebook source\nprintln("by hand")\n').toString("base64");
  const target = { path: people.find("consumer-notebook").id, format: "SOURCE", language: "SCALA", overwrite: true };
  await people.post("2.0/workspace/import", { ...target, content: notebook });
  await people.post("2.0/secrets/put", { scope: "twitter", key: "bearer-token", string_value: "another" });
  await people.tag("kafka-cluster", { owner: "somebody" });
  const resize = `${people.find("kafka-cluster").id}/roles/workernode/resize`;
  await people.arm.finish(await people.arm.post(resize, { targetInstanceCount: 4 }));

  const report = await look();
  expect(report).toMatchObject({ grade: "none", changes: [], following: [], outputs: [] });
  expect(report.unchanged).toBeGreaterThan(30);
});

it("says which keys and which topics a deployment changes, by the history of what is deployed", async () => {
  const deployed = stack.config;
  const topics = [{ name: "tweets", partitions: 8, replicationFactor: 3, config: { "min.insync.replicas": 2 } }];
  stack.config = { ...deployed, topics, rate: 7 };
  const file = await writeConfiguration(stack.home, toolPaths(), {});
  const { config } = parse(readFileSync(file, "utf8"));
  const own = Object.entries(stack.config).map(([key, value]) => [`streaming:${key}`, value]);
  const configuration = { ...projectDefaults(), ...config, ...Object.fromEntries(own) };
  const { report } = await previewDeployed("local", cli, { configuration });
  stack.config = deployed;
  expect(report.configuration).toContainEqual({
    key: "streaming:rate",
    kind: "changed",
    before: "20",
    after: "7",
    isDefault: false,
  });
  expect(report.configuration.map(({ key }) => key)).toContain("streaming:topics[0].partitions");
  expect(report.topics).toContainEqual(
    expect.objectContaining({ topic: "tweets", what: expect.stringContaining("gets 8 partitions") }),
  );
  expectNone(await secretsOf(stack.home), whole(report));
}, 120_000);

it("finds what somebody changed, with what it is and what it should be", { timeout: 240_000 }, async () => {
  await people.edit("streaming", ({ tags }) => Object.assign(tags, { team: "finance", costs: "42" }));
  await people.edit("kafka-network-nsg", ({ properties: { securityRules } }) => {
    securityRules.find(({ name }: Json) => name === "operators").properties.sourceAddressPrefixes = ["203.0.113.0/24"];
    const fromAnywhere = { sourceAddressPrefix: "*", sourcePortRange: "*", destinationAddressPrefix: "*" };
    const rule = {
      ...fromAnywhere,
      destinationPortRange: "22",
      access: "Allow",
      direction: "Inbound",
      protocol: "Tcp",
    };
    securityRules.push({ name: "by-hand", properties: { ...rule, priority: 900 } });
  });
  await people.edit("kafka-storage-account", ({ properties }) => {
    Object.assign(properties, { minimumTlsVersion: "TLS1_0", allowBlobPublicAccess: true });
  });
  await people.edit("databricks-workspace", ({ properties }) => {
    properties.publicNetworkAccess = "Disabled";
  });
  await people.edit("monitoring-logs-workspace", ({ properties }) => {
    properties.retentionInDays = 365;
  });
  await people.edit("monitoring-alerts-receivers", ({ properties }) => {
    properties.emailReceivers = [];
  });

  const job = Number(people.find("consumer-job").id);
  const { settings } = await people.get(`2.2/jobs/get?job_id=${job}`);
  settings.job_clusters[0].new_cluster.num_workers = 3;
  settings.tasks[0].notebook_task.base_parameters.trigger = "1 hour";
  await people.post("2.2/jobs/reset", { job_id: job, new_settings: settings });
  const cluster = await people.get(`2.1/clusters/get?cluster_id=${people.find("spark-cluster").id}`);
  const edited = { autotermination_minutes: 60, spark_conf: { "spark.sql.shuffle.partitions": "8" } };
  await people.post("2.1/clusters/edit", { ...cluster, ...edited });
  const { id, inputs } = people.find("spark-policy-jobs");
  const definition = JSON.parse(inputs.definition);
  definition.num_workers.maxValue = 99;
  const policy = { policy_id: id, name: inputs.name, definition: JSON.stringify(definition) };
  await people.post("2.0/policies/clusters/edit", policy);
  await people.permit("consumer-job-permissions", [
    { user_name: "operator@example.com", permission_level: "IS_OWNER" },
    { group_name: "users", permission_level: "CAN_MANAGE" },
  ]);

  const report = await look();
  await expect(markdown(report)).toMatchFileSnapshot("drift/changed.md");
  expect(report.grade).toBe("disruptive");
  // Looking changes nothing: the state is as it was, and so a preview that does not look finds nothing.
  expect((await previewDeployed("local", cli)).report.changes).toEqual([]);
  await stack.run("up", ["--refresh"]);
});

it("finds what somebody deleted, and says how it comes back", { timeout: 240_000 }, async () => {
  await people.delete("kafka-storage-role");
  await people.delete("peering-to-databricks");
  await people.post("2.2/jobs/delete", { job_id: Number(people.find("producer-job").id) });
  await people.post("2.0/workspace/delete", { path: people.find("producer-notebook").id });
  await people.post("2.0/secrets/delete", { scope: "twitter", key: "bearer-token" });

  const report = await look();
  await expect(markdown(report)).toMatchFileSnapshot("drift/gone.md");
  expect(report.grade).toBe("disruptive");

  // Half a peering is in the way of the other; so the report says how that goes, and that the jobs stay.
  await people.delete("peering-from-databricks");
  await stack.run("up", ["--refresh"]);
  expect(await look()).toMatchObject({ grade: "none", changes: [] });
  expect((await BehindPulumi.at(stack)).find("consumer-job").id).toBe(people.find("consumer-job").id);
});
