import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { eventually, type Json, TestDatabricks, token, userName } from "../../cloud/databricks/twin";
import { Engine } from "../support/engine";

// Each test runs several Pulumi commands of a few seconds each.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const CANARY = "CANARY-bearer-token";
const base64 = (text: string): string => Buffer.from(`// Databricks notebook source\n${text}`).toString("base64");

interface Options {
  secret?: string;
  source?: string;
  workers?: number;
  library?: string;
  parameter?: string;
  /** Options of the resource that holds the secret. */
  secretOptions?: string;
}

function program(host: string, options: Options = {}): string {
  const { secret = CANARY, source = "val one = 1", workers = 1, library = "a:b:1", parameter = "x" } = options;
  return `
    const provider = new databricks.Provider("workspace", { host: ${host}, authType: "pat" });
    const opts = { provider };
    const scope = new databricks.SecretScope("scope", { name: "twitter" }, opts);
    const secret = new databricks.Secret("secret", { scope: scope.name, key: "token", stringValue: "${secret}" },
      { ...opts, ...${options.secretOptions ?? "{}"} });
    const notebook = new databricks.Notebook("notebook",
      { path: "/Shared/deep/Producer", language: "SCALA", contentBase64: "${base64(source)}" }, opts);
    const cluster = new databricks.Cluster("cluster", { clusterName: "interactive", sparkVersion: "16.4.x-scala2.12",
      nodeTypeId: "Standard_DS3_v2", numWorkers: ${workers}, sparkConf: { "spark.x": "y" },
      libraries: [{ maven: { coordinates: "${library}" } }] }, opts);
    const job = new databricks.Job("job", { name: "producer", continuous: { pauseStatus: "PAUSED" },
      jobClusters: [{ jobClusterKey: "main", newCluster: { sparkVersion: "16.4.x-scala2.12", nodeTypeId: "Standard_DS3_v2", numWorkers: 1 } }],
      tasks: [{ taskKey: "main", jobClusterKey: "main",
        notebookTask: { notebookPath: notebook.path, baseParameters: { stopAfter: "${parameter}" } } }] }, opts);
    exports.jobUrl = job.url;
    exports.clusterId = cluster.clusterId;
    exports.reference = secret.configReference;`;
}

