import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Client, type ConnectConfig } from "ssh2";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { TokenService } from "../../local/cloud/arm/auth";
import { loadKeys } from "../../local/setup/keys";
import { generateSshKeyPair } from "../../local/setup/sshKey";
import { eventually } from "../local/cloud/databricks/twin";
import { describeWith } from "../needs";
import { filesHolding, openToOthers } from "./files";
import { exposedListeners, listenersOf } from "./listeners";
import { asNobody, canBecomeOthers } from "./otherUser";
import { processesOf } from "./processTree";
import { basic, clusterName, type Ends, RunningTwin } from "./runningTwin";
import { answerOfSpark } from "./sparkPort";

// A busy machine takes its time to start Kafka and Spark.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const canary = { "a secret of a scope": `canary-${randomBytes(9).toString("hex")}` };
/** Reads its secret, says it, and stays. */
const notebook = `val secret = dbutils.secrets.get("app", "canary")
println("the secret is " + secret)
Thread.sleep(600000)`;

let twin: RunningTwin;
let ends: Ends;
let storageKey: string;
let runId: number;

beforeAll(async () => {
  const home = fs.mkdtempSync(path.join(tmpdir(), "secured-"));
  // What an earlier version, a careless copy or another umask may have left.
  await loadKeys(home);
  fs.mkdirSync(path.join(home, "volumes", "main"), { recursive: true });
  for (const name of ["", "keys", "volumes"]) fs.chmodSync(path.join(home, name), 0o777);
  fs.chmodSync(path.join(home, "keys", "keys.json"), 0o666);
  const before = process.umask(0);
  try {
    twin = await RunningTwin.start(home);
  } finally {
    process.umask(before);
  }
  const [databricks, cluster] = await Promise.all([twin.createWorkspace(), twin.createCluster(70)]);
  const { arm, x } = twin.endpoints;
  ends = {
    databricks,
    ambari: cluster.ambari,
    ssh: cluster.ssh,
    arm: `${arm.host}:${arm.port}`,
    x: new URL(x.url).host,
  };
  storageKey = cluster.storageKey;
  runId = await startRun();
});
afterAll(() => twin?.stop());

/** A job whose notebook runs in Spark until the twin ends; its run. Resolves when it has spoken. */
async function startRun(): Promise<number> {
  const api = twin.databricks(ends.databricks);
  await api.post("/api/2.0/secrets/scopes/create", { scope: "app" });
  await api.post("/api/2.0/secrets/put", { scope: "app", key: "canary", string_value: Object.values(canary)[0] });
  const content = Buffer.from(`// Databricks notebook source\n${notebook}`).toString("base64");
  await api.post("/api/2.0/workspace/import", { path: "/Shared/N", content, language: "SCALA", format: "SOURCE" });
  const new_cluster = { spark_version: "16.4.x-scala2.12", node_type_id: "Standard_D4ds_v5", num_workers: 1 };
  const { job_id } = await api.post("/api/2.2/jobs/create", {
    tasks: [{ task_key: "t", notebook_task: { notebook_path: "/Shared/N" }, new_cluster }],
  });
  const { run_id } = await api.post("/api/2.2/jobs/run-now", { job_id });
  const said = async () => (await api.get(`/twin/runs/${run_id}/log`)).text;
  await eventually("the notebook to speak", async () => (await said()).includes("the secret is [REDACTED]"), 120_000);
  return run_id;
}

/** Every secret that the twin has, by what it is. */
function secrets(): Record<string, string> {
  const { passphrase, gatewayPassword, ssh, azure, databricksToken, xBearerToken } = twin.keys;
  const secretLine = (pem: string) => pem.split("\n").findLast((line) => /^[\w+/=]{20,}$/.test(line)) ?? "";
  const file = (...names: string[]) => fs.readFileSync(path.join(twin.home, ...names), "utf8");
  const authority = /BEGIN PRIVATE KEY-----\n([^-]+)/.exec(file("keys", "ca.key.pem"))?.[1] ?? "";
  return {
    passphrase,
    "the gateway's password": gatewayPassword,
    "the SSH key": secretLine(ssh.privateKey),
    "the client secret": azure.clientSecret,
    "the Databricks token": databricksToken,
    "the X token": xBearerToken,
    "a storage key": storageKey,
    "the authority's key": authority.split("\n")[0] ?? "",
    "the SSH host's key": secretLine(file("clusters", clusterName, "ssh_host_ed25519_key")),
    ...canary,
  };
}

