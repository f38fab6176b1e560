import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { api, jobDriver, onJobCluster, settings } from "./jobDriver";
import { type Json, TestDatabricks } from "./twin";

let twin: TestDatabricks;
beforeEach(async () => {
  twin = await TestDatabricks.start();
});
afterEach(() => twin.stop());

const { create, runNow, get, output, ended, started } = jobDriver(() => twin);

describe("runs of one job", () => {
  it("beyond max_concurrent_runs are SKIPPED, or QUEUED when the job has a queue", async () => {
    await twin.notebook("/Shared/N", "wait");
    const plain = await create();
    await runNow(plain);
    const skipped = await get(await runNow(plain));
    expect(skipped.state).toMatchObject({
      life_cycle_state: "SKIPPED",
      state_message: expect.stringMatching(/max concurrent runs/),
    });
    const queueing = await create({}, { queue: { enabled: true } });
    const first = await runNow(queueing);
    const second = await runNow(queueing);
    expect((await get(second)).state.life_cycle_state).toBe("QUEUED");
    await started(2);
    await twin.post(`${api}/runs/cancel`, { run_id: first });
    await ended(first);
    (await started(3)).end({ outcome: "SUCCESS" });
    expect((await ended(second)).state.result_state).toBe("SUCCESS");
  });

  it("run side by side when they may", async () => {
    await twin.notebook("/Shared/N", "wait");
    const job_id = await create({}, { max_concurrent_runs: 2 });
    const runs = [await runNow(job_id), await runNow(job_id)];
    (await started(2)).end({ outcome: "SUCCESS" });
    (await started(1)).end({ outcome: "SUCCESS" });
    for (const run_id of runs) expect((await ended(run_id)).state.result_state).toBe("SUCCESS");
  });

  it("with the same idempotency token are the same run", async () => {
    await twin.notebook("/Shared/N", "exit done");
    const job_id = await create();
    const run_id = await runNow(job_id, { idempotency_token: "t" });
    expect(await runNow(job_id, { idempotency_token: "t" })).toBe(run_id);
  });

  it("are listed newest first, by job and state, in pages", async () => {
    await twin.notebook("/Shared/N", "exit done");
    const job_id = await create();
    const ids: number[] = [];
    for (let index = 0; index < 3; index++) ids.push((await ended(await runNow(job_id))).run_id);
    const first = (await twin.get(`${api}/runs/list?job_id=${job_id}&limit=2`)).body;
    const second = (await twin.get(`${api}/runs/list?job_id=${job_id}&limit=2&page_token=${first.next_page_token}`))
      .body;
    expect([...first.runs, ...second.runs].map((run: Json) => run.run_id)).toEqual(ids.reverse());
    expect((await twin.get(`${api}/runs/list?job_id=${job_id}&active_only=true`)).body).toEqual({ has_more: false });
    expect((await twin.get(`${api}/runs/list?expand_tasks=true`)).body.runs[0].tasks).toHaveLength(1);
  });

  it("keep their settings when the job changes, and are deleted when they have ended", async () => {
    await twin.notebook("/Shared/N", "wait");
    const job_id = await create();
    const run_id = await runNow(job_id);
    const fake = await started();
    await twin.post(`${api}/reset`, { job_id, new_settings: settings({}, { name: "renamed" }) });
    expect((await twin.call("POST", `${api}/runs/delete`, { run_id })).body.error_code).toBe("INVALID_STATE");
    fake.end({ outcome: "SUCCESS" });
    expect(await ended(run_id)).toMatchObject({ run_name: "job", state: { result_state: "SUCCESS" } });
    await twin.post(`${api}/runs/delete`, { run_id });
    expect((await twin.get(`${api}/runs/get?run_id=${run_id}`)).body.message).toBe(`Run ${run_id} does not exist.`);
  });

  it("end when the job is deleted", async () => {
    await twin.notebook("/Shared/N", "wait");
    const job_id = await create();
    const run_id = await runNow(job_id);
    await started();
    await twin.post(`${api}/delete`, { job_id });
    expect((await ended(run_id)).state).toMatchObject({
      result_state: "CANCELED",
      state_message: expect.stringMatching(/deleted/),
    });
  });
});

describe("tasks that depend on each other", () => {
  const chain = (source: string) => ({
    tasks: [
      onJobCluster({
        task_key: "second",
        depends_on: [{ task_key: "first" }],
        notebook_task: { notebook_path: "/Shared/Last" },
      }),
      onJobCluster({ task_key: "first", notebook_task: { notebook_path: source } }),
    ],
  });

  it("run one after the other on one cluster, and have outputs of their own", async () => {
    await twin.notebook("/Shared/First", "exit one");
    await twin.notebook("/Shared/Last", "exit two");
    const run = await ended(await runNow(await create({}, chain("/Shared/First"))));
    expect(twin.notebooks.runs.map((fake) => fake.request.name)).toEqual(["/Shared/First", "/Shared/Last"]);
    expect(new Set(run.tasks.map((task: Json) => task.cluster_instance.cluster_id)).size).toBe(1);
    for (const task of run.tasks) {
      expect((await output(task.run_id)).notebook_output.result).toBe(task.task_key === "first" ? "one" : "two");
    }
    expect((await twin.get(`${api}/runs/get-output?run_id=${run.run_id}`)).body.message).toMatch(
      /multiple tasks is not supported/,
    );
  });

  it("are left out when one before them fails", async () => {
    await twin.notebook("/Shared/First", "fail first");
    await twin.notebook("/Shared/Last", "exit two");
    const run = await ended(await runNow(await create({}, chain("/Shared/First"))));
    expect(run.state.state_message).toMatch(/^Task first failed.*downstream tasks to get skipped\.$/);
    expect(run.tasks.map((task: Json) => [task.task_key, task.state.result_state])).toEqual([
      ["first", "FAILED"],
      ["second", "UPSTREAM_FAILED"],
    ]);
    expect(twin.notebooks.runs).toHaveLength(1);
  });
});
