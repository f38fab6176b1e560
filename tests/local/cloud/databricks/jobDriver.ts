import { clusterSpec, eventually, type FakeRun, type Json, type TestDatabricks } from "./twin";

export const api = "/api/2.2/jobs";
/** A task on a job cluster. */
export const onJobCluster = (change: object = {}) => ({
  task_key: "main",
  notebook_task: { notebook_path: "/Shared/N" },
  job_cluster_key: "c",
  ...change,
});
/** A job with one such task. */
export const settings = (task: object = {}, job: object = {}) => ({
  name: "job",
  tasks: [onJobCluster(task)],
  job_clusters: [{ job_cluster_key: "c", new_cluster: clusterSpec }],
  ...job,
});
/** What tests do with jobs and runs of the twin that there is at the time. */
export function jobDriver(twin: () => TestDatabricks) {
  const create = async (task: object = {}, job: object = {}): Promise<number> =>
    (await twin().post(`${api}/create`, settings(task, job))).job_id;
  const runNow = async (job_id: number, more: object = {}): Promise<number> =>
    (await twin().post(`${api}/run-now`, { job_id, ...more })).run_id;
  const get = async (run_id: number): Promise<Json> => (await twin().get(`${api}/runs/get?run_id=${run_id}`)).body;
  const output = async (run_id: number): Promise<Json> =>
    (await twin().get(`${api}/runs/get-output?run_id=${run_id}`)).body;
  const ended = (run_id: number): Promise<Json> =>
    eventually(`run ${run_id} to end`, async () => {
      const run = await get(run_id);
      return run.status.state === "TERMINATED" && run;
    });
  const started = (count = 1): Promise<FakeRun> =>
    eventually(`notebook run ${count}`, () => twin().notebooks.runs[count - 1]);
  return { create, runNow, get, output, ended, started };
}
