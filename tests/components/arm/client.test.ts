import * as path from "node:path";
import { execa } from "execa";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ArmClient } from "../../../components/arm/client";
import { type Cloud, cloudOf, credentialOf } from "../../../components/arm/login";
import { createCluster, credentials, location, loginTo, provider, TestArm } from "../../local/cloud/arm/twin";

describe("a script's client of Azure Resource Manager", () => {
  let server: FastifyInstance;
  let client: ArmClient;
  let calls: string[];
  let answer: (reply: FastifyReply, method: string, url: string) => unknown;

  beforeEach(async () => {
    calls = [];
    server = fastify();
    server.all("/*", (request, reply) => {
      calls.push(`${request.method} ${request.url}`);
      expect(request.headers.authorization).toBe("Bearer canary");
      return answer(reply, request.method, request.url);
    });
    const url = await server.listen({ host: "127.0.0.1", port: 0 });
    const credential = { getToken: async () => ({ token: "canary", expiresOnTimestamp: 0 }) };
    client = new ArmClient({ resourceManager: url, loginEndpoint: url, audience: url }, credential, {
      pollMs: 1,
      deadlineMs: 2_000,
      retry: { retries: 3, minTimeout: 1, maxTimeout: 1 },
    });
  });
  afterEach(() => server.close());

  const base = () => calls.length;
  const address = (path: string) => `http://127.0.0.1:${(server.server.address() as { port: number }).port}${path}`;

  it("follows what goes on, by either of Azure's ways, to its end", async () => {
    answer = (reply, method, url) => {
      if (method === "PUT") return reply.code(201).header("azure-asyncoperation", address("/operation")).send({ a: 1 });
      if (method === "DELETE") return reply.code(202).header("location", address("/result")).send();
      if (url === "/operation") return { status: base() < 4 ? "InProgress" : "Succeeded" };
      return reply.code(base() < 8 ? 202 : 204).send();
    };
    await client.put("/x", "v1", { b: 2 });
    expect(calls).toEqual(["PUT /x?api-version=v1", "GET /operation", "GET /operation", "GET /operation"]);
    await client.delete("/x", "v1");
    expect(calls.slice(4)).toEqual(["DELETE /x?api-version=v1", "GET /result", "GET /result", "GET /result"]);
  });

  it("asks for a part of a list, whatever stands in the question", async () => {
    answer = (_, __, url) => ({ value: [new URL(url, "http://azure").searchParams.get("$filter")] });
    const filter = { $filter: "name eq 'a&b=c'" };
    expect(await client.get("/x", "v1", filter)).toEqual({ value: [filter.$filter] });
    expect(calls[0]).toMatch(/^GET \/x\?api-version=v1&/);
  });

  it("fails in Azure's words when what went on has failed", async () => {
    answer = (reply, method) =>
      method === "PUT"
        ? reply.code(202).header("azure-asyncoperation", address("/operation")).send()
        : { status: "Failed", error: { code: "TooMany", message: "No room." } };
    await expect(client.put("/x", "v1", {})).rejects.toThrow("TooMany: No room.");
  });

  it("asks a busy service again, and takes any other no for an answer", async () => {
    answer = (reply) => {
      if (calls.length === 1) return reply.code(429).send();
      if (calls.length === 2) return reply.code(409).send({ error: { code: "AnotherOperationInProgress" } });
      return { ok: true };
    };
    expect(await client.get("/x", "v1")).toEqual({ ok: true });
    expect(calls).toHaveLength(3);
    answer = (reply) => reply.code(403).send({ error: { code: "Forbidden", message: "Not you." } });
    await expect(client.post("/x/act", "v1")).rejects.toThrow("POST /x/act: 403 Forbidden: Not you.");
    expect(calls).toHaveLength(4);
  });
});

describe("the login of a script", () => {
  const cloud: Cloud = { resourceManager: "https://arm", loginEndpoint: "https://login", audience: "https://arm" };
  const app = { ARM_TENANT_ID: credentials.tenantId, ARM_CLIENT_ID: credentials.clientId };

  it.each<[string, Record<string, string>]>([
    ["AzureCliCredential", {}],
    ["AzureCliCredential", app],
    ["ClientSecretCredential", { ...app, ARM_CLIENT_SECRET: "s" }],
    ["ClientAssertionCredential", { ...app, ARM_CLIENT_SECRET: "s", ARM_USE_OIDC: "true" }],
    ["ManagedIdentityCredential", { ...app, ARM_USE_OIDC: "true", ARM_USE_MSI: "true" }],
  ])("is found as the provider finds its own: %s with %j", (name, env) => {
    expect(credentialOf(cloud, env).constructor.name).toBe(name);
  });

  it("says what is missing", async () => {
    expect(() => credentialOf(cloud, { ARM_USE_OIDC: "true" })).toThrow("`ARM_TENANT_ID` is not set");
    await expect(cloudOf({ ARM_ENVIRONMENT: "mars" })).rejects.toThrow("`ARM_ENVIRONMENT` is `mars`, and needs to be");
  });
});

