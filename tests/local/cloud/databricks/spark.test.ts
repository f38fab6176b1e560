import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabricksWorkspaces } from "../../../../local/cloud/databricks";
import { CertificateAuthority } from "../../../../local/cloud/tls";
import { XApi } from "../../../../local/cloud/x";
import { NotebookEngine } from "../../../../local/engines/spark";
import { silentLog } from "../../../../local/log";
import { toolPaths, twinPaths } from "../../../../local/paths";
import { makeVolumes } from "../../../../local/volumes";
import { client } from "./client";
import { clusterSpec, eventually, type Json, quick, token, userName } from "./twin";

const bearerToken = "x-canary-bearer";
const sdk = "com.twitter:twitter-api-java-sdk:2.0.3";
const cells = (...all: string[]) => `// Databricks notebook source\n${all.join("\n\n// COMMAND ----------\n\n")}\n`;

/** One workspace on the real notebook engine, and the X API for its notebooks to call. */
describe("a job on real Spark", () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "databricks-spark-"));
  const tools = toolPaths();
  const notebooks = new NotebookEngine({ home, tools, log: silentLog, volumesMustExist: true });
  let workspaces: DatabricksWorkspaces;
  let x: XApi;
  let apiUrl: string;
  let http: ReturnType<typeof client>;

  beforeAll(async () => {
    const tls = await CertificateAuthority.open(path.join(home, "keys"));
    workspaces = new DatabricksWorkspaces({ home, tls, log: silentLog, notebooks, token, userName, timing: quick });
    const { host } = await workspaces.create("/w", "w");
    http = client(host, tls.caPem, token);
    x = new XApi({ dataset: tools.dataset, bearerToken, log: silentLog, perSecond: 50 });
    const address = await x.listen();
    apiUrl = `http://${address.host}:${address.port}`;
    await http.post("/api/2.0/secrets/scopes/create", { scope: "twitter" });
    await http.post("/api/2.0/secrets/put", { scope: "twitter", key: "bearer-token", string_value: bearerToken });
  });

  afterAll(async () => {
    await workspaces.close();
    await notebooks.close();
    await x.close();
    fs.rmSync(home, { recursive: true, force: true });
  });

  const submit = async (source: string, task: object = {}): Promise<number> => {
    const content = Buffer.from(source).toString("base64");
    const notebook = { path: "/Shared/N", content, language: "SCALA", format: "SOURCE", overwrite: true };
    await http.post("/api/2.0/workspace/import", notebook);
    const { job_id } = await http.post("/api/2.2/jobs/create", {
      name: "job",
      tasks: [{ task_key: "main", notebook_task: { notebook_path: "/Shared/N" }, new_cluster: clusterSpec, ...task }],
    });
    return (await http.post("/api/2.2/jobs/run-now", { job_id })).run_id;
  };
  const get = async (run_id: number): Promise<Json> => (await http.get(`/api/2.2/jobs/runs/get?run_id=${run_id}`)).body;
  const output = async (run_id: number): Promise<Json> =>
    (await http.get(`/api/2.2/jobs/runs/get-output?run_id=${run_id}`)).body;
  const log = async (run_id: number): Promise<string> => (await http.get(`/twin/runs/${run_id}/log`)).text;
  const inState = (run_id: number, state: string): Promise<Json> =>
    eventually(
      `run ${run_id} to be ${state}`,
      async () => {
        const run = await get(run_id);
        return run.status.state === state && run;
      },
      120_000,
    );

  it("computes with Spark, gets its parameters and secrets, has the volumes that there are, and calls X with its library", async () => {
    makeVolumes(home);
    const source = cells(
      'val topic = dbutils.widgets.get("topic")\nval token = dbutils.secrets.get("twitter", "bearer-token")\nprintln(s"token is $token")',
      [
        "import com.twitter.clientlib.{ApiClient, TwitterCredentialsBearer}",
        "import com.twitter.clientlib.api.TweetsApi",
        "import scala.collection.JavaConverters._",
        "val api = new TweetsApi()",
        "val client = new ApiClient()",
        "client.setTwitterCredentials(new TwitterCredentialsBearer(token))",
        'client.setBasePath(dbutils.widgets.get("apiUrl"))',
        "api.setClient(client)",
        'val found = api.tweetsRecentSearch("love -is:retweet lang:en").maxResults(10).execute().getData.asScala',
      ].join("\n"),
      [
        "import scala.util.Try",
        'def causes(error: Throwable) = Iterator.iterate(error)(_.getCause).takeWhile(_ != null).map(_.getMessage).mkString(" < ")',
        'def refusal(work: => Any) = Try(work).fold(causes, _ => "none")',
        'val missing = "/Volumes/main/streaming/missing"',
        'println("written: " + refusal(spark.range(3).write.json(s"$missing/out")))',
        'val rate = spark.readStream.format("rate").load().writeStream.format("noop")',
        'println("streamed: " + refusal(rate.option("checkpointLocation", s"$missing/checkpoint").start()))',
        'println("put: " + refusal(dbutils.fs.put(s"$missing/a.txt", "x")))',
        'println("volume: " + refusal(dbutils.fs.mkdirs(missing)))',
        'println("schema: " + refusal(dbutils.fs.mkdirs("/Volumes/main/another")))',
        'println("there: " + refusal(spark.range(3).write.json("/Volumes/main/streaming/pipeline/deep/out")))',
        'println("seen: " + dbutils.fs.ls("/Volumes/main/streaming").map(_.name).mkString(" "))',
      ].join("\n"),
      "val answers = Seq(topic, spark.range(5).count(), found.size, found.map(_.getId).distinct.size)",
      'dbutils.notebook.exit(answers.mkString(" "))',
    );
    const run_id = await submit(source, {
      libraries: [{ maven: { coordinates: sdk } }],
      notebook_task: { notebook_path: "/Shared/N", base_parameters: { topic: "tweets", apiUrl } },
    });
    const run = await inState(run_id, "TERMINATED");
    expect([run.state.result_state, run.state.state_message]).toEqual(["SUCCESS", ""]);
    expect((await output(run_id)).notebook_output.result).toBe("tweets 5 10 10");
    const text = await log(run_id);
    expect(text).toContain("token is ");
    expect(text).not.toContain(bearerToken);
    for (const what of ["written", "streamed", "put", "volume"]) {
      expect(text).toMatch(
        new RegExp(`${what}: .*\\[UC_VOLUME_NOT_FOUND\\] Volume \`main\`.\`streaming\`.\`missing\` does not exist`),
      );
    }
    expect(text).toContain(
      "schema: `/Volumes/main/another` is not in a volume, and there is no such catalog or schema.",
    );
    expect(text).toContain("there: none");
    expect(text).toContain("seen: data/ pipeline/");
    const volumes = path.join(twinPaths(home).volumes, "main");
    expect(fs.readdirSync(volumes)).toEqual(["streaming"]);
    expect(fs.readdirSync(path.join(volumes, "streaming")).sort()).toEqual(["data", "pipeline"]);
  }, 240_000);

  it("that does not compile fails with the cell and the compiler's message", async () => {
    const run_id = await submit(cells("val one = 1", "val two = one + sparc", 'dbutils.notebook.exit("never")'));
    const run = await inState(run_id, "TERMINATED");
    expect(run.tasks[0].state).toMatchObject({ life_cycle_state: "TERMINATED", result_state: "FAILED" });
    expect(run.state.state_message).toMatch(
      /^Task main failed with message: Workload failed.*Cell 2: .*not found: value sparc/s,
    );
    expect((await output(run_id)).error).toMatch(/^Cell 2: /);
  }, 240_000);

  it("that streams runs until it is cancelled, and its process is gone then", async () => {
    const run_id = await submit(
      cells(
        'val query = spark.readStream.format("rate").load().writeStream.format("noop").start()\nprintln("streaming")',
        "query.awaitTermination()",
      ),
    );
    await eventually("the stream to begin", async () => (await log(run_id)).includes("streaming"), 120_000);
    await http.post("/api/2.2/jobs/runs/cancel", { run_id });
    const run = await inState(run_id, "TERMINATED");
    expect(run.state.result_state).toBe("CANCELED");
    const runs = path.join(home, "databricks");
    const state = fs.readFileSync(
      path.join(runs, fs.readdirSync(runs).find((name) => /^\d+$/.test(name)) ?? "", "runs.json"),
      "utf8",
    );
    const { pid } = (JSON.parse(state) as Json)[run_id].tasks[0];
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  }, 240_000);
});
