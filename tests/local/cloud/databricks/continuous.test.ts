import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clusterSpec, eventually, type FakeRun, type Json, TestDatabricks } from "./twin";

let twin: TestDatabricks;
beforeEach(async () => {
  twin = await TestDatabricks.start();
});
afterEach(() => twin.stop());

const api = "/api/2.2/jobs";
const settings = (parameters: Record<string, string> = {}, continuous: object = { pause_status: "UNPAUSED" }) => ({
  name: "stream",
  tasks: [
    {
      task_key: "main",
      notebook_task: { notebook_path: "/Shared/N", base_parameters: parameters },
      job_cluster_key: "c",
    },
  ],
  job_clusters: [{ job_cluster_key: "c", new_cluster: clusterSpec }],
  continuous,
});
const create = async (...given: Parameters<typeof settings>): Promise<number> =>
  (await twin.post(`${api}/create`, settings(...given))).job_id;
/** Newest first. */
const runs = async (job_id: number): Promise<Json[]> =>
  (await twin.get(`${api}/runs/list?job_id=${job_id}&expand_tasks=true`)).body.runs ?? [];
const started = (count: number): Promise<FakeRun> =>
  eventually(`notebook run ${count}`, () => twin.notebooks.runs[count - 1]);

describe("a continuous job", () => {
  it("starts by itself when it is created, and at once again after a success", async () => {
    await twin.stop();
    twin = await TestDatabricks.start({ backoffMs: 60_000, backoffMostMs: 60_000 });
    await twin.notebook("/Shared/N", "wait");
    const job_id = await create();
    (await started(1)).end({ outcome: "SUCCESS" });
    await started(2);
    const [second, first] = await runs(job_id);
    expect([first.state.result_state, first.trigger, second.trigger]).toEqual(["SUCCESS", "CONTINUOUS", "CONTINUOUS"]);
    expect([first.number_in_job, second.number_in_job]).toEqual([1, 2]);
  });

  it("does not start while it is paused, starts when it is resumed, and can be run by hand", async () => {
    await twin.notebook("/Shared/N", "wait");
    const job_id = await create({}, { pause_status: "PAUSED" });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await runs(job_id)).toEqual([]);
    await twin.post(`${api}/run-now`, { job_id });
    (await started(1)).end({ outcome: "SUCCESS" });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(twin.notebooks.runs).toHaveLength(1);
    await twin.post(`${api}/reset`, { job_id, new_settings: settings() });
    await started(2);
  });

  it("has one run at a time: run-now ends the active one before its own begins", async () => {
    await twin.notebook("/Shared/N", "wait");
    const job_id = await create();
    const first = await started(1);
    const { run_id } = await twin.post(`${api}/run-now`, { job_id });
    const second = await started(2);
    expect([first.cancelled, second.cancelled]).toEqual([true, false]);
    const [newest, before, ...others] = await runs(job_id);
    expect([newest.run_id, newest.trigger, others]).toEqual([run_id, "ONE_TIME", []]);
    expect(before.state).toMatchObject({
      result_state: "CANCELED",
      state_message: expect.stringMatching(/started again/),
    });
    expect(before.end_time).toBeLessThanOrEqual(newest.tasks[0].start_time);
    second.end({ outcome: "SUCCESS" });
    await started(3);
    expect((await runs(job_id))[0].trigger).toBe("CONTINUOUS");
  });

  it("that waits after a failure runs at once when it is asked to", async () => {
    await twin.stop();
    twin = await TestDatabricks.start({ backoffMs: 60_000, backoffMostMs: 60_000 });
    await twin.notebook("/Shared/N", "fail once");
    const job_id = await create();
    await eventually("a failed run", async () => (await runs(job_id))[0]?.state.result_state === "FAILED");
    await twin.notebook("/Shared/N", "wait");
    await twin.post(`${api}/run-now`, { job_id });
    await started(2);
  });

  it("waits exponentially longer after each failure", async () => {
    await twin.notebook("/Shared/N", "fail always");
    const job_id = await create();
    const six = await eventually("six runs", async () => {
      const ended = (await runs(job_id)).filter((run) => run.end_time > 0).reverse();
      return ended.length >= 6 && ended;
    });
    const waits = [1, 2, 3, 4, 5].map((index) => six[index].start_time - six[index - 1].end_time);
    // 40 ms, doubled each time, 200 ms at most; timers may be a millisecond early.
    for (const [index, least] of [40, 80, 160, 200, 200].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(least - 1);
    }
    expect(waits[4]).toBeLessThan(40 * 2 ** 4);
  });

  it("keeps its active run when its settings change: they are for the next one", async () => {
    await twin.notebook("/Shared/N", "wait");
    const job_id = await create({ topic: "old" });
    const first = await started(1);
    await twin.post(`${api}/reset`, { job_id, new_settings: settings({ topic: "new" }) });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([first.cancelled, twin.notebooks.runs.length]).toEqual([false, 1]);
    await twin.post(`${api}/run-now`, { job_id });
    expect((await started(2)).request.parameters).toEqual({ topic: "new" });
  });

  it("gets a new run after one is cancelled, with the notebook of now", async () => {
    await twin.notebook("/Shared/N", "wait, old");
    const job_id = await create();
    await started(1);
    await twin.notebook("/Shared/N", "wait, new");
    const [run] = await runs(job_id);
    await twin.post(`${api}/runs/cancel`, { run_id: run.run_id });
    expect((await started(2)).request.source).toContain("wait, new");
  });

  it("ends for good when it is deleted", async () => {
    await twin.notebook("/Shared/N", "wait");
    const job_id = await create();
    const fake = await started(1);
    await twin.post(`${api}/delete`, { job_id });
    await eventually("the notebook to be cancelled", () => fake.cancelled);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(twin.notebooks.runs).toHaveLength(1);
  });

  it("is not restarted while the twin stops", async () => {
    await twin.notebook("/Shared/N", "wait");
    await create();
    await started(1);
    await twin.workspaces.close();
    expect(twin.notebooks.runs.map((fake) => fake.cancelled)).toEqual([true]);
  });
});

