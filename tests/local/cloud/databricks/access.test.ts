import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clusterSpec, eventually, type Json, TestDatabricks, userName } from "./twin";

let twin: TestDatabricks;
beforeEach(async () => {
  twin = await TestDatabricks.start();
});
afterEach(() => twin.stop());

describe("permissions", () => {
  it("of a job are set, added to and given back, with its owner and the admins", async () => {
    const { job_id } = await twin.post("/api/2.2/jobs/create", {
      tasks: [{ task_key: "t", notebook_task: { notebook_path: "/N" }, new_cluster: clusterSpec }],
    });
    const call = `/api/2.0/permissions/jobs/${job_id}`;
    const rules = (body: Json) =>
      body.access_control_list.map((entry: Json) => [
        entry.user_name ?? entry.group_name,
        entry.all_permissions[0].permission_level,
        entry.all_permissions[0].inherited,
      ]);
    const untouched = (await twin.get(call)).body;
    expect(untouched).toMatchObject({ object_id: `/jobs/${job_id}`, object_type: "job" });
    expect(rules(untouched)).toEqual([
      [userName, "IS_OWNER", false],
      ["admins", "CAN_MANAGE", true],
    ]);
    const set = await twin.call("PUT", call, {
      access_control_list: [
        { group_name: "users", permission_level: "CAN_VIEW" },
        { user_name: userName, permission_level: "IS_OWNER" },
      ],
    });
    expect(set.status).toBe(200);
    const added = await twin.call("PATCH", call, {
      access_control_list: [{ group_name: "users", permission_level: "CAN_MANAGE_RUN" }],
    });
    expect(rules(added.body)).toEqual([
      [userName, "IS_OWNER", false],
      ["users", "CAN_MANAGE_RUN", false],
      ["admins", "CAN_MANAGE", true],
    ]);
    expect((await twin.get(call)).body).toEqual(added.body);
  });

  it("of what is not there, or in unknown words, are refused", async () => {
    expect(await twin.get("/api/2.0/permissions/jobs/1")).toMatchObject({
      status: 404,
      body: { error_code: "RESOURCE_DOES_NOT_EXIST" },
    });
    expect((await twin.get("/api/2.0/permissions/dashboards/1")).body.message).toMatch(
      /`dashboards` are not supported/,
    );
    const { object_id } = await twin.notebook("/Shared/N", "1");
    const wrong = await twin.call("PUT", `/api/2.0/permissions/notebooks/${object_id}`, {
      access_control_list: [{ group_name: "users", permission_level: "CAN_VIEW" }],
    });
    expect(wrong.body.message).toMatch(/must be one of CAN_READ, CAN_RUN, CAN_EDIT, CAN_MANAGE, got CAN_VIEW/);
  });

  it.each([
    [{ group_name: "team", permission_level: "CAN_VIEW" }, /^Principal: GroupName\(team\) does not exist/],
    [{ user_name: "a@b.c", permission_level: "CAN_VIEW" }, /^Principal: UserName\(a@b\.c\) does not exist/],
    [{ group_name: "users", permission_level: "IS_OWNER" }, /A group cannot be the owner of a job/],
    [{ group_name: "users", permission_level: "CAN_VIEW" }, /must have exactly one owner, got 0/],
    [{ group_name: "admins", permission_level: "CAN_VIEW" }, /for group 'admins'/],
  ])("of a job as %o are refused", async (rule, message) => {
    const { job_id } = await twin.post("/api/2.2/jobs/create", {
      tasks: [{ task_key: "t", notebook_task: { notebook_path: "/N" }, new_cluster: clusterSpec }],
    });
    const answer = await twin.call("PUT", `/api/2.0/permissions/jobs/${job_id}`, { access_control_list: [rule] });
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringMatching(message)]);
  });
});