describe("what a running twin shows", () => {
  it("is served on loopback addresses alone", () => {
    expect(exposedListeners(twin.home)).toEqual([]);
    const found = listenersOf(processesOf(twin.home).map(({ pid }) => pid));
    const at = found.map(({ address, port }) => `${address}:${port}`);
    // The check has seen the services, three brokers and three ZooKeeper servers.
    expect(at).toEqual(expect.arrayContaining(Object.values(ends)));
    expect(found.filter(({ port }) => port === 9092)).toHaveLength(3);
    expect(found.filter(({ port }) => port === 2181)).toHaveLength(3);
  });

  it("is written to files and folders that are its user's alone, whatever the umask and whatever was there", () => {
    expect(openToOthers(twin.home)).toEqual([]);
  });

  it("has no secret in a file but where it is kept", () => {
    const kept = filesHolding(twin.home, secrets()).filter((found) => !found.startsWith("keys/"));
    const workspace = fs.readdirSync(path.join(twin.home, "databricks")).find((name) => /^\d+$/.test(name));
    expect(kept).toEqual([
      "arm/resources.json: a storage key",
      "arm/resources.json: the gateway's password",
      "clusters/clusters.json: the gateway's password",
      "clusters/stream/ssh_host_ed25519_key: the SSH host's key",
      `databricks/${workspace}/secrets.json: a secret of a scope`,
    ]);
  });

  it("has no secret in the command line or the environment of any process", () => {
    const processes = processesOf(twin.home);
    expect(processes.filter(({ command }) => command.includes("twin.notebook.Runner"))).toHaveLength(1);
    for (const { command, environment } of processes) {
      for (const [what, secret] of Object.entries(secrets())) {
        expect(command.includes(secret), `${what} in ${command}`).toBe(false);
        expect(environment.join("\n").includes(secret), `${what} in the environment of ${command}`).toBe(false);
      }
    }
  });

  it("is nothing that brokers, ZooKeeper or Spark have from the environment of whoever started it", () => {
    const jvms = processesOf(twin.home).filter(({ command }) => /^\d+ \S+\/java /.test(command));
    expect(jvms).toHaveLength(7);
    const names = new Set(jvms.flatMap(({ environment }) => environment.map((entry) => entry.split("=")[0])));
    for (const mine of Object.keys(process.env).filter((name) => /^(npm_|VITEST|NODE_|USER$|LOGNAME$)/.test(name))) {
      expect([...names]).not.toContain(mine);
    }
  });
});

describe("Azure Resource Manager", () => {
  const read = (authorization: string) =>
    twin.call(ends.arm, "GET", `${twin.group}?api-version=2024-03-01`, { authorization });
  const token = (service = new TokenService(twin.keys.azure), audience = twin.arm.url, now?: number) =>
    service.sign(audience, `${twin.arm.url}/x`, now);
  const another = () => new TokenService({ ...twin.keys.azure, clientSecret: "another twin's, as long as this one" });
  const claims = (text: string) => Buffer.from(text).toString("base64url");

  it("takes its own token, and says where to get one when there is none", async () => {
    expect((await read(`Bearer ${token()}`)).status).toBe(200);
    const { status, body, headers } = await read("");
    expect(status).toBe(401);
    expect(body.error.code).toBe("AuthenticationFailed");
    expect(headers["www-authenticate"]).toContain("Bearer authorization_uri=");
  });

  it.each([
    ["another word for Bearer", () => `Basic ${token()}`, "InvalidAuthenticationToken"],
    ["nonsense", () => "Bearer nonsense", "InvalidAuthenticationToken"],
    ["a token of another twin", () => `Bearer ${token(another())}`, "InvalidAuthenticationToken"],
    ["a token without a signature", () => `Bearer ${token().replace(/[^.]+$/, "")}`, "InvalidAuthenticationToken"],
    [
      "a token that names no algorithm",
      () => `Bearer ${claims('{"alg":"none"}')}.${token().split(".")[1]}.`,
      "InvalidAuthenticationToken",
    ],
    [
      "a token with other claims",
      () => `Bearer ${token().replace(/\.[^.]+\./, `.${claims(`{"exp":9999999999,"aud":"${twin.arm.url}"}`)}.`)}`,
      "InvalidAuthenticationToken",
    ],
    [
      "a token that has expired",
      () => `Bearer ${token(undefined, undefined, Date.now() - 3_601_000)}`,
      "ExpiredAuthenticationToken",
    ],
    [
      "a token for something else",
      () => `Bearer ${token(undefined, "https://vault.azure.net")}`,
      "InvalidAuthenticationTokenAudience",
    ],
    ["the Databricks token", () => `Bearer ${twin.keys.databricksToken}`, "InvalidAuthenticationToken"],
  ])("refuses %s", async (_what, authorization, code) => {
    const { status, body } = await read(authorization());
    expect([status, body.error.code]).toEqual([401, code]);
  });

  it("gives no token for a wrong secret, and does not say what is right", async () => {
    const wrong = [`${twin.keys.azure.clientSecret}x`, twin.keys.azure.clientSecret.slice(0, -1), "", "x"];
    for (const client_secret of wrong) {
      const { status, body } = await twin.arm.login({ client_secret });
      expect([status, body.error]).toEqual([401, "invalid_client"]);
      expect(JSON.stringify(body)).not.toContain(twin.keys.azure.clientSecret);
    }
  });
});

