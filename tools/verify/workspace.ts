import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import pRetry from "p-retry";
import { Agent, fetch, type Response } from "undici";
import { z } from "zod";
import { Impossible } from "../stack/failure";

/** Databricks' own application in Entra: what tokens for any workspace are issued for. */
const databricksResource = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";

const page = z.object({
  contents: z.array(z.object({ name: z.string(), is_directory: z.boolean() })).default([]),
  next_page_token: z.string().optional(),
});
const job = z.object({
  settings: z.object({
    tasks: z
      .array(z.object({ notebook_task: z.object({ base_parameters: z.record(z.string(), z.string()).default({}) }) }))
      .min(1),
  }),
});
const runState = z.object({
  life_cycle_state: z.string(),
  result_state: z.string().optional(),
  state_message: z.string().optional(),
});
const runs = z.object({ runs: z.array(z.object({ state: runState })).default([]) });

/** State of a job's run, in the words of Databricks' Jobs API. */
export type RunState = z.infer<typeof runState>;

/** The calls of a Databricks workspace that verification needs, with what the environment offers to log in. */
export class Workspace {
  private readonly agent: Agent;
  private token?: Promise<string>;

  /** @param url of the workspace. @param env `DATABRICKS_TOKEN`, or else whatever Azure login there is. */
  constructor(
    private readonly url: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    // Node reads this variable only when it starts, and the environment of a stack is known later than that.
    const extra = env.NODE_EXTRA_CA_CERTS;
    const ca = extra ? [...rootCertificates, readFileSync(extra, "utf8")] : undefined;
    this.agent = new Agent({ connect: { ca } });
  }

  /** What the job whose page this is gives the widgets of its notebook. */
  async jobParameters(jobUrl: string): Promise<Record<string, string>> {
    const response = await this.get(`/api/2.2/jobs/get?job_id=${jobId(jobUrl)}`);
    return job.parse(await response.json()).settings.tasks[0].notebook_task.base_parameters;
  }

  /** How the job's newest run is doing; undefined when it has never run. */
  async runState(jobUrl: string): Promise<RunState | undefined> {
    const response = await this.get(`/api/2.2/jobs/runs/list?job_id=${jobId(jobUrl)}&limit=1`);
    return runs.parse(await response.json()).runs[0]?.state;
  }

  /** Names of the files in a folder; none when the folder is not there. */
  async files(folder: string): Promise<string[]> {
    const names: string[] = [];
    let token: string | undefined;
    do {
      const query = token === undefined ? "" : `?page_token=${encodeURIComponent(token)}`;
      const response = await this.get(`/api/2.0/fs/directories${encodePath(folder)}${query}`, [404]);
      if (response.status === 404) return [];
      const { contents, next_page_token } = page.parse(await response.json());
      names.push(...contents.filter((entry) => !entry.is_directory).map((entry) => entry.name));
      token = next_page_token || undefined;
    } while (token !== undefined);
    return names;
  }

  /** The text of a file. */
  async read(file: string): Promise<string> {
    return (await this.get(filePath(file))).text();
  }

  /** The text of a file; undefined when it is not there. */
  async readIfThere(file: string): Promise<string | undefined> {
    const response = await this.get(filePath(file), [404]);
    const text = await response.text();
    return response.status === 404 ? undefined : text;
  }

  /** The bytes of a file, or of a range of it, whose end is not part of it. */
  async bytes(file: string, range?: { start: number; end: number }): Promise<ArrayBuffer> {
    const headers: Record<string, string> = range ? { Range: `bytes=${range.start}-${range.end - 1}` } : {};
    const response = await this.get(filePath(file), [], headers);
    const bytes = await response.arrayBuffer();
    // A range is a wish: HTTP lets a server send the whole file, with 200 in place of 206.
    return range && response.status !== 206 ? bytes.slice(range.start, range.end) : bytes;
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  private async get(path: string, accepted: number[] = [], more: Record<string, string> = {}): Promise<Response> {
    this.token ??= tokenFrom(this.env);
    const headers = { ...more, Authorization: `Bearer ${await this.token}` };
    return pRetry(
      async () => {
        const response = await fetch(new URL(path, this.url), { headers, dispatcher: this.agent });
        if (response.ok || accepted.includes(response.status)) return response;
        const error = new Error(
          `${this.url} answered ${response.status} to ${path}: ${(await response.text()).slice(0, 300)}`,
        );
        throw Object.assign(error, { again: response.status === 429 || response.status >= 500 });
      },
      // An error without a status is of the connection.
      { retries: 3, minTimeout: 500, shouldRetry: ({ error }) => (error as { again?: boolean }).again !== false },
    );
  }
}

async function tokenFrom(env: NodeJS.ProcessEnv): Promise<string> {
  if (env.DATABRICKS_TOKEN) return env.DATABRICKS_TOKEN;
  const { DefaultAzureCredential } = await import("@azure/identity");
  try {
    return (await new DefaultAzureCredential().getToken(`${databricksResource}/.default`)).token;
  } catch {
    throw new Impossible("There is no way into the workspace: log in with `az login`, or set `DATABRICKS_TOKEN`.");
  }
}

function jobId(jobUrl: string): string {
  const id = /jobs?\/(\d+)/.exec(jobUrl)?.[1];
  if (id === undefined) throw new Impossible(`\`consumerJobUrl\` (${jobUrl}) is not the page of a Databricks job.`);
  return id;
}

function filePath(file: string): string {
  return `/api/2.0/fs/files${encodePath(file)}`;
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