describe("a cluster policy", () => {
  const api = "/api/2.0/policies/clusters";
  const rules = {
    autotermination_minutes: { type: "range", minValue: 10, maxValue: 120 },
    spark_version: { type: "regex", pattern: "16\\.4\\..*" },
    node_type_id: { type: "allowlist", values: ["Standard_DS3_v2"] },
    "spark_conf.spark.x": { type: "fixed", value: "1" },
    "custom_tags.forbidden": { type: "forbidden" },
    "autoscale.max_workers": { type: "range", maxValue: 4 },
  };
  const create = async (): Promise<string> =>
    (await twin.post(`${api}/create`, { name: "p", definition: JSON.stringify(rules) })).policy_id;

  it("is created, edited, listed and deleted", async () => {
    const policy_id = await create();
    expect((await twin.get(`${api}/get?policy_id=${policy_id}`)).body).toMatchObject({ policy_id, name: "p" });
    const taken = await twin.call("POST", `${api}/create`, { name: "p", definition: "{}" });
    expect(taken.body.message).toMatch(/already in use/);
    await twin.post(`${api}/edit`, { policy_id, name: "q", definition: "{}" });
    expect((await twin.get(`${api}/list`)).body.policies).toMatchObject([{ policy_id, name: "q", definition: "{}" }]);
    await twin.post(`${api}/delete`, { policy_id });
    expect((await twin.get(`${api}/get?policy_id=${policy_id}`)).status).toBe(404);
  });

  it.each([
    [{ autotermination_minutes: 240 }, /autotermination_minutes, the value must be from 10 to 120 \(got 240\)/],
    [{ spark_version: "15.4.x-scala2.12" }, /spark_version, the value must match/],
    [{ node_type_id: "Standard_D4ds_v5" }, /node_type_id, the value must be one of Standard_DS3_v2/],
    [{ spark_conf: { "spark.x": "2" } }, /spark_conf\.spark\.x, the value must be 1 \(got "2"\)/],
    [{ custom_tags: { forbidden: "1" } }, /custom_tags\.forbidden, the value must not be present/],
    [{ num_workers: undefined, autoscale: { min_workers: 1, max_workers: 9 } }, /autoscale\.max_workers/],
  ])("refuses a cluster changed by %o, for clusters and jobs alike", async (change, message) => {
    const policy_id = await create();
    const spec = { ...clusterSpec, autotermination_minutes: 20, policy_id };
    expect((await twin.call("POST", "/api/2.1/clusters/create", spec)).status).toBe(200);
    const refused = await twin.call("POST", "/api/2.1/clusters/create", { ...spec, ...change });
    expect(refused.status).toBe(400);
    expect(refused.body.message).toMatch(message);
    const job = await twin.call("POST", "/api/2.2/jobs/create", {
      tasks: [{ task_key: "t", notebook_task: { notebook_path: "/N" }, new_cluster: { ...spec, ...change } }],
    });
    expect(job.body.message).toMatch(message);
  });

  it("demands what it limits, unless that is optional; fills in what is fixed, and defaults where it is asked to", async () => {
    const definition = JSON.stringify({
      data_security_mode: { type: "fixed", value: "SINGLE_USER" },
      "custom_tags.team": { type: "fixed", value: "streams" },
      autotermination_minutes: { type: "range", minValue: 10, maxValue: 60, defaultValue: 30 },
      driver_node_type_id: { type: "allowlist", values: ["Standard_DS3_v2"], isOptional: true },
      num_workers: { type: "range", maxValue: 2 },
      "autoscale.max_workers": { type: "range", maxValue: 2 },
    });
    const { policy_id } = await twin.post(`${api}/create`, { name: "p", definition });
    const create = (spec: object) =>
      twin.call("POST", "/api/2.1/clusters/create", { ...clusterSpec, policy_id, ...spec });
    expect((await create({})).body.message).toMatch(/autotermination_minutes, the value must be present$/);
    const { cluster_id } = (await create({ apply_policy_default_values: true })).body;
    expect((await twin.get(`/api/2.1/clusters/get?cluster_id=${cluster_id}`)).body.spec).toMatchObject({
      autotermination_minutes: 30,
      data_security_mode: "SINGLE_USER",
      custom_tags: { team: "streams" },
    });
    await eventually("the cluster", async () => {
      return (await twin.get(`/api/2.1/clusters/get?cluster_id=${cluster_id}`)).body.state === "RUNNING";
    });
    const resized = await twin.call("POST", "/api/2.1/clusters/resize", { cluster_id, num_workers: 3 });
    expect(resized.body.message).toMatch(/num_workers, the value must be from any to 2 \(got 3\)/);
  });

  it("for jobs is none for interactive clusters, and is asked again when a job runs", async () => {
    const definition = (most: number) =>
      JSON.stringify({ cluster_type: { type: "fixed", value: "job" }, num_workers: { type: "range", maxValue: most } });
    const { policy_id } = await twin.post(`${api}/create`, { name: "p", definition: definition(1) });
    const spec = { ...clusterSpec, policy_id };
    const refused = await twin.call("POST", "/api/2.1/clusters/create", spec);
    expect(refused.body.message).toMatch(/cluster_type, the value must be job \(got "all-purpose"\)/);
    await twin.notebook("/N", "exit 1");
    const { job_id } = await twin.post("/api/2.2/jobs/create", {
      tasks: [{ task_key: "t", notebook_task: { notebook_path: "/N" }, new_cluster: spec }],
    });
    await twin.post(`${api}/edit`, { policy_id, name: "p", definition: definition(0) });
    const { run_id } = await twin.post("/api/2.2/jobs/run-now", { job_id });
    const run = await eventually("the end of the run", async () => {
      const { body } = await twin.get(`/api/2.2/jobs/runs/get?run_id=${run_id}`);
      return body.status.state === "TERMINATED" && body;
    });
    expect(run.state.state_message).toMatch(/Cluster validation error: Validation failed for num_workers/);
  });

  it.each(["{", "[]", '{"a":{"type":"sometimes"}}'])("with the definition %s is refused", async (definition) => {
    expect((await twin.call("POST", `${api}/create`, { name: "p", definition })).body.message).toMatch(
      /`definition` is not/,
    );
  });
});