describe("after the twin was stopped or killed", () => {
  it("a run that was active is an INTERNAL_ERROR, and its continuous job runs again at once", async () => {
    await twin.stop();
    twin = await TestDatabricks.start({ backoffMs: 60_000, backoffMostMs: 60_000 });
    await twin.notebook("/Shared/N", "wait");
    const job_id = await create();
    await started(1);
    // What a SIGKILL leaves is what is on disk now: put it back after the orderly end has written its own.
    const state = path.join(twin.home, "databricks");
    fs.cpSync(state, `${state}.killed`, { recursive: true });
    await twin.workspaces.close();
    fs.rmSync(state, { recursive: true });
    fs.renameSync(`${state}.killed`, state);
    await twin.restart();
    await started(2);
    const [again, killed] = await runs(job_id);
    for (const { state: was, status } of [killed, killed.tasks[0]]) {
      expect(was).toMatchObject({
        life_cycle_state: "INTERNAL_ERROR",
        result_state: "FAILED",
        state_message: "The local twin was stopped while this run was active",
      });
      expect(status.termination_details.code).toBe("INTERNAL_ERROR");
    }
    expect(killed.end_time).toBeGreaterThan(0);
    expect(again.trigger).toBe("CONTINUOUS");
    const cluster = killed.tasks[0].cluster_instance.cluster_id;
    expect((await twin.get(`/api/2.1/clusters/get?cluster_id=${cluster}`)).body.state).toBe("TERMINATED");
  });

  it("runs that had ended are as they were, and queued ones run", async () => {
    await twin.notebook("/Shared/N", "exit value");
    const { continuous: _, ...once } = settings();
    const { job_id } = await twin.post(`${api}/create`, { ...once, queue: { enabled: true } });
    const { run_id } = await twin.post(`${api}/run-now`, { job_id });
    await eventually("the run to end", async () => (await runs(job_id))[0].end_time > 0);
    await twin.notebook("/Shared/N", "wait");
    await twin.post(`${api}/run-now`, { job_id });
    await started(2);
    const queued = await twin.post(`${api}/run-now`, { job_id });
    const before = (await twin.get(`${api}/runs/get?run_id=${run_id}`)).body;
    await twin.workspaces.close();
    await twin.restart();
    expect((await twin.get(`${api}/runs/get?run_id=${run_id}`)).body).toEqual(before);
    expect((await twin.get(`${api}/runs/get-output?run_id=${run_id}`)).body.notebook_output.result).toBe("value");
    (await started(3)).end({ outcome: "SUCCESS" });
    await eventually("the queued run to end", async () => {
      const { body } = await twin.get(`${api}/runs/get?run_id=${queued.run_id}`);
      return body.state.result_state === "SUCCESS";
    });
  });
});
