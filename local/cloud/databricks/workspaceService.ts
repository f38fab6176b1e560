import * as fs from "node:fs";
import type { FastifyInstance } from "fastify";
import { createServer, HttpError, pathOf, unsupported } from "../http";
import { noteRequests, type UnsupportedCalls } from "../unsupported";
import { TaskAttempts } from "./attempt";
import { bearerCheck } from "./auth";
import { clusterRoutes } from "./clusterRoutes";
import { Clusters } from "./clusters";
import { RunCompute } from "./compute";
import type { WorkspaceContext } from "./context";
import { endpointNotFound, errorBody } from "./errors";
import { RunExecutor } from "./executor";
import { fileRoutes } from "./files";
import { jobRoutes } from "./jobRoutes";
import type { JobSurroundings } from "./jobSettings";
import { Jobs } from "./jobs";
import { Libraries } from "./libraries";
import { libraryRoutes } from "./libraryRoutes";
import { Notifications, notificationRoutes } from "./notifications";
import { WorkspaceObjects } from "./objects";
import { type Exists, permissionRoutes } from "./permissions";
import { Policies, policyRoutes } from "./policies";
import { notReady } from "./readiness";
import { runRoutes } from "./runRoutes";
import { Runs } from "./runs";
import { JobScheduler } from "./scheduler";
import { scimRoutes } from "./scim";
import { secretRoutes } from "./secretRoutes";
import { Secrets } from "./secrets";
import { Volumes } from "./volumes";
import { workspaceRoutes } from "./workspace";

export interface ServiceOptions {
  tls: { cert: string; key: string };
  token: string;
  /** When the workspace was created, ms since 1970: it is not ready at once. */
  createdAt: number;
  /** Told of calls that the twin does not imitate. */
  unsupported?: UnsupportedCalls;
}

/** What the calls of a workspace's API work on. */
interface Parts {
  clusters: Clusters;
  jobs: Jobs;
  libraries: Libraries;
  notifications: Notifications;
  objects: WorkspaceObjects;
  policies: Policies;
  runs: Runs;
  scheduler: JobScheduler;
  secrets: Secrets;
  volumes: Volumes;
}

/** Every call that a workspace answers. */
export function workspaceApi(app: FastifyInstance, context: WorkspaceContext, parts: Parts): void {
  const { clusters, jobs, libraries, notifications, objects, policies, runs, scheduler, secrets, volumes } = parts;
  clusterRoutes(app, context, clusters, policies);
  libraryRoutes(app, libraries);
  workspaceRoutes(app, objects);
  jobRoutes(app, jobs, scheduler);
  runRoutes(app, context, { jobs, runs, clusters, scheduler });
  secretRoutes(app, secrets);
  scimRoutes(app, context);
  fileRoutes(app, volumes);
  policyRoutes(app, policies);
  notificationRoutes(app, notifications);
  permissionRoutes(app, context, existence({ clusters, jobs, objects, policies }));
}

/** One workspace: its state, what goes on in it, and the server that answers for it. */
export class WorkspaceService {
  readonly app: FastifyInstance;
  private readonly clusters: Clusters;
  private readonly libraries: Libraries;
  private readonly scheduler: JobScheduler;

  constructor(context: WorkspaceContext, options: ServiceOptions) {
    fs.mkdirSync(context.folder, { recursive: true, mode: 0o700 });
    const policies = new Policies(context);
    const clusters = new Clusters(context);
    const libraries = new Libraries(context, clusters);
    const objects = new WorkspaceObjects(context);
    const secrets = new Secrets(context);
    const surroundings: JobSurroundings = {
      clusterExists: (clusterId) => clusters.find(clusterId) !== undefined,
      readCluster: (value, prefix) => policies.readCluster(value, "job", prefix),
    };
    const jobs = new Jobs(context, surroundings);
    const runs = new Runs(context);
    const notifications = new Notifications(context);
    const attempts = new TaskAttempts(context, clusters, objects, secrets, runs);
    const scheduler = new JobScheduler(
      context,
      jobs,
      runs,
      new RunExecutor(
        context,
        (run) => new RunCompute(run, clusters, libraries, surroundings.readCluster),
        runs,
        attempts,
      ),
      notifications,
    );
    this.clusters = clusters;
    this.libraries = libraries;
    this.scheduler = scheduler;

    const app = createServer({
      log: context.log,
      tls: options.tls,
      errorBody,
      notFound: endpointNotFound,
      onUnsupported: noteRequests(options.unsupported, "databricks"),
    });
    guard(app, context, options);
    const volumes = new Volumes(context.volumes);
    const parts = { clusters, jobs, libraries, notifications, objects, policies, runs, scheduler, secrets, volumes };
    workspaceApi(app, context, parts);
    this.app = app;
  }

  /** Goes on with what a stop of the twin has interrupted. */
  restore(): void {
    this.clusters.restore();
    this.libraries.restore();
    this.scheduler.restore();
  }

  /** Ends runs and timers, then the server. State stays. */
  async close(): Promise<void> {
    await this.scheduler.close();
    this.clusters.close();
    await this.app.close();
  }
}

/** Every API call needs the token, and a workspace that is ready. Pages for browsers say where their content is. */
function guard(app: FastifyInstance, context: WorkspaceContext, options: ServiceOptions): void {
  const check = bearerCheck(options.token);
  app.addHook("onRequest", async (request, reply) => {
    reply.header("X-Databricks-Org-Id", context.workspaceId);
    const path = pathOf(request);
    if (path.startsWith("/.well-known/")) return;
    if (!path.startsWith("/api/") && !path.startsWith("/twin/")) throw noPages(path, context.host);
    check(request);
    const problem = notReady(options.createdAt, context.timing.readyAfterMs, context.workspaceId);
    if (problem) throw problem;
  });
}

function noPages(path: string, host: string): HttpError {
  const run = /^\/jobs\/(\d+)(?:\/runs\/(\d+))?\/?$/.exec(path);
  const call = run?.[2]
    ? `/api/2.2/jobs/runs/get?run_id=${run[2]} (its log: /twin/runs/${run[2]}/log)`
    : run
      ? `/api/2.2/jobs/get?job_id=${run[1]}`
      : "/api/2.0, 2.1 and 2.2";
  return unsupported(
    new HttpError(404, "ENDPOINT_NOT_FOUND", `The local twin has no web pages, only APIs: see https://${host}${call}`),
  );
}

function existence(parts: { clusters: Clusters; jobs: Jobs; objects: WorkspaceObjects; policies: Policies }): Exists {
  const object = (id: string, type: string) => parts.objects.byId(Number(id))?.object_type === type;
  return (kind, id) => {
    switch (kind) {
      case "clusters":
        return parts.clusters.find(id) !== undefined;
      case "jobs":
        return parts.jobs.find(Number(id)) !== undefined;
      case "notebooks":
        return object(id, "NOTEBOOK");
      case "directories":
        return object(id, "DIRECTORY");
      case "cluster-policies":
        return parts.policies.has(id);
      default:
        return false;
    }
  };
}
