import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { KafkaClusters } from "../../local/cloud/hdinsight";
import { CertificateAuthority } from "../../local/cloud/tls";
import { NotebookEngine } from "../../local/engines/spark";
import { silentLog } from "../../local/log";
import { toolPaths } from "../../local/paths";
import { location, provider, subscription, TestArm } from "../local/cloud/arm/twin";
import { clusterSpec, TestDatabricks } from "../local/cloud/databricks/twin";
import { entriesBelow } from "./files";

vi.setConfig({ testTimeout: 120_000 });

/** Names that mean more to a file system, a shell or a log than they look. */
const hostile = [
  "..",
  "../escaped",
  "../../escaped",
  "a/../../escaped",
  "/etc/escaped",
  "/tmp/escaped",
  "..\\escaped",
  "%2e%2e%2fescaped",
  "..%2fescaped",
  "\u0000escaped",
  "escaped\u0000.txt",
  "~/escaped",
  "$(touch escaped)",
  "`touch escaped`",
  "; touch escaped",
  "escaped\ntouch escaped",
  "-rf",
  "CON",
  ".",
  "",
  " ",
  "escaped\u202e",
  "\ud800escaped",
  "é".normalize("NFD"),
  "𝕖𝕤𝕔𝕒𝕡𝕖𝕕",
  "x".repeat(300),
  `${"x/".repeat(200)}x`,
  "x".repeat(5_000),
];
const names = fc.oneof(
  fc.constantFrom(...hostile),
  fc
    .array(fc.constantFrom("..", ".", "/", "\\", "%2e", "\u0000", "a", "escaped"), { maxLength: 8 })
    .map((all) => all.join("")),
  fc.string({ unit: "binary", maxLength: 20 }),
);

/** Fails when anything but `home` has changed where it lies, in the project or at the machine's root. */
async function staysInside(home: string, work: () => Promise<void>): Promise<void> {
  const around = () => ({
    beside: fs.readdirSync(path.dirname(home)).filter((name) => name.includes("escaped")),
    root: fs.readdirSync("/"),
    etc: fs.readdirSync("/etc"),
    project: fs.readdirSync(process.cwd()),
  });
  const before = around();
  await work();
  expect(around()).toEqual(before);
  const links = entriesBelow(home).filter((name) => fs.lstatSync(path.join(home, name)).isSymbolicLink());
  expect(links).toEqual([]);
}

/** As clients write a path: its separators stay, everything else is escaped. */
const inUrl = (name: string) => Buffer.from(name).toString("latin1").split("/").map(escape).join("/");
const inQuery = (name: string) => escape(Buffer.from(name).toString("latin1"));

