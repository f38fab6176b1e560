import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { DatabricksWorkspaces, type Timing, type Workspace } from "../../../../local/cloud/databricks";
import { CertificateAuthority } from "../../../../local/cloud/tls";
import type { LibraryStatus, NotebookRun, RunHandle, RunResult } from "../../../../local/engines/spark";
import { silentLog } from "../../../../local/log";
import { type Answer, client, type Json } from "./client";

export type { Json } from "./client";

export const token = "dapi-test-token";
export const userName = "operator@example.com";

/** Fast, and ready at once. */
export const quick: Timing = {
  readyAfterMs: 0,
  clusterStartMs: 10,
  minuteMs: 60_000,
  backoffMs: 40,
  backoffMostMs: 200,
  healthyAfterMs: 60_000,
};

/** A notebook run that the test ends. */
export interface FakeRun {
  request: NotebookRun;
  end(result: RunResult): void;
  cancelled: boolean;
}

/** Stands in for Spark: a notebook whose source has `exit <value>` or `fail <message>` in it ends at once. */
export class FakeNotebooks {
  readonly runs: FakeRun[] = [];
  readonly resolved: { coordinates: string[]; scala: string }[] = [];
  /** Set to hold the resolver back. */
  resolving: Promise<void> = Promise.resolve();

  constructor(private readonly folder: string) {}

  async run(request: NotebookRun): Promise<RunHandle> {
    const logFile = path.join(this.folder, `${request.runId}.log`);
    fs.writeFileSync(logFile, `log of ${request.name}\n`);
    const fake: FakeRun = { request, end: () => undefined, cancelled: false };
    const done = new Promise<RunResult>((resolve) => {
      fake.end = resolve;
    });
    this.runs.push(fake);
    const exit = /exit (\w+)/.exec(request.source);
    const fail = /fail (.+)/.exec(request.source);
    if (exit) fake.end({ outcome: "SUCCESS", exitValue: exit[1] });
    if (fail) fake.end({ outcome: "FAILED", message: fail[1], cell: 2, trace: `at cell 2\n${fail[1]}` });
    return {
      pid: 0,
      logFile,
      done,
      async cancel() {
        fake.cancelled = true;
        fake.end({ outcome: "CANCELED" });
      },
    };
  }

  async resolve(coordinates: string[], scala: "2.12" | "2.13"): Promise<LibraryStatus[]> {
    this.resolved.push({ coordinates, scala });
    await this.resolving;
    return coordinates.map((coordinate) =>
      coordinate.includes("missing")
        ? { coordinate, status: "FAILED", messages: [`${coordinate} was not found`], jars: [] }
        : { coordinate, status: "INSTALLED", messages: [], jars: [] },
    );
  }
}

/** A workspace in a home of its own, with a client that trusts its certificate. */
export class TestDatabricks {
  private constructor(
    readonly home: string,
    readonly tls: CertificateAuthority,
    readonly notebooks: FakeNotebooks,
    public workspaces: DatabricksWorkspaces,
    public workspace: Workspace,
    private readonly timing: Timing,
  ) {}

  static async start(timing: Partial<Timing> = {}): Promise<TestDatabricks> {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), "databricks-"));
    const tls = await CertificateAuthority.open(path.join(home, "keys"));
    const notebooks = new FakeNotebooks(home);
    const times = { ...quick, ...timing };
    const workspaces = new DatabricksWorkspaces({
      home,
      tls,
      log: silentLog,
      notebooks,
      token,
      userName,
      timing: times,
    });
    const workspace = await workspaces.create("/subscriptions/s/resourceGroups/r/workspaces/w", "w");
    return new TestDatabricks(home, tls, notebooks, workspaces, workspace, times);
  }

  /** A second process on the same home, as after a kill: nothing of the first one is told to stop. */
  async restart(): Promise<void> {
    this.workspaces = new DatabricksWorkspaces({
      home: this.home,
      tls: this.tls,
      log: silentLog,
      notebooks: this.notebooks,
      token,
      userName,
      timing: this.timing,
    });
    await this.workspaces.restore();
  }

  async stop(): Promise<void> {
    await this.workspaces.close();
    fs.rmSync(this.home, { recursive: true, force: true });
  }

  call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.client.call(method, path, body, headers);
  }

  get(path: string): Promise<Answer> {
    return this.client.get(path);
  }

  /** A POST that must succeed. */
  post(path: string, body: unknown): Promise<Json> {
    return this.client.post(path, body);
  }

  private get client() {
    return client(this.workspace.host, this.tls.caPem, token);
  }

  notebook(path: string, source: string, language = "SCALA"): Promise<Json> {
    const content = Buffer.from(`// Databricks notebook source\n${source}`).toString("base64");
    return this.post("/api/2.0/workspace/import", { path, content, language, format: "SOURCE", overwrite: true });
  }
}

/** Polls until `check` gives a value; fails after `ms` with what it was waiting for. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined | false> | T | undefined | false,
  ms = 5_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value as T;
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A cluster that the twin can run notebooks on. */
export const clusterSpec = {
  cluster_name: "spark",
  spark_version: "16.4.x-scala2.12",
  node_type_id: "Standard_DS3_v2",
  num_workers: 1,
};