describe("the script that switches the agent of a Kafka cluster", () => {
  let arm: TestArm;
  let secretKey: string;
  let cluster: string;
  const workspace = (name: string) => `${provider("OperationalInsights")}/workspaces/${name}`;
  const agent = () => arm.get(`${cluster}/extensions/azureMonitorAgent`).then(({ body }) => body);

  beforeAll(async () => {
    arm = await TestArm.start();
    cluster = await createCluster(arm, "logged");
    for (const name of ["first", "second"]) await arm.create(workspace(name), { location, properties: {} });
    secretKey = (await arm.post(`${workspace("first")}/sharedKeys`)).body.primarySharedKey;
  });
  afterAll(() => arm.stop());

  const run = (action: string, env: Record<string, string>) =>
    execa("node", ["--require", "ts-node/register/transpile-only", "agent.ts", action], {
      cwd: path.resolve("components/kafka/logs"),
      reject: false,
      env: {
        ...loginTo(arm),
        HDINSIGHT_CLUSTER_ID: cluster,
        LOG_WORKSPACE_ID: workspace("first"),
        ...env,
      },
    });

  it("switches it on once, to another workspace, and off, and shows no key", { timeout: 120_000 }, async () => {
    const idOf = async (name: string) => (await arm.get(workspace(name))).body.properties.customerId;
    const on = await run("enable", {});
    expect(on.exitCode, on.stderr).toBe(0);
    expect(JSON.parse(on.stdout)).toEqual({ enabled: true, changed: true });
    expect(await agent()).toEqual({ clusterMonitoringEnabled: true, workspaceId: await idOf("first") });
    expect(JSON.parse((await run("enable", {})).stdout)).toEqual({ enabled: true, changed: false });

    const moved = await run("enable", { LOG_WORKSPACE_ID: workspace("second") });
    expect(JSON.parse(moved.stdout)).toEqual({ enabled: true, changed: true });
    expect(await agent()).toEqual({ clusterMonitoringEnabled: true, workspaceId: await idOf("second") });

    for (const again of ["disable", "disable"]) expect((await run(again, {})).exitCode).toBe(0);
    expect(await agent()).toEqual({ clusterMonitoringEnabled: false, workspaceId: null });
    expect(on.stdout + on.stderr).not.toContain(secretKey);
  });

  it("says in Azure's words why it cannot", async () => {
    const { exitCode, stderr } = await run("enable", { LOG_WORKSPACE_ID: workspace("absent") });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("The logs of the Kafka cluster: GET");
    expect(stderr).toContain("404 ResourceNotFound");
    expect((await run("sideways", {})).stderr).toContain("`enable` or `disable`");
  });
});

describe("the workers, the login and the tags of a running cluster", () => {
  let arm: TestArm;
  let cluster: string;

  beforeAll(async () => {
    arm = await TestArm.start();
    cluster = await createCluster(arm, "events");
  });
  afterAll(() => arm.stop());

  const apply = (workers: number, password: string, more: Record<string, string> = {}) =>
    execa("node", ["--require", "ts-node/register/transpile-only", "apply.ts"], {
      cwd: path.resolve("components/kafka/live"),
      reject: false,
      env: {
        ...loginTo(arm),
        HDINSIGHT_CLUSTER_ID: cluster,
        KAFKA_WORKERS: String(workers),
        GATEWAY_USER: "admin",
        GATEWAY_PASSWORD: password,
        ...more,
      },
    });
  const workers = () => arm.kafka.specOf("events").workers.length;

  it("are changed where they differ, once, and the password shows nowhere", { timeout: 120_000 }, async () => {
    const before = workers();
    const { username, password } = arm.kafka.specOf("events").gateway;
    expect(username).toBe("admin");
    expect(JSON.parse((await apply(before, password)).stdout)).toEqual({
      workers: before,
      resized: false,
      login: false,
      tagged: false,
      tags: [],
    });

    const changed = await apply(before + 1, "Canary-Login-2!");
    expect(JSON.parse(changed.stdout)).toMatchObject({ workers: before + 1, resized: true, login: true });
    expect(workers()).toBe(before + 1);
    expect(arm.kafka.specOf("events").gateway.password).toBe("Canary-Login-2!");
    expect(JSON.parse((await apply(before + 1, "Canary-Login-2!")).stdout)).toMatchObject({
      resized: false,
      login: false,
    });
    expect(changed.stdout + changed.stderr).not.toMatch(/canary/i);
  });

  it("are what they should be, tags too: those of others stay, whatever is declared and no more", async () => {
    const { password } = arm.kafka.specOf("events").gateway;
    // As the engine runs it: what the last run printed is given to the next one.
    let printed = "";
    const tagged = async (tags?: object) => {
      const { stdout, stderr } = await apply(workers(), password, {
        ...(tags && { CLUSTER_TAGS: JSON.stringify(tags) }),
        ...(printed && { PULUMI_COMMAND_STDOUT: printed }),
      });
      expect(stderr).toBe("");
      printed = stdout;
      return JSON.parse(stdout).tagged as boolean;
    };
    const present = async () => (await arm.get(cluster)).body.tags;
    const others = { owner: "me", "hidden-link:logs": "Resource" };
    await arm.patch(cluster, { tags: others });
    expect([await tagged(), await present()]).toEqual([false, others]);
    const wanted = { team: "data", environment: "dev" };
    expect([await tagged(wanted), await tagged(wanted)]).toEqual([true, false]);
    expect(await present()).toEqual({ ...others, ...wanted });
    expect([await tagged({ team: "sales" }), await present()]).toEqual([true, { ...others, team: "sales" }]);
    expect([await tagged(), await present()]).toEqual([true, others]);
    expect(await tagged()).toBe(false);

    // The output of a version that did not tell which tags are its own, and of a stack without any.
    printed = JSON.stringify({ workers: 3, resized: false, login: false, tagged: true });
    expect([await tagged(), await present()]).toEqual([false, others]);
  }, 120_000);

  it("are left alone when fewer workers are asked for, with the reason", async () => {
    const before = workers();
    const { exitCode, stderr } = await apply(1, "Canary-Login-3!");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`the cluster has ${before} workers, and \`workers\` is 1`);
    expect(workers()).toBe(before);
    expect(arm.kafka.specOf("events").gateway.password).not.toBe("Canary-Login-3!");
  });
});
