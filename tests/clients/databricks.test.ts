import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import * as path from "node:path";
import { type jobs, WorkspaceClient } from "@databricks/sdk-experimental";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { unsupportedCalls } from "../../local/cloud/unsupported";
import { twinPaths } from "../../local/paths";
import { loadKeys } from "../../local/setup/keys";
import { TestTwin } from "../local/twin";
import { all, azureClients, location } from "./azure";

/** A workspace as Databricks' own SDK for JavaScript sees it, made with Azure's, with notebooks on a real Spark. */

let twin: TestTwin;
let host: string;
let client: WorkspaceClient;
const folder = "/Shared/clients";

beforeAll(async () => {
  twin = await TestTwin.start(64);
  const { resources, databricks, subscription } = await azureClients(twin.home);
  await resources.resourceGroups.createOrUpdate("clients", { location });
  const workspace = await databricks.workspaces.beginCreateOrUpdateAndWait("clients", "sdk", {
    location,
    sku: { name: "premium" },
    managedResourceGroupId: `/subscriptions/${subscription}/resourceGroups/sdk-managed`,
  });
  host = `https://${workspace.workspaceUrl}`;
  client = await connect();
  // As Azure does, the twin calls a workspace created before it answers.
  await vi.waitFor(() => client.currentUser.me(), { timeout: 60_000, interval: 100 });
});
afterAll(() => twin.stop());

/** A client as its users make it, with an agent that knows the authority of the twin's certificates. */
async function connect(token?: string): Promise<WorkspaceClient> {
  const agent = new Agent({ ca: readFileSync(path.join(twinPaths(twin.home).keys, "ca.pem")), keepAlive: true });
  const keys = await loadKeys(twin.home);
  const config = { host, token: token ?? keys.databricksToken, authType: "pat" as const };
  return new WorkspaceClient(config, { agent, product: "streaming-tests", productVersion: "1.0.0" });
}

const cells = (...texts: string[]) => `// Databricks notebook source\n${texts.join("\n\n// COMMAND ----------\n\n")}\n`;

async function upload(name: string, source: string): Promise<string> {
  const notebook = `${folder}/${name}`;
  const content = Buffer.from(source).toString("base64");
  await client.workspace.import({ path: notebook, content, format: "SOURCE", language: "SCALA", overwrite: true });
  return notebook;
}

const newCluster = { spark_version: "16.4.x-scala2.12", node_type_id: "Standard_D4ds_v5", num_workers: 1 };

/** A job of one notebook, run to its end by the SDK's own waiter. */
async function run(notebook_path: string, base_parameters: Record<string, string>): Promise<jobs.Run> {
  const { job_id } = await client.jobs.create({
    name: notebook_path,
    tasks: [{ task_key: "main", notebook_task: { notebook_path, base_parameters }, new_cluster: newCluster }],
  });
  const waiter = await client.jobs.runNow({ job_id: job_id ?? 0 });
  return waiter.wait();
}

it("knows who is logged in, once the workspace is ready", async () => {
  expect((await client.currentUser.me()).userName).toBe("operator@example.com");
});

describe("secrets", () => {
  it("are put, listed by name, and deleted with their scope", async () => {
    const { secrets } = client;
    await secrets.createScope({ scope: "sdk" });
    await secrets.putSecret({ scope: "sdk", key: "password", string_value: "canary-of-the-sdk" });
    await secrets.putSecret({ scope: "sdk", key: "other", string_value: "something" });
    expect((await all(secrets.listScopes())).map(({ name }) => name)).toEqual(["sdk"]);
    const listed = await all(secrets.listSecrets({ scope: "sdk" }));
    expect(listed.map(({ key }) => key).sort()).toEqual(["other", "password"]);
    expect(JSON.stringify(listed)).not.toContain("canary-of-the-sdk");
    await secrets.deleteSecret({ scope: "sdk", key: "other" });
    expect(await all(secrets.listSecrets({ scope: "sdk" }))).toHaveLength(1);
  });

  it("that are missing are told by Databricks' code", async () => {
    const missing = client.secrets.deleteSecret({ scope: "sdk", key: "none" });
    await expect(missing).rejects.toMatchObject({ errorCode: "RESOURCE_DOES_NOT_EXIST", statusCode: 404 });
  });
});

describe("notebooks", () => {
  it("are uploaded, listed, read back, and refused where there is no folder", async () => {
    await client.workspace.mkdirs({ path: folder });
    const source = cells("val answer = 42");
    const notebook = await upload("Answer", source);
    const [listed] = await all(client.workspace.list({ path: folder }));
    expect(listed).toMatchObject({ path: notebook, object_type: "NOTEBOOK", language: "SCALA" });
    expect(await client.workspace.getStatus({ path: notebook })).toMatchObject({ object_id: listed?.object_id });
    const { content } = await client.workspace.export({ path: notebook, format: "SOURCE" });
    expect(Buffer.from(content ?? "", "base64").toString()).toBe(source);
    await client.workspace.delete({ path: notebook });
    await expect(client.workspace.getStatus({ path: notebook })).rejects.toMatchObject({
      errorCode: "RESOURCE_DOES_NOT_EXIST",
    });
  });
});

