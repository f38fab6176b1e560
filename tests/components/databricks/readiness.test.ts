import * as path from "node:path";
import { execa } from "execa";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { accessToken } from "../../../components/databricks/readiness/accessToken";

describe("waiting for a workspace", () => {
  let server: FastifyInstance;
  let answers: number[];
  let asked = 0;
  let url: string;
  beforeEach(async () => {
    asked = 0;
    server = fastify();
    server.get("/api/2.1/clusters/spark-versions", (request, reply) => {
      const status = answers[Math.min(asked++, answers.length - 1)];
      if (request.headers.authorization !== "Bearer canary-token") return reply.code(401).send("who?");
      return status === 200 ? { versions: [] } : reply.code(status).send({ message: "no worker environment" });
    });
    url = await server.listen({ host: "127.0.0.1", port: 0 });
  });
  afterEach(() => server.close());

  const run = (env: Record<string, string> = {}) =>
    execa("node", ["--require", "ts-node/register/transpile-only", "awaitWorkspace.ts"], {
      cwd: path.resolve("components/databricks/readiness"),
      reject: false,
      env: {
        WORKSPACE_URL: url,
        WORKSPACE_AUTH_TYPE: "pat",
        DATABRICKS_TOKEN: "canary-token",
        WORKSPACE_POLL_MS: "5",
        ...env,
      },
    });

  it("ends after three good answers in a row, and starts to count again after a bad one", async () => {
    answers = [400, 503, 200, 200, 401, 200, 200, 200];
    const { exitCode, stdout, stderr } = await run();
    expect(exitCode, stderr).toBe(0);
    expect(asked).toBe(8);
    expect(JSON.parse(stdout)).toEqual({ ready: true });
    expect(stderr).toContain("not ready yet: 503");
    expect(stdout + stderr).not.toContain("canary");
  });

  it("fails at once, and says what to set, when it cannot log in at all", async () => {
    answers = [200];
    const { exitCode, stderr } = await run({ DATABRICKS_TOKEN: "" });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("`DATABRICKS_TOKEN` is not set");
    expect(asked).toBe(0);
  });
});

describe("a login", () => {
  it.each([
    ["azure-client-secret", {}, /`databricksTenantId` is not set/],
    ["azure-client-secret", { ARM_TENANT_ID: "t", ARM_CLIENT_ID: "c" }, /`ARM_CLIENT_SECRET` is not set/],
    [
      "github-oidc-azure",
      { ARM_TENANT_ID: "11111111-1111-1111-1111-111111111111", ARM_CLIENT_ID: "c" },
      /id-token: write/,
    ],
    ["oauth", {}, /`databricksAuthType` is `oauth`, and needs to be azure-cli/],
  ])("by %s with %o is refused with what is missing", async (authType, env, message) => {
    await expect(accessToken({ authType }, env as NodeJS.ProcessEnv)).rejects.toThrow(message);
  });
});