describe("names that mean other places", () => {
  let twin: TestDatabricks;
  let arm: TestArm;
  beforeAll(async () => {
    [twin, arm] = await Promise.all([TestDatabricks.start(), TestArm.start()]);
  });
  afterAll(() => Promise.all([twin.stop(), arm.stop()]));

  /** Known answers: done, or refused with the reason. Anything else has gone wrong by itself. */
  const answered = async (method: string, call: string, body?: unknown) => {
    const { status, text } = await twin.call(method, call, body);
    expect([200, 204, 400, 403, 404, 409, 414], `${method} ${call}: ${text}`).toContain(status);
    return status;
  };

  it("lead nowhere in paths of volumes", async () => {
    await staysInside(twin.home, () =>
      fc.assert(
        fc.asyncProperty(names, fc.constantFrom("", "main/s/v/"), async (name, prefix) => {
          const url = `/Volumes/${prefix}${inUrl(name)}`;
          await answered("PUT", `/api/2.0/fs/files${url}?overwrite=true`, Buffer.from("escaped"));
          await answered("PUT", `/api/2.0/fs/directories${url}`);
          await answered("GET", `/api/2.0/fs/directories${url}`);
          await answered("DELETE", `/api/2.0/fs/files${url}`);
        }),
        { numRuns: 100 },
      ),
    );
    // What was written is below /Volumes.
    const written = entriesBelow(twin.home).filter((name) => /escaped/.test(name));
    expect(written.filter((name) => !name.startsWith("volumes/"))).toEqual([]);
  });

  it("lead nowhere in paths of notebooks", async () => {
    await staysInside(twin.home, () =>
      fc.assert(
        fc.asyncProperty(names, fc.constantFrom("", "/Shared/", "/Users/"), async (name, prefix) => {
          const notebook = { path: `${prefix}${name}`, content: "", language: "SCALA", overwrite: true };
          await answered("POST", "/api/2.0/workspace/import", notebook);
          await answered("POST", "/api/2.0/workspace/mkdirs", { path: `${prefix}${name}/folder` });
          await answered("GET", `/api/2.0/workspace/export?path=${inQuery(notebook.path)}`);
          await answered("POST", "/api/2.0/workspace/delete", { path: notebook.path, recursive: true });
        }),
        { numRuns: 60 },
      ),
    );
  });

  it("lead nowhere as secret scopes and keys, jobs, clusters, policies, tokens and runs", async () => {
    await staysInside(twin.home, () =>
      fc.assert(
        fc.asyncProperty(names, async (name) => {
          await answered("POST", "/api/2.0/secrets/scopes/create", { scope: name });
          await answered("POST", "/api/2.0/secrets/put", { scope: name, key: name, string_value: name });
          await answered("POST", "/api/2.0/policies/clusters/create", { name, definition: "{}" });
          await answered("POST", "/api/2.1/clusters/create", { ...clusterSpec, cluster_name: name });
          await answered("GET", `/api/2.1/clusters/get?cluster_id=${inQuery(name)}`);
          const tasks = [{ task_key: "t", notebook_task: { notebook_path: `/${name}` }, new_cluster: clusterSpec }];
          await answered("POST", "/api/2.2/jobs/create", { name, tasks });
          await answered("POST", "/api/2.2/jobs/run-now", { job_id: 1, idempotency_token: name });
          await answered("GET", `/twin/runs/${inUrl(name)}/log`);
          await answered("GET", `/api/2.2/jobs/runs/get?run_id=${inQuery(name)}`);
        }),
        { numRuns: 40 },
      ),
    );
  });

  it("lead nowhere as groups, clusters, networks, accounts and workspaces of Azure", async () => {
    const types = ["HDInsight/clusters", "Network/virtualNetworks", "Storage/storageAccounts", "Databricks/workspaces"];
    await staysInside(arm.home, () =>
      fc.assert(
        fc.asyncProperty(names, fc.constantFrom(...types), async (name, type) => {
          for (const id of [
            `${subscription}/resourceGroups/${inUrl(name)}`,
            `${provider(type.split("/")[0] ?? "")}/${type.split("/")[1]}/${inUrl(name)}`,
          ]) {
            const { status, body } = await arm.put(id, { location, properties: {} });
            expect([200, 201, 202, 400, 404, 409, 414], JSON.stringify(body)).toContain(status);
          }
        }),
        { numRuns: 100 },
      ),
    );
  });
});

describe("names that would become folders", () => {
  it.each(hostile.filter((name) => !/^[A-Za-z0-9-]+$/.test(name)))("%j is no Kafka cluster", async (name) => {
    const home = fs.mkdtempSync(path.join(tmpdir(), "paths-"));
    const tls = await CertificateAuthority.open(path.join(home, "keys"));
    const clusters = new KafkaClusters({ home, tools: toolPaths(), tls, log: silentLog });
    const spec = {
      name,
      network: "kafka",
      heads: ["10.70.9.4"],
      zookeepers: ["10.70.9.5"],
      workers: ["10.70.9.6"],
      gateway: { username: "admin", password: "x" },
      ssh: { username: "sshuser", publicKeys: [] },
      brokerConfig: {},
    };
    await expect(clusters.create(spec)).rejects.toThrow("is not made of letters, digits and `-`");
    fs.rmSync(home, { recursive: true });
  });

  it.each(hostile.filter((name) => !/^[\w-]+$/.test(name)))("%j is no run of a notebook", async (runId) => {
    const home = fs.mkdtempSync(path.join(tmpdir(), "paths-"));
    const engine = new NotebookEngine({ home, tools: toolPaths(), log: silentLog });
    const run = { runId, source: "", name: "n", parameters: {}, libraries: [], secrets: {} };
    await expect(engine.run(run)).rejects.toThrow("`runId` is");
    expect(fs.readdirSync(home)).toEqual([]);
    fs.rmSync(home, { recursive: true });
  });
});
