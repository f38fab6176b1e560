import * as fs from "node:fs";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Clusters } from "./clusters";
import type { WorkspaceContext } from "./context";
import { doesNotExist, invalidParameter, invalidState } from "./errors";
import { flag, id, pageSize, read } from "./input";
import type { Jobs } from "./jobs";
import { pageOf } from "./pages";
import { hasEnded, type Run } from "./run";
import { describeRun, describeRunShortly, describeTask } from "./runDescription";
import type { Runs } from "./runs";
import type { JobScheduler } from "./scheduler";

const byId = z.looseObject({ run_id: id });
const texts = z.record(z.string(), z.string());
const runNow = z.looseObject({
  job_id: id,
  notebook_params: texts.optional(),
  job_parameters: texts.optional(),
  idempotency_token: z.string().max(64).optional(),
  queue: z.looseObject({ enabled: z.boolean() }).optional(),
});
const listQuery = z.looseObject({
  job_id: id.optional(),
  active_only: flag,
  completed_only: flag,
  limit: pageSize(20, 26),
  offset: id.default(0),
  page_token: z.string().optional(),
  expand_tasks: flag,
  start_time_from: id.optional(),
  start_time_to: id.optional(),
});

/** How many of a log's last bytes are wanted; all of them by default. */
const logQuery = z.looseObject({ tail: id.optional() });

/** `run-now` and `runs/*` of `/api/2.1/jobs` and `/api/2.2/jobs`, and the twin's own `/twin/runs/{run_id}/log`. */
export function runRoutes(
  app: FastifyInstance,
  context: WorkspaceContext,
  parts: { jobs: Jobs; runs: Runs; clusters: Clusters; scheduler: JobScheduler },
): void {
  const { jobs, runs, clusters, scheduler } = parts;
  for (const base of ["/api/2.1/jobs", "/api/2.2/jobs"]) {
    app.post(`${base}/run-now`, async (request) => {
      const { job_id, ...asked } = read(runNow, request.body);
      const run = scheduler.runNow(job_id, asked);
      return { run_id: run.run_id, number_in_job: run.number_in_job };
    });
    app.get(`${base}/runs/get`, async (request) =>
      describeRun(runs.get(read(byId, request.query).run_id), context, clusters),
    );
    app.get(`${base}/runs/list`, async (request) => {
      const query = read(listQuery, request.query);
      if (query.active_only && query.completed_only) {
        throw invalidParameter("Give only one of `active_only` and `completed_only`");
      }
      const found = runs
        .list(query.job_id)
        .filter((run) => (!query.active_only || !hasEnded(run)) && (!query.completed_only || hasEnded(run)))
        .filter((run) => run.start_time >= (query.start_time_from ?? 0))
        .filter((run) => run.start_time <= (query.start_time_to ?? Number.POSITIVE_INFINITY));
      const { items, ...tokens } = pageOf(found, query.limit, query.page_token, query.offset);
      const has_more = tokens.next_page_token !== undefined;
      if (items.length === 0) return { has_more };
      const describe = (run: Run) =>
        query.expand_tasks ? describeRun(run, context, clusters) : describeRunShortly(run, context);
      return { runs: items.map(describe), has_more, ...tokens };
    });
    app.get(`${base}/runs/get-output`, async (request) => {
      const { run, task } = runs.task(read(byId, request.query).run_id);
      const { result, ...errors } = task ? runs.output(task.run_id) : {};
      return {
        metadata: task
          ? { ...describeRunShortly(run, context), ...describeTask(run, task, context, clusters) }
          : describeRunShortly(run, context),
        ...(result !== undefined && { notebook_output: { result, truncated: false } }),
        ...errors,
      };
    });
    app.post(`${base}/runs/cancel`, async (request) => {
      const { run_id } = read(byId, request.body);
      runs.get(run_id);
      // Cancelling takes its time, as on Databricks: the answer says only that it has begun.
      void scheduler.cancel(run_id);
      return {};
    });
    app.post(`${base}/runs/cancel-all`, async (request) => {
      const { job_id } = read(z.looseObject({ job_id: id }), request.body);
      jobs.get(job_id);
      for (const run of runs.active(job_id)) void scheduler.cancel(run.run_id);
      return {};
    });
    app.post(`${base}/runs/delete`, async (request) => {
      const run = runs.get(read(byId, request.body).run_id);
      if (!hasEnded(run)) throw invalidState(`Run ${run.run_id} is active; cancel it before deleting it`);
      runs.delete(run);
      return {};
    });
  }

  app.get("/twin/runs/:run_id/log", async (request, reply) => {
    const { task } = runs.task(read(byId, request.params).run_id);
    if (!task?.log_file || !fs.existsSync(task.log_file)) {
      throw doesNotExist(
        `Run ${(request.params as { run_id: string }).run_id} has no log: its notebook has not begun to run`,
      );
    }
    const { tail } = read(logQuery, request.query);
    const start = tail === undefined ? 0 : Math.max(0, fs.statSync(task.log_file).size - tail);
    return reply.type("text/plain; charset=utf-8").send(fs.createReadStream(task.log_file, { start }));
  });
}