describe("the databricks plugin under the real engine, against the twin", () => {
  let twin: TestDatabricks;
  let engine: Engine;
  let host: string;

  beforeAll(async () => {
    twin = await TestDatabricks.start();
    host = JSON.stringify(`https://${twin.workspace.host}`);
    engine = await Engine.start(["databricks", "command"], {
      NODE_EXTRA_CA_CERTS: twin.tls.caFile,
      DATABRICKS_TOKEN: token,
    });
  });
  afterAll(async () => {
    engine.close();
    await twin.stop();
  });

  it("previews without a workspace: the host is not known before it is made", async () => {
    engine.program(program(`new command.local.Command("host", { create: 'echo nowhere' }).stdout`));
    const { ok, text } = await engine.preview();
    expect(text).toMatch(/jobUrl\s*: \[unknown\]/);
    expect(text).not.toContain(CANARY);
    expect(ok).toBe(true);
  });

  it("creates everything, folders included, and waits for the cluster and its libraries", async () => {
    engine.program(program(host));
    const { ok, text } = await engine.up();
    expect(text).toContain("+ 7 created");
    expect(ok).toBe(true);
    const outputs = await engine.outputs();
    expect(outputs.jobUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/#job\/\d+$/);
    expect(outputs.reference).toBe("{{secrets/twitter/token}}");
    const cluster = (await twin.get(`/api/2.1/clusters/get?cluster_id=${outputs.clusterId}`)).body;
    expect(cluster).toMatchObject({ state: "RUNNING", spark_conf: { "spark.x": "y" }, autotermination_minutes: 60 });
    const { settings } = (await twin.get(`/api/2.2/jobs/get?job_id=${String(outputs.jobUrl).split("/").pop()}`)).body;
    expect(settings.tasks[0].notebook_task.base_parameters).toEqual({ stopAfter: "x" });
    expect(settings).toMatchObject({ queue: { enabled: false }, max_concurrent_runs: 1 });
  });

  it("keeps the secret's value and the token encrypted in the state", async () => {
    const text = await engine.stateText();
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain(token);
    expect(JSON.stringify(await engine.state(true))).toContain(CANARY);
  });

  it("finds nothing to do the second time, nor after a refresh", async () => {
    expect((await engine.refresh()).text).toContain("7 unchanged");
    expect((await engine.up()).text).toContain("7 unchanged");
  });

  it("updates notebooks, clusters with their libraries and jobs in place", async () => {
    engine.program(program(host, { source: "val two = 2", workers: 2, library: "a:b:2", parameter: "y" }));
    const preview = await engine.preview();
    expect(preview.text).toMatch(/stopAfter: "x" => "y"/);
    expect(preview.text).toContain("~ 3 to update");
    expect((await engine.up()).text).toContain("~ 3 updated");
    const { clusterId } = await engine.outputs();
    const cluster = (await twin.get(`/api/2.1/clusters/get?cluster_id=${clusterId}`)).body;
    expect(cluster.num_workers).toBe(2);
    const exported = await twin.get("/api/2.0/workspace/export?path=/Shared/deep/Producer&format=SOURCE");
    expect(Buffer.from(exported.body.content, "base64").toString()).toContain("val two = 2");
    expect((await engine.up()).text).toContain("7 unchanged");
  });

  const options = { source: "val two = 2", workers: 2, library: "a:b:2", parameter: "y" };

  it("replaces a changed secret, and leaves it in place if the old one is deleted first", async () => {
    engine.program(
      program(host, { ...options, secret: "another-value", secretOptions: "{ deleteBeforeReplace: true }" }),
    );
    const { text } = await engine.up();
    expect(text).toContain("+-1 replaced");
    expect(text).not.toContain("another-value");
    const { secrets } = (await twin.get("/api/2.0/secrets/list?scope=twitter")).body;
    expect(secrets).toMatchObject([{ key: "token" }]);
  });

  it("deletes a changed secret after replacing it otherwise, as the official plugin does", async () => {
    engine.program(program(host, { ...options, secret: "one-more-value" }));
    expect((await engine.up()).text).toContain("+-1 replaced");
    const { secrets = [] } = (await twin.get("/api/2.0/secrets/list?scope=twitter")).body;
    expect(secrets).toEqual([]);
  });

  it("sees on a refresh what was changed or deleted elsewhere, and sets it right", async () => {
    const { jobUrl } = await engine.outputs();
    const jobId = Number(String(jobUrl).split("/").pop());
    const { settings } = (await twin.get(`/api/2.2/jobs/get?job_id=${jobId}`)).body;
    await twin.post("/api/2.2/jobs/reset", { job_id: jobId, new_settings: { ...settings, name: "renamed by hand" } });
    await twin.post("/api/2.0/workspace/delete", { path: "/Shared/deep/Producer" });
    const refresh = await engine.refresh();
    // The secret that the replacement deleted is missed, too.
    expect(refresh.text).toMatch(/~ 1 updated[\s\S]*- 2 deleted/);
    const up = await engine.up();
    expect(up.text).toMatch(/\+ 2 created[\s\S]*~ 1 updated/);
    expect((await twin.get(`/api/2.2/jobs/get?job_id=${jobId}`)).body.settings.name).toBe("producer");
  });

  it("destroys everything", async () => {
    const { clusterId } = await engine.outputs();
    expect((await engine.destroy()).ok).toBe(true);
    expect((await twin.get(`/api/2.1/clusters/get?cluster_id=${clusterId}`)).status).toBe(400);
    expect((await twin.get("/api/2.0/secrets/scopes/list")).body.scopes ?? []).toEqual([]);
  });

  it("imports what exists", async () => {
    await twin.notebook("/Existing", "val here = 1");
    const created = await twin.post("/api/2.0/secrets/scopes/create", { scope: "existing" });
    expect(created).toEqual({});
    engine.program(`
      const provider = new databricks.Provider("workspace", { host: ${host}, authType: "pat" });
      new databricks.SecretScope("scope", { name: "existing" }, { provider, import: "existing" });
      new databricks.Notebook("notebook", { path: "/Existing", language: "SCALA", contentBase64: "${base64("val here = 1")}" },
        { provider, import: "/Existing" });`);
    const { ok, text } = await engine.up();
    expect(text).toContain("= 2 imported");
    expect(ok).toBe(true);
    await engine.destroy();
  });

  it("keeps a cluster in the state whose library failed, and completes it once the library is right", async () => {
    const cluster = (coordinates: string): string => `
      const provider = new databricks.Provider("workspace", { host: ${host}, authType: "pat" });
      const cluster = new databricks.Cluster("cluster", { sparkVersion: "16.4.x-scala2.12", nodeTypeId: "Standard_DS3_v2",
        numWorkers: 1, libraries: [{ maven: { coordinates: "${coordinates}" } }] }, { provider });
      exports.id = cluster.clusterId;`;
    engine.program(cluster("missing:missing:1"));
    const { ok, text } = await engine.up();
    expect(ok).toBe(false);
    expect(text).toMatch(/libraries could not be installed on cluster/);
    const [incomplete] = await engine.state();
    expect(incomplete.id).toBeTruthy();
    expect(incomplete.initErrors).toHaveLength(1);
    engine.program(cluster("a:b:1"));
    expect((await engine.up()).ok).toBe(true);
    expect((await engine.state())[0]).toMatchObject({ id: incomplete.id });
    await engine.destroy();
  });

  it("manages folders, access lists and policies, and sees a changed notebook file", async () => {
    const others = (permission: string): string => `
      const provider = new databricks.Provider("workspace", { host: ${host}, authType: "pat" });
      const opts = { provider };
      const folder = new databricks.Directory("folder", { path: "/Team", deleteRecursive: true }, opts);
      const scope = new databricks.SecretScope("scope", {}, opts);
      new databricks.SecretAcl("acl", { scope: scope.name, principal: "users", permission: "${permission}" }, opts);
      new databricks.ClusterPolicy("policy", { name: "small", definition: '{"num_workers":{"type":"fixed","value":1}}' }, opts);
      new databricks.Notebook("notebook", { path: pulumi.interpolate\`\${folder.path}/N\`, source: "N.scala" }, opts);
      exports.scope = scope.name;`;
    engine.write("N.scala", "// Databricks notebook source\nval file = 1");
    engine.program(others("READ"));
    const first = await engine.up();
    expect(first.text).toContain("+ 7 created");
    const { scope } = await engine.outputs();
    expect(scope).toMatch(/^scope-[0-9a-f]{7}$/);
    const acl = `/api/2.0/secrets/acls/get?scope=${scope}&principal=users`;
    expect((await twin.get(acl)).body.permission).toBe("READ");

    engine.write("N.scala", "// Databricks notebook source\nval file = 2");
    expect((await engine.up()).text).toContain("~ 1 updated");
    const exported = await twin.get("/api/2.0/workspace/export?path=/Team/N&format=SOURCE");
    expect(Buffer.from(exported.body.content, "base64").toString()).toContain("val file = 2");

    expect((await engine.refresh()).text).toContain("7 unchanged");
    expect((await engine.destroy()).ok).toBe(true);
    expect((await twin.get("/api/2.0/workspace/get-status?path=/Team")).status).toBe(404);
  });

  it("holds clusters to policies, gives a group access and tells of failures, in place and without a trace", async () => {
    await twin.notebook("/Fails", "fail on purpose");
    const access = (level: string, workers = 1): string => `
      const provider = new databricks.Provider("workspace", { host: ${host}, authType: "pat" });
      const opts = { provider };
      const cluster = { sparkVersion: "16.4.x-scala2.12", nodeTypeId: "Standard_DS3_v2", numWorkers: ${workers} };
      const policy = new databricks.ClusterPolicy("policy", { name: "jobs", definition: JSON.stringify({
        cluster_type: { type: "fixed", value: "job" }, num_workers: { type: "range", maxValue: 1 } }) }, opts);
      const job = new databricks.Job("job", { name: "fails", continuous: { pauseStatus: "UNPAUSED" }, controlRunState: true,
        emailNotifications: { onFailures: ["ops@example.com"], onStreamingBacklogExceededs: ["ops@example.com"] },
        health: { rules: [{ metric: "STREAMING_BACKLOG_RECORDS", op: "GREATER_THAN", value: 10 }] },
        notificationSettings: { noAlertForSkippedRuns: true, noAlertForCanceledRuns: true },
        tasks: [{ taskKey: "main", notebookTask: { notebookPath: "/Fails" }, newCluster: { ...cluster, policyId: policy.id } }] }, opts);
      const notebook = new databricks.Notebook("notebook", { path: "/Shared/N", language: "SCALA", contentBase64: "${base64("1")}" }, opts);
      const grant = (name, target, permissionLevel) => new databricks.Permissions(name,
        { ...target, accessControls: [{ groupName: "users", permissionLevel }] }, opts);
      grant("on-policy", { clusterPolicyId: policy.id }, "CAN_USE");
      grant("on-job", { jobId: job.id }, "${level}");
      grant("on-notebook", { notebookPath: notebook.path }, "CAN_RUN");
      exports.jobId = job.id; exports.policyId = policy.id;`;
    const onJob = async () => {
      const { jobId } = await engine.outputs();
      const { access_control_list: list } = (await twin.get(`/api/2.0/permissions/jobs/${jobId}`)).body;
      return list.map((entry: Json) => [
        entry.group_name ?? entry.user_name,
        entry.all_permissions[0].permission_level,
      ]);
    };

    engine.program(access("CAN_VIEW"));
    const first = await engine.up();
    expect(first.text).toContain("+ 8 created");
    expect(await onJob()).toEqual([
      ["users", "CAN_VIEW"],
      [userName, "IS_OWNER"],
      ["admins", "CAN_MANAGE"],
    ]);
    expect((await engine.up()).text).toContain("8 unchanged");
    expect((await engine.refresh()).text).toContain("8 unchanged");

    engine.program(access("CAN_MANAGE_RUN"));
    expect((await engine.up()).text).toMatch(/~ 1 updated[\s\S]*7 unchanged/);
    expect((await onJob())[0]).toEqual(["users", "CAN_MANAGE_RUN"]);

    await eventually("an e-mail", async () => (await twin.get("/twin/notifications")).body.notifications.length > 0);
    const [{ event, recipients, message }] = (await twin.get("/twin/notifications")).body.notifications;
    expect([event, recipients]).toEqual(["on_failure", ["ops@example.com"]]);
    expect(message).toContain("on purpose");

    engine.program(access("CAN_MANAGE_RUN", 2));
    const refused = await engine.up();
    expect(refused.ok).toBe(false);
    expect(refused.text).toMatch(/Validation failed for num_workers, the value must be from any to 1 \(got 2\)/);

    const { jobId, policyId } = await engine.outputs();
    expect((await engine.destroy()).ok).toBe(true);
    expect((await twin.get(`/api/2.2/jobs/get?job_id=${jobId}`)).status).toBe(400);
    expect((await twin.get(`/api/2.0/policies/clusters/get?policy_id=${policyId}`)).status).toBe(404);
  });

  it("refuses permissions that it does not know", async () => {
    const attempt = async (inputs: string): Promise<string> => {
      engine.program(`
        const provider = new databricks.Provider("workspace", { host: ${host}, authType: "pat" });
        new databricks.Permissions("it", ${inputs}, { provider });`);
      const { ok, text } = await engine.up();
      expect(ok).toBe(false);
      return text;
    };
    const rule = '{ groupName: "users", permissionLevel: "CAN_VIEW" }';
    expect(await attempt(`{ dashboardId: "1", accessControls: [${rule}] }`)).toContain("has permissions of objects by");
    expect(await attempt(`{ accessControls: [${rule}] }`)).toContain("exactly one object, got 0: none");
    expect(
      await attempt('{ jobId: "1", accessControls: [{ group: "users", permissionLevel: "CAN_VIEW" }] }'),
    ).toContain("there is no such property");
    expect(await attempt(`{ jobId: "1", accessControls: [${rule}] }`)).toContain("job 1 does not exist");
    await engine.destroy();
  });

  it("restarts a running continuous job when its settings change, if `controlRunState` is set", async () => {
    await twin.notebook("/Forever", "while (true) {}");
    const job = (parameter: string): string => `
      const provider = new databricks.Provider("workspace", { host: ${host}, authType: "pat" });
      new databricks.Job("job", { name: "forever", controlRunState: true, continuous: { pauseStatus: "UNPAUSED" },
        tasks: [{ taskKey: "main", notebookTask: { notebookPath: "/Forever", baseParameters: { p: "${parameter}" } },
          newCluster: { sparkVersion: "16.4.x-scala2.12", nodeTypeId: "Standard_DS3_v2", numWorkers: 1 } }] }, { provider });`;
    const runs = () => twin.notebooks.runs.filter(({ request }) => request.source.includes("while"));
    engine.program(job("one"));
    await engine.up();
    await eventually("the first run", () => runs().length > 0);
    engine.program(job("two"));
    expect((await engine.up()).text).toContain("~ 1 updated");
    await eventually("a run with the new parameter", () =>
      runs().some(({ request }) => request.parameters.p === "two"),
    );
    expect(runs()[0].cancelled).toBe(true);
    expect((await engine.destroy()).ok).toBe(true);
  });

  it("says what it cannot do", async () => {
    const attempt = async (provider: string, resource = "SecretScope"): Promise<string> => {
      engine.program(`
        const provider = new databricks.Provider("workspace", ${provider});
        new databricks.${resource}("it", {}, { provider });`);
      const { ok, text } = await engine.up();
      expect(ok).toBe(false);
      return text;
    };
    expect(await attempt(`{ host: ${host}, authType: "azure-cli" }`)).toContain('`authType` is "azure-cli"');
    expect(await attempt(`{ host: ${host}, token: "wrong-token-here" }`)).not.toContain("wrong-token-here");
    expect(await attempt(`{ host: "http://127.0.0.1:2", authType: "pat", retryTimeoutSeconds: 1 }`)).toMatch(
      /cannot reach http:\/\/127\.0\.0\.1:2: .*ECONNREFUSED/,
    );
    expect(await attempt(`{ host: ${host}, authType: "pat" }`, "Group")).toContain(
      "the bundled databricks plugin has no resource type `databricks:index/group:Group`",
    );
    await engine.destroy();
  });
});