describe("a job", () => {
  it("runs a notebook on Spark, with its parameters and secrets, and gives its output", async () => {
    const source = cells(
      'val secret = dbutils.secrets.get("sdk", "password")\nprintln(s"the secret is $secret")',
      'val name = dbutils.widgets.get("name")',
      'val sum = spark.range(101).selectExpr("sum(id)").first.getLong(0)',
      'dbutils.notebook.exit("%s: %d, %d characters".format(name, sum, secret.length))',
    );
    const ended = await run(await upload("Sum", source), { name: "sum" });
    expect(ended.state).toMatchObject({ life_cycle_state: "TERMINATED", result_state: "SUCCESS" });
    const output = await client.jobs.getRunOutput({ run_id: ended.tasks?.[0]?.run_id ?? 0 });
    expect(output.notebook_output?.result).toBe("sum: 5050, 17 characters");
    expect(JSON.stringify(await client.jobs.getRun({ run_id: ended.run_id ?? 0 }))).not.toContain("canary-of-the-sdk");
    const runs = await all(client.jobs.listRuns({ job_id: ended.job_id }));
    expect(runs.map(({ run_id }) => run_id)).toEqual([ended.run_id]);
  }, 240_000);

  it("that fails makes the SDK's waiter fail, with the cell and the reason", async () => {
    const notebook = await upload("Broken", cells("val one = 1", 'sys.error("the reason")'));
    await expect(run(notebook, {})).rejects.toThrow(/Cell 2: .*the reason/);
    const [job] = await all(client.jobs.list({ name: notebook }));
    const [ended] = await all(client.jobs.listRuns({ job_id: job?.job_id, expand_tasks: true }));
    expect(ended?.state?.result_state).toBe("FAILED");
    const output = await client.jobs.getRunOutput({ run_id: ended?.tasks?.[0]?.run_id ?? 0 });
    expect(output.error).toMatch(/^Cell 2: .*the reason/s);
  }, 240_000);

  it("is listed, changed, and deleted", async () => {
    const notebook_task = { notebook_path: `${folder}/None` };
    const tasks = [{ task_key: "main", notebook_task, new_cluster: newCluster }];
    const { job_id = 0 } = await client.jobs.create({ name: "listed", tasks });
    expect((await all(client.jobs.list({ name: "listed" }))).map((job) => job.job_id)).toEqual([job_id]);
    await client.jobs.update({ job_id, new_settings: { name: "renamed" } });
    expect((await client.jobs.get({ job_id })).settings?.name).toBe("renamed");
    await client.jobs.delete({ job_id });
    await expect(client.jobs.get({ job_id })).rejects.toMatchObject({ errorCode: "INVALID_PARAMETER_VALUE" });
  });
});

describe("clusters", () => {
  it("are chosen from what there is, created, listed, ended and deleted", async () => {
    const { clusters } = client;
    expect(await clusters.selectSparkVersion({ latest: true, longTermSupport: true })).toMatch(/^\d+\.\d\.x-scala2\.1/);
    const created = await clusters.create({ ...newCluster, cluster_name: "sdk", autotermination_minutes: 20 });
    const running = await created.wait();
    expect(running).toMatchObject({ cluster_name: "sdk", state: "RUNNING" });
    const { cluster_id = "" } = running;
    expect((await all(clusters.list({}))).map((cluster) => cluster.cluster_name)).toContain("sdk");
    await (await clusters.delete({ cluster_id })).wait();
    expect((await clusters.get({ cluster_id })).state).toBe("TERMINATED");
    await clusters.permanentDelete({ cluster_id });
    await expect(clusters.get({ cluster_id })).rejects.toMatchObject({ statusCode: 400 });
  }, 120_000);
});

describe("errors reach the SDK's user by Databricks' codes:", () => {
  it("a token that is wrong", async () => {
    const stranger = await connect("dapi00000000000000000000000000000000");
    await expect(stranger.currentUser.me()).rejects.toMatchObject({ statusCode: 403 });
  });

  it("a body that is wrong", async () => {
    await expect(client.clusters.create({ spark_version: "1.0" })).rejects.toMatchObject({
      errorCode: "INVALID_PARAMETER_VALUE",
      statusCode: 400,
    });
  });

  it("a service that the twin lacks, which the twin keeps by name", async () => {
    await expect(all(client.warehouses.list({}))).rejects.toMatchObject({
      errorCode: "ENDPOINT_NOT_FOUND",
      statusCode: 404,
    });
    const call = { service: "databricks", method: "GET", call: "/api/2.0/sql/warehouses" };
    expect(unsupportedCalls(twin.home)).toContainEqual(call);
  });
});
