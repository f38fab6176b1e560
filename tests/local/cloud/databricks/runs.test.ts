import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { api, jobDriver } from "./jobDriver";
import { clusterSpec, eventually, type Json, TestDatabricks, userName } from "./twin";

let twin: TestDatabricks;
beforeEach(async () => {
  twin = await TestDatabricks.start();
});
afterEach(() => twin.stop());

const { create, runNow, get, output, ended, started } = jobDriver(() => twin);

describe("a run", () => {
  it("goes through its states and gives the notebook's exit value, log and times", async () => {
    await twin.notebook("/Shared/N", "wait");
    const job_id = await create();
    const run_id = await runNow(job_id);
    const fake = await started();
    const running = await eventually("a RUNNING run", async () => {
      const run = await get(run_id);
      return run.state.life_cycle_state === "RUNNING" && run;
    });
    expect(running).toMatchObject({
      job_id,
      end_time: 0,
      run_type: "JOB_RUN",
      creator_user_name: userName,
      trigger: "ONE_TIME",
    });
    expect(running.run_page_url).toBe(
      `https://${twin.workspace.host}/jobs/${job_id}/runs/${run_id}?o=${twin.workspace.workspaceId}`,
    );
    fake.end({ outcome: "SUCCESS", exitValue: "42" });
    const run = await ended(run_id);
    expect(run.state).toEqual({
      life_cycle_state: "TERMINATED",
      result_state: "SUCCESS",
      state_message: "",
      user_cancelled_or_timedout: false,
    });
    const [task] = run.tasks;
    expect(task).toMatchObject({ task_key: "main", attempt_number: 0, state: { result_state: "SUCCESS" } });
    for (const timed of [run, task]) {
      expect(timed.setup_duration).toBeGreaterThan(0);
      expect(timed.end_time - timed.start_time).toBe(timed.setup_duration + timed.execution_duration);
    }
    expect((await output(task.run_id)).notebook_output).toEqual({ result: "42", truncated: false });
    expect((await output(run_id)).notebook_output).toEqual({ result: "42", truncated: false });
    for (const id of [run_id, task.run_id]) {
      expect((await twin.get(`/twin/runs/${id}/log`)).text).toBe("log of /Shared/N\n");
      expect((await twin.get(`/twin/runs/${id}/log?tail=3`)).text).toBe("/N\n");
      expect((await twin.get(`/twin/runs/${id}/log?tail=300`)).text).toBe("log of /Shared/N\n");
      expect((await twin.get(`/twin/runs/${id}/log?tail=-3`)).body.message).toContain("`tail`");
    }
  });

  it("has a cluster of its own, which ends with it", async () => {
    await twin.notebook("/Shared/N", "exit done");
    const run = await ended(await runNow(await create()));
    const id = run.tasks[0].cluster_instance.cluster_id;
    const { body } = await twin.get(`/api/2.1/clusters/get?cluster_id=${id}`);
    expect(body).toMatchObject({
      state: "TERMINATED",
      cluster_source: "JOB",
      cluster_name: `job-${run.job_id}-run-${run.run_id}-c`,
      termination_reason: { code: "JOB_FINISHED" },
    });
    expect((await twin.call("POST", "/api/2.1/clusters/start", { cluster_id: id })).status).toBe(400);
  });

  it("that fails says in which cell and why, and keeps the trace", async () => {
    await twin.notebook("/Shared/N", "fail not found: value sparc");
    const run = await ended(await runNow(await create()));
    const message = "Workload failed, see run output for details. Cell 2: not found: value sparc";
    expect(run.state).toMatchObject({
      life_cycle_state: "INTERNAL_ERROR",
      result_state: "FAILED",
      state_message: `Task main failed with message: ${message}`,
    });
    expect(run.status.termination_details).toMatchObject({ code: "RUN_EXECUTION_ERROR", type: "CLIENT_ERROR" });
    expect(run.tasks[0].state).toMatchObject({
      life_cycle_state: "TERMINATED",
      result_state: "FAILED",
      state_message: message,
    });
    expect(await output(run.tasks[0].run_id)).toMatchObject({
      error: "Cell 2: not found: value sparc",
      error_trace: "at cell 2\nnot found: value sparc",
    });
  });

  it("of a notebook that does not exist fails as it runs", async () => {
    const run = await ended(await runNow(await create()));
    expect(run.state.state_message).toMatch(/Unable to access the notebook "\/Shared\/N"\. Either it does not exist/);
    expect(run.status.termination_details.code).toBe("RESOURCE_NOT_FOUND");
    const log = await twin.get(`/twin/runs/${run.run_id}/log`);
    expect([log.status, log.body.error_code]).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
  });

  it("on a runtime that the twin does not have fails and says which it has", async () => {
    await twin.notebook("/Shared/N", "exit done");
    const cluster = { ...clusterSpec, spark_version: "17.3.x-scala2.13" };
    const run = await ended(await runNow(await create({ job_cluster_key: undefined, new_cluster: cluster })));
    expect(run.state.result_state).toBe("FAILED");
    expect(run.state.state_message).toMatch(/Spark 3\.5 on Scala 2\.12 only.*17\.3\.x-scala2\.13/);
    expect(twin.notebooks.runs).toEqual([]);
  });

  it("of a notebook in another language fails by name", async () => {
    await twin.notebook("/Shared/N", "1", "PYTHON");
    const run = await ended(await runNow(await create()));
    expect(run.state.state_message).toMatch(/runs Scala notebooks only; \/Shared\/N is PYTHON/);
  });

  it("gets parameters, libraries, Spark settings and secrets, and only the engine sees the secrets", async () => {
    await twin.notebook("/Shared/N", "exit done");
    await twin.post("/api/2.0/secrets/scopes/create", { scope: "twitter" });
    await twin.post("/api/2.0/secrets/put", { scope: "twitter", key: "bearer-token", string_value: "canary-value" });
    const job_id = await create(
      {
        notebook_task: {
          notebook_path: "/Shared/N",
          base_parameters: { topic: "tweets", rate: "5", run: "{{job.run_id}}" },
        },
        libraries: [{ maven: { coordinates: "a:b:1" } }, { maven: { coordinates: "a:c_2.11:1" } }],
      },
      { job_clusters: [{ job_cluster_key: "c", new_cluster: { ...clusterSpec, spark_conf: { "spark.x": "1" } } }] },
    );
    const run_id = await runNow(job_id, { notebook_params: { rate: "9" } });
    const run = await ended(run_id);
    expect(twin.notebooks.runs[0]?.request).toMatchObject({
      name: "/Shared/N",
      parameters: { topic: "tweets", rate: "9", run: String(run_id) },
      libraries: ["a:b:1"],
      sparkConf: { "spark.x": "1" },
      secrets: { twitter: { "bearer-token": "canary-value" } },
    });
    expect(run.overriding_parameters).toEqual({ notebook_params: { rate: "9" } });
    const folder = path.join(twin.home, "databricks", twin.workspace.workspaceId);
    const holding = fs
      .readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => fs.statSync(path.join(folder, file)).isFile())
      .filter((file) => fs.readFileSync(path.join(folder, file), "utf8").includes("canary-value"));
    expect(holding).toEqual(["secrets.json"]);
  });

  it("takes job parameters, which run-now can override and which win over the task's", async () => {
    await twin.notebook("/Shared/N", "exit done");
    const notebook_task = {
      notebook_path: "/Shared/N",
      base_parameters: { topic: "task", at: "{{job.parameters.day}}" },
    };
    const job_id = await create(
      { notebook_task },
      {
        parameters: [
          { name: "topic", default: "job" },
          { name: "day", default: "mon" },
        ],
      },
    );
    await ended(await runNow(job_id, { job_parameters: { day: "tue" } }));
    expect(twin.notebooks.runs[0]?.request.parameters).toEqual({ topic: "job", at: "tue", day: "tue" });
    const unknown = await twin.call("POST", `${api}/run-now`, { job_id, job_parameters: { x: "1" } });
    expect(unknown.body.message).toMatch(/has no parameter `x`; it has: topic, day/);
    const both = await twin.call("POST", `${api}/run-now`, { job_id, notebook_params: { topic: "1" } });
    expect(both.body.message).toMatch(/give `job_parameters`, not `notebook_params`/);
  });

  it("whose library cannot be installed fails before its notebook runs", async () => {
    await twin.notebook("/Shared/N", "exit done");
    const run = await ended(await runNow(await create({ libraries: [{ maven: { coordinates: "a:missing:1" } }] })));
    expect(run.state.state_message).toMatch(
      /Library installation failed for maven \{ coordinates: "a:missing:1" \}: a:missing:1 was not found/,
    );
    expect(twin.notebooks.runs).toEqual([]);
  });

  it("is cancelled, with its notebook", async () => {
    await twin.notebook("/Shared/N", "wait");
    const run_id = await runNow(await create());
    const fake = await started();
    await twin.post(`${api}/runs/cancel`, { run_id });
    const run = await ended(run_id);
    expect(run.state).toEqual({
      life_cycle_state: "TERMINATED",
      result_state: "CANCELED",
      state_message: "Run cancelled.",
      user_cancelled_or_timedout: true,
    });
    expect(fake.cancelled).toBe(true);
    await twin.post(`${api}/runs/cancel`, { run_id });
    const none = await twin.call("POST", `${api}/runs/cancel`, { run_id: 5 });
    expect(none).toMatchObject({ status: 400, body: { message: "Run 5 does not exist." } });
  });

  it("is cancelled while it waits for its cluster", async () => {
    await twin.stop();
    twin = await TestDatabricks.start({ clusterStartMs: 60_000 });
    await twin.notebook("/Shared/N", "wait");
    const run_id = await runNow(await create());
    await twin.post(`${api}/runs/cancel`, { run_id });
    expect((await ended(run_id)).state.result_state).toBe("CANCELED");
    expect(twin.notebooks.runs).toEqual([]);
  });

  it("ends at the job's timeout, or at the task's", async () => {
    await twin.notebook("/Shared/N", "wait");
    const ofJob = await ended(await runNow(await create({}, { timeout_seconds: 1 })));
    expect(ofJob.state).toMatchObject({ result_state: "TIMEDOUT", state_message: "Run timed out after 1 seconds" });
    const ofTask = await ended(await runNow(await create({ timeout_seconds: 1 })));
    expect(ofTask.tasks[0].state).toMatchObject({ life_cycle_state: "TERMINATED", result_state: "TIMEDOUT" });
    expect(twin.notebooks.runs.map((fake) => fake.cancelled)).toEqual([true, true]);
  });

  it("tries a failed task again as often as it may", async () => {
    await twin.notebook("/Shared/N", "wait");
    const run_id = await runNow(await create({ max_retries: 2, min_retry_interval_millis: 10 }));
    (await started(1)).end({ outcome: "FAILED", message: "first" });
    (await started(2)).end({ outcome: "SUCCESS" });
    const run = await ended(run_id);
    expect(run.state.result_state).toBe("SUCCESS");
    expect(run.tasks.map((task: Json) => task.attempt_number)).toEqual([1]);
    await twin.notebook("/Shared/N", "fail always");
    await ended(await runNow(await create({ max_retries: 2 })));
    expect(twin.notebooks.runs).toHaveLength(2 + 3);
  });

  it("runs on an existing cluster, which it starts, keeps busy and leaves running", async () => {
    await twin.notebook("/Shared/N", "wait");
    const { cluster_id } = await twin.post("/api/2.1/clusters/create", clusterSpec);
    await twin.post("/api/2.1/clusters/delete", { cluster_id });
    const run_id = await runNow(await create({ job_cluster_key: undefined, existing_cluster_id: cluster_id }));
    (await started()).end({ outcome: "SUCCESS" });
    await ended(run_id);
    expect((await twin.get(`/api/2.1/clusters/get?cluster_id=${cluster_id}`)).body.state).toBe("RUNNING");
  });

  it("fails when its cluster is terminated under it", async () => {
    await twin.notebook("/Shared/N", "wait");
    const { cluster_id } = await twin.post("/api/2.1/clusters/create", clusterSpec);
    const run_id = await runNow(await create({ job_cluster_key: undefined, existing_cluster_id: cluster_id }));
    const fake = await started();
    await twin.post("/api/2.1/clusters/delete", { cluster_id });
    const run = await ended(run_id);
    expect(run.state.state_message).toMatch(/was terminated or restarted during the run/);
    expect(fake.cancelled).toBe(true);
  });
});
