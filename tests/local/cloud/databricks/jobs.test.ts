import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clusterSpec, type Json, TestDatabricks, userName } from "./twin";

let twin: TestDatabricks;
beforeEach(async () => {
  twin = await TestDatabricks.start();
});
afterEach(() => twin.stop());

const api = "/api/2.2/jobs";
const task = { task_key: "main", notebook_task: { notebook_path: "/Shared/P" }, job_cluster_key: "c" };
const settings = {
  name: "producer",
  tasks: [task],
  job_clusters: [{ job_cluster_key: "c", new_cluster: clusterSpec }],
};
const get = async (job_id: number): Promise<Json> => (await twin.get(`${api}/get?job_id=${job_id}`)).body;

describe("a job", () => {
  it("is given back as it was created, with Databricks's defaults, before its notebook exists", async () => {
    const { job_id } = await twin.post(`${api}/create`, { ...settings, queue: { enabled: false }, tags: { a: "b" } });
    expect(await get(job_id)).toEqual({
      job_id,
      creator_user_name: userName,
      run_as_user_name: userName,
      created_time: expect.any(Number),
      settings: {
        ...settings,
        queue: { enabled: false },
        tags: { a: "b" },
        tasks: [
          {
            ...task,
            notebook_task: { notebook_path: "/Shared/P", source: "WORKSPACE" },
            run_if: "ALL_SUCCESS",
            timeout_seconds: 0,
            email_notifications: {},
            webhook_notifications: {},
          },
        ],
        email_notifications: {},
        webhook_notifications: {},
        timeout_seconds: 0,
        max_concurrent_runs: 1,
        format: "MULTI_TASK",
      },
    });
  });

  it("is reset as a whole and updated in part", async () => {
    const { job_id } = await twin.post(`${api}/create`, { ...settings, timeout_seconds: 60 });
    await twin.post(`${api}/update`, {
      job_id,
      new_settings: { name: "renamed", tasks: [{ ...task, task_key: "second" }] },
      fields_to_remove: ["timeout_seconds"],
    });
    const updated = (await get(job_id)).settings;
    expect(updated).toMatchObject({ name: "renamed", timeout_seconds: 0 });
    expect(updated.tasks.map((one: Json) => one.task_key)).toEqual(["main", "second"]);
    await twin.post(`${api}/update`, { job_id, fields_to_remove: ["tasks/main"] });
    expect((await get(job_id)).settings.tasks.map((one: Json) => one.task_key)).toEqual(["second"]);
    await twin.post(`${api}/reset`, { job_id, new_settings: settings });
    expect((await get(job_id)).settings).toMatchObject({ name: "producer", tasks: [{ task_key: "main" }] });
  });

  it("that is deleted, or never was, is answered as Databricks answers", async () => {
    const { job_id } = await twin.post(`${api}/create`, settings);
    await twin.post(`${api}/delete`, { job_id });
    for (const answer of [
      await twin.get(`${api}/get?job_id=${job_id}`),
      await twin.call("POST", `${api}/delete`, { job_id }),
      await twin.call("POST", `${api}/run-now`, { job_id: String(job_id) }),
    ]) {
      expect(answer).toMatchObject({
        status: 400,
        body: { error_code: "INVALID_PARAMETER_VALUE", message: `Job ${job_id} does not exist.` },
      });
    }
  });

  it("is listed newest first, by name and in pages, in both versions of the API", async () => {
    const ids: number[] = [];
    for (const name of ["a", "b", "c"]) ids.push((await twin.post(`${api}/create`, { ...settings, name })).job_id);
    const named = await twin.get("/api/2.1/jobs/list?name=B");
    expect(named.body.jobs.map((job: Json) => job.job_id)).toEqual([ids[1]]);
    expect(named.body.jobs[0].settings.tasks).toBeUndefined();
    const first = (await twin.get(`${api}/list?limit=2&expand_tasks=true`)).body;
    expect(first.has_more).toBe(true);
    expect(first.jobs[0].settings.tasks).toHaveLength(1);
    const second = (await twin.get(`${api}/list?limit=2&page_token=${first.next_page_token}`)).body;
    expect(second.has_more).toBe(false);
    const seen = [...first.jobs, ...second.jobs].map((job: Json) => job.job_id);
    expect(seen.sort()).toEqual(ids.sort());
  });
});

describe("job settings", () => {
  const tasks = (...changes: object[]) => ({ tasks: changes.map((change) => ({ ...task, ...change })) });
  it.each([
    ["no tasks", { tasks: [] }, /Missing required field: tasks/],
    ["a task without a key", tasks({ task_key: undefined }), /Missing required field: tasks\[0\]\.task_key/],
    ["a task key with a blank", tasks({ task_key: "a b" }), /`tasks\[0\]\.task_key` must have/],
    ["a task key twice", tasks({}, {}), /`tasks\[1\]\.task_key` is used twice: main/],
    [
      "a task without a notebook",
      tasks({ notebook_task: undefined }),
      /Missing required field: tasks\[0\]\.notebook_task/,
    ],
    ["a task of another kind", tasks({ spark_jar_task: { main_class_name: "A" } }), /spark_jar_task` is not supported/],
    ["serverless compute", tasks({ job_cluster_key: undefined }), /serverless/],
    ["two kinds of compute", tasks({ new_cluster: clusterSpec }), /needs one of .* got 2/],
    ["an unknown job cluster", tasks({ job_cluster_key: "x" }), /job cluster x, which is not defined/],
    [
      "an unknown cluster",
      tasks({ job_cluster_key: undefined, existing_cluster_id: "1-2-3" }),
      /Cluster 1-2-3 does not exist/,
    ],
    [
      "a bad job cluster",
      { job_clusters: [{ job_cluster_key: "c", new_cluster: { ...clusterSpec, spark_version: "1" } }] },
      /Invalid spark version 1/,
    ],
    [
      "a missing field deep inside",
      { job_clusters: [{ job_cluster_key: "c", new_cluster: {} }] },
      /job_clusters\[0\]\.new_cluster\.spark_version/,
    ],
    ["a bad library", tasks({ libraries: [{ maven: { coordinates: "x" } }] }), /group:artifact:version/],
    ["an unknown dependency", tasks({ depends_on: [{ task_key: "x" }] }), /depends on `x`, which is not a task/],
    [
      "a circle",
      tasks({ task_key: "a", depends_on: [{ task_key: "b" }] }, { task_key: "b", depends_on: [{ task_key: "a" }] }),
      /depend on each other: a -> b -> a/,
    ],
    ["two triggers", { continuous: {}, schedule: { pause_status: "PAUSED" } }, /only one of/],
    [
      "a schedule that is not paused",
      { schedule: { quartz_cron_expression: "0 0 * * * ?" } },
      /unpaused `schedule` is not supported/,
    ],
    ["a continuous job with several runs", { continuous: {}, max_concurrent_runs: 2 }, /must be 1, got 2/],
    ["a continuous job with retries", { continuous: {}, ...tasks({ max_retries: 3 }) }, /retry policy/],
    ["a wrong pause status", { continuous: { pause_status: "ON" } }, /`continuous\.pause_status`: got "ON"/],
  ])("with %s are refused", async (_what, change, message) => {
    const { status, body } = await twin.call("POST", `${api}/create`, { ...settings, ...change });
    expect(status).toBe(400);
    expect(body.message).toMatch(message);
  });
});
