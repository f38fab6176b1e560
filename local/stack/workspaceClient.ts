import { readFileSync } from "node:fs";
import * as https from "node:https";
import pRetry from "p-retry";
import type { Notification } from "../cloud/databricks/notifications";

/** A run of a job, in the words of Databricks' Jobs API. */
export interface Run {
  run_id: number;
  state: { life_cycle_state: string; result_state?: string; state_message?: string };
  start_time: number;
}

/** The few calls of the Databricks API that the local commands need. */
export class WorkspaceClient {
  private readonly agent: https.Agent;

  /** `url` and `token` of the workspace; `caFile` is the authority that signed its certificate. */
  constructor(
    private readonly url: string,
    private readonly token: string,
    caFile: string,
  ) {
    this.agent = new https.Agent({ ca: readFileSync(caFile) });
  }

  /** The newest run of a job, given the job's page (its `url` output). Undefined when it never ran. */
  async lastRun(jobUrl: string): Promise<Run | undefined> {
    const jobId = idOf(jobUrl);
    const { runs } = JSON.parse(await this.get(`/api/2.2/jobs/runs/list?job_id=${jobId}&limit=1`)) as { runs?: Run[] };
    return runs?.[0];
  }

  /** The e-mails that the workspace's jobs would have sent, oldest first. */
  async notifications(): Promise<Notification[]> {
    return (JSON.parse(await this.get("/twin/notifications")) as { notifications: Notification[] }).notifications;
  }

  /** What a run has written so far, or the last `tail` bytes of it. */
  log(run: Run, tail?: number): Promise<string> {
    return this.get(`/twin/runs/${run.run_id}/log${tail === undefined ? "" : `?tail=${tail}`}`);
  }

  /** The value that a job gives a widget of its notebook. */
  async parameter(jobUrl: string, widget: string): Promise<string> {
    const { settings } = JSON.parse(await this.get(`/api/2.2/jobs/get?job_id=${idOf(jobUrl)}`)) as {
      settings: { tasks: { notebook_task: { base_parameters: Record<string, string> } }[] };
    };
    return settings.tasks[0].notebook_task.base_parameters[widget];
  }

  /** The Pulumi id of the Databricks resource that has these inputs, or undefined when there is none. */
  async idOf(type: string, inputs: Record<string, unknown>): Promise<string | undefined> {
    switch (type) {
      case "databricks:index/notebook:Notebook":
        return inputs.path as string;
      case "databricks:index/secretScope:SecretScope":
        return inputs.name as string;
      case "databricks:index/secret:Secret":
        return `${inputs.scope}|||${inputs.key}`;
      case "databricks:index/job:Job": {
        const { jobs } = JSON.parse(
          await this.get(`/api/2.2/jobs/list?name=${encodeURIComponent(String(inputs.name))}`),
        ) as {
          jobs?: { job_id: number }[];
        };
        return jobs?.[0]?.job_id.toString();
      }
      case "databricks:index/clusterPolicy:ClusterPolicy": {
        const { policies } = JSON.parse(await this.get("/api/2.0/policies/clusters/list")) as {
          policies?: { policy_id: string; name: string }[];
        };
        return policies?.find((policy) => policy.name === inputs.name)?.policy_id;
      }
      case "databricks:index/cluster:Cluster": {
        const { clusters } = JSON.parse(await this.get("/api/2.1/clusters/list")) as {
          clusters?: { cluster_id: string; cluster_name: string }[];
        };
        return clusters?.find((cluster) => cluster.cluster_name === inputs.clusterName)?.cluster_id;
      }
      default:
        return undefined;
    }
  }

  /** A workspace that is overloaded or not ready is asked again for some ten seconds. */
  private get(path: string): Promise<string> {
    const shouldRetry = ({ error }: { error: Error }) => error instanceof Refusal && /^(429|5..)$/.test(error.status);
    return pRetry(() => this.once(path), { retries: 5, minTimeout: 300, shouldRetry });
  }

  private once(path: string): Promise<string> {
    const options = { agent: this.agent, headers: { Authorization: `Bearer ${this.token}` } };
    return new Promise((resolve, reject) => {
      https
        .get(this.url + path, options, (response) => {
          let body = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => {
            body += chunk;
          });
          response.on("end", () =>
            response.statusCode === 200 ? resolve(body) : reject(new Refusal(String(response.statusCode), path, body)),
          );
        })
        .on("error", reject);
    });
  }
}

/** What the workspace says instead of an answer. */
class Refusal extends Error {
  constructor(
    readonly status: string,
    path: string,
    body: string,
  ) {
    super(`The workspace answered ${status} to ${path}: ${body.slice(0, 200)}`);
  }
}

function idOf(jobUrl: string): string {
  const id = /job\/(\d+)/.exec(jobUrl)?.[1];
  if (!id) throw new Error(`\`${jobUrl}\` is not the page of a Databricks job.`);
  return id;
}
