import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestDatabricks, userName } from "./twin";

let twin: TestDatabricks;
beforeEach(async () => {
  twin = await TestDatabricks.start();
});
afterEach(() => twin.stop());

const api = "/api/2.0/secrets";
const canary = "s3cr3t-canary";

describe("secret scopes", () => {
  it("are created, listed and deleted", async () => {
    await twin.post(`${api}/scopes/create`, { scope: "twitter", scope_backend_type: "DATABRICKS" });
    expect((await twin.get(`${api}/scopes/list`)).body).toEqual({
      scopes: [{ name: "twitter", backend_type: "DATABRICKS" }],
    });
    const again = await twin.call("POST", `${api}/scopes/create`, { scope: "twitter" });
    expect(again).toMatchObject({
      status: 400,
      body: { error_code: "RESOURCE_ALREADY_EXISTS", message: "Scope twitter already exists!" },
    });
    await twin.post(`${api}/scopes/delete`, { scope: "twitter" });
    expect(await twin.call("POST", `${api}/scopes/delete`, { scope: "twitter" })).toMatchObject({
      status: 404,
      body: { error_code: "RESOURCE_DOES_NOT_EXIST", message: "Scope twitter does not exist!" },
    });
  });

  it("hold values that no call ever gives back", async () => {
    await twin.post(`${api}/scopes/create`, { scope: "twitter" });
    await twin.post(`${api}/put`, { scope: "twitter", key: "bearer-token", string_value: canary });
    const { body, text } = await twin.get(`${api}/list?scope=twitter`);
    expect(body.secrets).toEqual([{ key: "bearer-token", last_updated_timestamp: expect.any(Number) }]);
    const bad = await twin.call("POST", `${api}/put`, { scope: "none", key: "k", string_value: canary });
    const get = await twin.get(`${api}/get?scope=twitter&key=bearer-token`);
    for (const answer of [text, bad.text, get.text, (await twin.get(`${api}/scopes/list`)).text]) {
      expect(answer).not.toContain(canary);
    }
  });

  it("are in a file that only its owner can read", async () => {
    await twin.post(`${api}/scopes/create`, { scope: "s" });
    await twin.post(`${api}/put`, { scope: "s", key: "k", bytes_value: Buffer.from(canary).toString("base64") });
    const file = path.join(twin.home, "databricks", twin.workspace.workspaceId, "secrets.json");
    expect(fs.readFileSync(file, "utf8")).toContain(canary);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it("lose a secret that is deleted, once", async () => {
    await twin.post(`${api}/scopes/create`, { scope: "s" });
    await twin.post(`${api}/put`, { scope: "s", key: "k", string_value: "v" });
    await twin.post(`${api}/delete`, { scope: "s", key: "k" });
    expect((await twin.get(`${api}/list?scope=s`)).body.secrets).toEqual([]);
    expect((await twin.call("POST", `${api}/delete`, { scope: "s", key: "k" })).status).toBe(404);
  });

  it("let their creator manage them, and others as told", async () => {
    await twin.post(`${api}/scopes/create`, { scope: "s", initial_manage_principal: "users" });
    await twin.post(`${api}/acls/put`, { scope: "s", principal: "readers", permission: "READ" });
    expect((await twin.get(`${api}/acls/list?scope=s`)).body.items).toEqual([
      { principal: userName, permission: "MANAGE" },
      { principal: "users", permission: "MANAGE" },
      { principal: "readers", permission: "READ" },
    ]);
    await twin.post(`${api}/acls/delete`, { scope: "s", principal: "readers" });
    expect((await twin.get(`${api}/acls/get?scope=s&principal=readers`)).status).toBe(404);
  });

  it.each([
    ["a scope name with a blank", "scopes/create", { scope: "my scope" }, /Scope name must have 1 to 128/],
    [
      "a Key Vault scope",
      "scopes/create",
      { scope: "kv", scope_backend_type: "AZURE_KEYVAULT" },
      /AZURE_KEYVAULT is not supported/,
    ],
    ["a key with a slash", "put", { scope: "s", key: "a/b", string_value: "v" }, /Secret key must have/],
    ["a secret without a value", "put", { scope: "s", key: "k" }, /exactly one of `string_value` and `bytes_value`/],
    [
      "a value of more than 128 KB",
      "put",
      { scope: "s", key: "k", string_value: "v".repeat(131_073) },
      /larger than 131072 bytes/,
    ],
    ["an unknown permission", "acls/put", { scope: "s", principal: "p", permission: "OWN" }, /`permission`: got "OWN"/],
  ])("refuse %s", async (_what, call, body, message) => {
    await twin.post(`${api}/scopes/create`, { scope: "s" });
    const answer = await twin.call("POST", `${api}/${call}`, body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toMatch(message);
  });
});