describe("a Databricks workspace", () => {
  const me = (authorization: string) =>
    twin.call(ends.databricks, "GET", "/api/2.0/preview/scim/v2/Me", { authorization });

  it("takes its own token only", async () => {
    expect((await me(`Bearer ${twin.keys.databricksToken}`)).status).toBe(200);
    for (const none of ["", basic("token", twin.keys.databricksToken), "Bearer", twin.keys.databricksToken]) {
      expect(await me(none)).toMatchObject({ status: 401, body: { error_code: "401" } });
    }
    const another = `dapi${randomBytes(16).toString("hex")}`;
    const answers = await Promise.all(
      [another, "x", twin.keys.databricksToken.slice(0, -1), `${twin.keys.databricksToken}0`, twin.arm.token].map(
        (token) => me(`Bearer ${token}`),
      ),
    );
    for (const { status, body } of answers) {
      expect([status, body]).toEqual([403, { error_code: "403", message: "Invalid access token." }]);
    }
  });

  it("guards the log of a run as well", async () => {
    expect((await twin.call(ends.databricks, "GET", `/twin/runs/${runId}/log`)).status).toBe(401);
  });
});

describe("Ambari", () => {
  const url = `/api/v1/clusters/${clusterName}`;
  const read = (authorization: string) => twin.call(ends.ambari, "GET", url, { authorization });

  it("takes the cluster login only, and tells a wrong user and a wrong password alike", async () => {
    const password = twin.keys.gatewayPassword;
    expect((await read(basic("admin", password))).status).toBe(200);
    const none = await read("");
    expect(none).toMatchObject({ status: 401, headers: { "www-authenticate": 'Basic realm="Ambari"' } });
    const answers = await Promise.all(
      [
        basic("admin", "wrong"),
        basic("admin", password.slice(0, -1)),
        basic("admin", `${password} `),
        basic("root", password),
        basic("", ""),
      ].map(read),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it("changes nothing for a page in a browser that has the login", async () => {
    const authorization = basic("admin", twin.keys.gatewayPassword);
    for (const method of ["PUT", "POST"]) {
      const { status, text } = await twin.call(ends.ambari, method, `${url}/requests`, {
        authorization,
        "content-type": "text/plain",
      });
      expect(status).toBe(400);
      expect(text).toContain("X-Requested-By HTTP header is required");
    }
  });
});

describe("SSH", () => {
  const attempt = (config: Partial<ConnectConfig>) =>
    new Promise<string>((resolve) => {
      const [host, port] = ends.ssh.split(":");
      const client = new Client();
      client.on("ready", () => {
        client.end();
        resolve("in");
      });
      client.on("error", ({ message }) => resolve(message));
      client.connect({ host, port: Number(port), username: "sshuser", ...config });
    });

  it("takes the cluster's user with its key only, and tells all else alike", async () => {
    expect(await attempt({ privateKey: twin.keys.ssh.privateKey })).toBe("in");
    const others = await Promise.all(
      [
        {},
        { privateKey: generateSshKeyPair("another").privateKey },
        { privateKey: twin.keys.ssh.privateKey, username: "root" },
        { privateKey: twin.keys.ssh.privateKey, username: "admin" },
        { password: twin.keys.gatewayPassword },
        { password: "" },
      ].map(attempt),
    );
    expect(new Set(others)).toEqual(new Set(["All configured authentication methods failed"]));
  });
});

describe("the X API", () => {
  it("takes its bearer token only", async () => {
    const search = (authorization: string) =>
      fetch(`${twin.endpoints.x.url}/2/tweets/search/recent?query=a`, { headers: { authorization } });
    expect((await search(`Bearer ${twin.keys.xBearerToken}`)).status).toBe(200);
    const wrong = ["", "Bearer x", `Bearer ${twin.keys.xBearerToken}x`, basic("x", twin.keys.xBearerToken)];
    const answers = await Promise.all(wrong.map(search));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
  });
});

describe("Spark", () => {
  it("takes nothing on its ports from those who do not have the run's secret", async () => {
    const spark = processesOf(twin.home).filter(({ command }) => command.includes("twin.notebook.Runner"));
    const ports = listenersOf(spark.map(({ pid }) => pid));
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(await answerOfSpark(port)).toContain("does not have SASL enabled");
  });
});

describeWith("root", canBecomeOthers ? undefined : "only root can try what another user can do")(
  "another user of this machine",
  {},
  () => {
    it("reads nothing of the twin's home, and of its processes only their command lines", async () => {
      const processes = processesOf(twin.home).map(({ pid }) => pid);
      const files = fs.readdirSync(twin.home, { recursive: true, encoding: "utf8" });
      const read = await asNobody(
        async ({ home, files, processes }) => {
          const { readFileSync, readdirSync, writeFileSync } = require("node:fs");
          const succeeds = (work: () => unknown) => {
            try {
              work();
              return true;
            } catch {
              return false;
            }
          };
          return [
            ...(succeeds(() => readdirSync(home)) ? [home] : []),
            ...files.filter((name) => succeeds(() => readFileSync(`${home}/${name}`))),
            ...["stranger", "keys/stranger"].filter((name) => succeeds(() => writeFileSync(`${home}/${name}`, ""))),
            ...processes.flatMap((pid) =>
              ["environ", "mem", "maps", "fd", "cwd/x"]
                .map((name) => `/proc/${pid}/${name}`)
                .filter((file) => succeeds(() => readFileSync(file)) || succeeds(() => readdirSync(file))),
            ),
          ];
        },
        { home: twin.home, files, processes },
      );
      expect(read).toEqual([]);
      expect(files).toContain(path.join("keys", "keys.json"));
    });

    it("ends none of its processes", async () => {
      const processes = processesOf(twin.home).map(({ pid }) => pid);
      const signalled = await asNobody(
        async (pids) =>
          pids.map((pid) => {
            try {
              return process.kill(pid, 0);
            } catch (error) {
              return (error as NodeJS.ErrnoException).code;
            }
          }),
        processes,
      );
      expect(new Set(signalled)).toEqual(new Set(["EPERM"]));
    });

    it("gets no answer but a refusal from the services", async () => {
      const { databricks, arm, ambari, x } = ends;
      const urls = [
        `https://${arm}${twin.group}?api-version=2024-03-01`,
        `https://${databricks}/api/2.2/jobs/list`,
        `https://${ambari}/api/v1/clusters`,
        `http://${x}/2/tweets/search/recent?query=a`,
      ];
      const statuses = await asNobody(
        async (all) =>
          Promise.all(
            all.map(
              (url) =>
                new Promise((resolve, reject) => {
                  const { get } = require(url.split(":")[0] as string);
                  get(url, { rejectUnauthorized: false, agent: false }, (answer: IncomingMessage) =>
                    resolve(answer.resume().statusCode),
                  ).on("error", reject);
                }),
            ),
          ),
        urls,
      );
      expect(statuses).toEqual([401, 401, 401, 401]);
    });
  },
);
