import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import fastify, { type FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { accessToken } from "../../components/databricks/readiness/accessToken";
import { type DatabricksAuthType, DatabricksWorkspace } from "../../components/databricks/workspace";
import { Recording, settled } from "./recording";

// What these two send goes to Entra ID by TLS; here it is looked at before that.
const asked = vi.hoisted(() => ({ calls: [] as unknown[][] }));
vi.mock("@azure/identity", async (original) => {
  const credential = (name: string) =>
    class {
      private readonly args: unknown[];
      constructor(...args: unknown[]) {
        this.args = args;
      }
      async getToken(scope: string) {
        // The assertion of a federated login is a function: what it gives is what would be sent.
        const sent = await Promise.all(this.args.map((arg) => (typeof arg === "function" ? arg() : arg)));
        asked.calls.push([name, ...sent, scope]);
        return { token: "canary-token", expiresOnTimestamp: 0 };
      }
    };
  return {
    ...(await original<typeof import("@azure/identity")>()),
    ClientSecretCredential: credential("secret"),
    ClientAssertionCredential: credential("assertion"),
  };
});

/** Azure Databricks' application, the same in every tenant (learn.microsoft.com/azure/databricks/dev-tools/auth). */
const databricks = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";
const [tenantId, clientId] = ["11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"];

describe("a token for the workspace", () => {
  let server: FastifyInstance;
  let url: string;
  let requests: { url: string; headers: Record<string, unknown> }[];
  let folder: string;
  const before = { ...process.env };

  // One for all tests: the identity library remembers the machine's address.
  beforeAll(async () => {
    server = fastify();
    server.all("/*", (request, reply) => {
      requests.push({ url: request.url, headers: request.headers });
      const now = Math.floor(Date.now() / 1000);
      return reply.send({ value: "of-github", access_token: "of-the-machine", expires_on: String(now + 3600) });
    });
    url = await server.listen({ host: "127.0.0.1", port: 0 });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "login-"));
    asked.calls = [];
    requests = [];
  });
  afterEach(() => {
    process.env = { ...before };
    rmSync(folder, { recursive: true });
  });

  it("is the personal one of the environment, by pat", async () => {
    expect(await accessToken({ authType: "pat" }, { DATABRICKS_TOKEN: "dapi1" })).toBe("dapi1");
  });

  it("is asked of Entra ID with the application's secret, by azure-client-secret", async () => {
    const login = { authType: "azure-client-secret", tenantId, clientId };
    expect(await accessToken(login, { ARM_CLIENT_SECRET: "s", ARM_CLIENT_ID: "another" })).toBe("canary-token");
    expect(asked.calls).toEqual([["secret", tenantId, clientId, "s", `${databricks}/.default`]]);
  });

  it("is asked of Entra ID with GitHub's token for this job, by github-oidc-azure", async () => {
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?v=1`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "of-the-job" };
    await accessToken({ authType: "github-oidc-azure", tenantId, clientId }, env);
    expect(asked.calls).toEqual([["assertion", tenantId, clientId, "of-github", `${databricks}/.default`]]);
    expect(requests).toHaveLength(1);
    expect(requests[0].url).toBe("/token?v=1&audience=api://AzureADTokenExchange");
    expect(requests[0].headers.authorization).toBe("bearer of-the-job");
  });

  it.each([
    ["", undefined],
    [" with the one of several that is named", clientId],
  ])("is asked of the machine's identity, by azure-msi%s", async (_which, named) => {
    // As App Service and Azure Container Apps tell it; a virtual machine has a fixed address of its own.
    Object.assign(process.env, { IDENTITY_ENDPOINT: `${url}/msi`, IDENTITY_HEADER: "of-the-platform" });
    expect(await accessToken({ authType: "azure-msi", clientId: named })).toBe("of-the-machine");
    const query = new URL(requests[0].url, url).searchParams;
    expect(query.get("resource")).toBe(databricks);
    expect(query.get("client_id")).toBe(named ?? null);
    expect(requests[0].headers["x-identity-header"]).toBe("of-the-platform");
  });

  it("is asked of the machine's identity that the environment names", async () => {
    Object.assign(process.env, { IDENTITY_ENDPOINT: `${url}/msi`, IDENTITY_HEADER: "of-the-platform" });
    await accessToken({ authType: "azure-msi" }, { ARM_CLIENT_ID: "named" });
    expect(new URL(requests[0].url, url).searchParams.get("client_id")).toBe("named");
  });

  it.each([
    ["", undefined],
    [" in the tenant that is named", tenantId],
  ])("is asked of the Azure CLI, by azure-cli%s", async (_where, tenant) => {
    const said = path.join(folder, "said");
    const answer = JSON.stringify({ accessToken: "of-the-cli", expires_on: Math.floor(Date.now() / 1000) + 3600 });
    const az = path.join(folder, "az");
    writeFileSync(az, `#!/bin/sh\necho "$@" > ${said}\necho '${answer}'\n`);
    chmodSync(az, 0o755);
    process.env.PATH = `${folder}${path.delimiter}${before.PATH}`;
    expect(await accessToken({ authType: "azure-cli", tenantId: tenant })).toBe("of-the-cli");
    const command = readFileSync(said, "utf8");
    expect(command).toContain("account get-access-token");
    expect(command).toContain(databricks);
    expect(command.includes(tenantId)).toBe(tenant !== undefined);
  });
});

describe("the provider of a workspace", () => {
  const ids = { azureTenantId: tenantId, azureClientId: clientId };

  it.each<[DatabricksAuthType, Partial<typeof ids>]>([
    ["azure-cli", {}],
    ["azure-client-secret", ids],
    ["github-oidc-azure", ids],
    ["azure-msi", {}],
    ["azure-msi", { azureClientId: clientId }],
    ["pat", {}],
  ])(
    "logs in by %s with %o, and so does the check that waits for it, with no secret in either",
    async (authType, given) => {
      const recording = new Recording();
      const workspace = new DatabricksWorkspace("w", {
        resourceGroupName: "rg",
        resourceGroupId: "/subscriptions/s/resourceGroups/rg",
        location: "westeurope",
        workspaceName: "streams",
        managedAddressPrefix: "10.1",
        authType,
        ...given,
      });
      await settled(workspace.provider.urn);
      const { host, azureWorkspaceResourceId, ...login } = recording.named("w-provider").inputs;
      expect([host, azureWorkspaceResourceId]).toEqual([expect.anything(), "w-workspace-id"]);
      // Provider inputs are texts.
      expect(login).toEqual({ authType, ...given, ...(authType === "azure-msi" && { azureUseMsi: "true" }) });
      expect(recording.named("w-ready").inputs.environment).toEqual({
        WORKSPACE_URL: expect.anything(),
        WORKSPACE_AUTH_TYPE: authType,
        ...(given.azureTenantId && { WORKSPACE_TENANT_ID: tenantId }),
        ...(given.azureClientId && { WORKSPACE_CLIENT_ID: clientId }),
      });
    },
  );
});
