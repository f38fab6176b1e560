import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { flag, id, pageSize, read } from "./input";
import { describeSettings, type JobSettings } from "./jobSettings";
import type { Job, Jobs } from "./jobs";
import { pageOf } from "./pages";
import type { JobScheduler } from "./scheduler";

const byId = z.looseObject({ job_id: id });
const reset = byId.extend({ new_settings: z.looseObject({}) });
const update = byId.extend({
  new_settings: z.looseObject({}).optional(),
  fields_to_remove: z.array(z.string()).optional(),
});
const listQuery = z.looseObject({
  limit: pageSize(20, 100),
  offset: id.default(0),
  page_token: z.string().optional(),
  name: z.string().optional(),
  expand_tasks: flag,
});

/** `/api/2.1/jobs/*` and `/api/2.2/jobs/*`, without `runs`. */
export function jobRoutes(app: FastifyInstance, jobs: Jobs, scheduler: JobScheduler): void {
  for (const base of ["/api/2.1/jobs", "/api/2.2/jobs"]) {
    app.post(`${base}/create`, async (request) => ({ job_id: scheduler.create(request.body ?? {}).job_id }));
    app.get(`${base}/get`, async (request) => describe(jobs.get(read(byId, request.query).job_id)));
    app.get(`${base}/list`, async (request) => {
      const query = read(listQuery, request.query);
      const name = query.name?.toLowerCase();
      const found = jobs.list().filter((job) => name === undefined || job.settings.name.toLowerCase() === name);
      const { items, ...tokens } = pageOf(found, query.limit, query.page_token, query.offset);
      const has_more = tokens.next_page_token !== undefined;
      if (items.length === 0) return { has_more };
      return {
        jobs: items.map((job) => (query.expand_tasks ? describe(job) : describeShortly(job))),
        has_more,
        ...tokens,
      };
    });
    app.post(`${base}/reset`, async (request) => {
      const body = read(reset, request.body);
      scheduler.replace(body.job_id, (all) => all.reset(body.job_id, body.new_settings));
      return {};
    });
    app.post(`${base}/update`, async (request) => {
      const body = read(update, request.body);
      const { new_settings: settings = {}, fields_to_remove: remove = [] } = body;
      scheduler.replace(body.job_id, (all) => all.update(body.job_id, settings as Partial<JobSettings>, remove));
      return {};
    });
    app.post(`${base}/delete`, async (request) => {
      scheduler.delete(read(byId, request.body).job_id);
      return {};
    });
  }
}

function describe(job: Job): Record<string, unknown> {
  return {
    job_id: job.job_id,
    creator_user_name: job.creator_user_name,
    run_as_user_name: job.creator_user_name,
    created_time: job.created_time,
    settings: describeSettings(job.settings),
  };
}

function describeShortly(job: Job): Record<string, unknown> {
  const { tasks: _, job_clusters: __, ...settings } = describeSettings(job.settings);
  return { ...describe(job), settings };
}
