import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clusterSpec, eventually, TestDatabricks, userName } from "./twin";

describe("a Databricks workspace", () => {
  let twin: TestDatabricks;
  afterEach(() => twin.stop());

  describe("that is ready", () => {
    beforeEach(async () => {
      twin = await TestDatabricks.start();
    });

    it("answers 401 without a token and 403 with a wrong one, in Databricks's words", async () => {
      const none = await twin.call("GET", "/api/2.0/preview/scim/v2/Me", undefined, { authorization: "" });
      expect([none.status, none.body.error_code]).toEqual([401, "401"]);
      expect(none.body.message).toMatch(/Credential was not sent/);
      const wrong = await twin.call("GET", "/api/2.0/preview/scim/v2/Me", undefined, { authorization: "Bearer no" });
      expect(wrong).toMatchObject({ status: 403, body: { error_code: "403", message: "Invalid access token." } });
    });

    it("names its organization in every answer, errors included", async () => {
      for (const call of ["/api/2.0/preview/scim/v2/Me", "/api/2.0/nothing", "/.well-known/databricks-config", "/"]) {
        expect((await twin.get(call)).headers["x-databricks-org-id"]).toBe(twin.workspace.workspaceId);
      }
      expect(twin.workspace.workspaceId).toMatch(/^\d{16}$/);
    });

    it("knows who holds the token", async () => {
      const { body } = await twin.get("/api/2.0/preview/scim/v2/Me?excludedAttributes=entitlements");
      expect(body).toMatchObject({ userName, active: true, emails: [{ value: userName }] });
      expect(body.id).toMatch(/^\d+$/);
    });

    it("answers an unknown call with ENDPOINT_NOT_FOUND naming it", async () => {
      const { status, body } = await twin.call("POST", "/api/2.0/pipelines?x=1", { a: 1 });
      expect(status).toBe(404);
      expect(body).toEqual({ error_code: "ENDPOINT_NOT_FOUND", message: "No API found for 'POST /api/2.0/pipelines'" });
      expect((await twin.get("/api/2.0/secrets/get?scope=a&key=b")).body.error_code).toBe("ENDPOINT_NOT_FOUND");
    });

    it("answers a body that is no JSON with MALFORMED_REQUEST, and no body as an empty one", async () => {
      const broken = await twin.call("POST", "/api/2.0/secrets/put", "{", { "content-type": "application/json" });
      expect([broken.status, broken.body.error_code]).toEqual([400, "MALFORMED_REQUEST"]);
      const empty = await twin.call("POST", "/api/2.0/secrets/put", "", { "content-type": "application/json" });
      expect(empty.body).toEqual({ error_code: "INVALID_PARAMETER_VALUE", message: "Missing required field: scope" });
    });

    it("says where a run can be read when a browser opens its page", async () => {
      const { status, body } = await twin.get("/jobs/12/runs/34?o=1");
      expect(status).toBe(404);
      expect(body.message).toContain("/api/2.2/jobs/runs/get?run_id=34");
    });

    it("lists the long-term support runtimes and real node types", async () => {
      const versions = await twin.get("/api/2.1/clusters/spark-versions");
      expect(versions.body.versions.map((version: { key: string }) => version.key)).toEqual([
        "18.x-scala2.13",
        "17.3.x-scala2.13",
        "16.4.x-scala2.13",
        "16.4.x-scala2.12",
        "15.4.x-scala2.12",
        "14.3.x-scala2.12",
      ]);
      const types = (await twin.get("/api/2.1/clusters/list-node-types")).body.node_types;
      expect(types).toContainEqual(
        expect.objectContaining({ node_type_id: "Standard_DS3_v2", num_cores: 4, memory_mb: 14336 }),
      );
    });

    it("is the same one when it is created again, and keeps its port and state over a restart", async () => {
      const id = "/subscriptions/S/resourceGroups/r/workspaces/W";
      expect(await twin.workspaces.create(id, "w")).toEqual(twin.workspace);
      const { cluster_id } = await twin.post("/api/2.1/clusters/create", clusterSpec);
      await twin.workspaces.close();
      await twin.restart();
      expect(twin.workspaces.find(id)).toEqual(twin.workspace);
      await eventually("the cluster to go on starting", async () => {
        const { body } = await twin.get(`/api/2.1/clusters/get?cluster_id=${cluster_id}`);
        return body.state === "RUNNING";
      });
    });

    it("leaves nothing but volumes when it is deleted, and is deleted twice without an error", async () => {
      await twin.call("PUT", "/api/2.0/fs/files/Volumes/main/a/b/kept.txt", "kept");
      await twin.workspaces.delete("/subscriptions/s/resourceGroups/r/workspaces/w");
      await twin.workspaces.delete("/subscriptions/s/resourceGroups/r/workspaces/w");
      expect(fs.readdirSync(path.join(twin.home, "databricks"))).toEqual(["workspaces.json"]);
      expect(fs.readFileSync(path.join(twin.home, "volumes", "main", "a", "b", "kept.txt"), "utf8")).toBe("kept");
      await expect(twin.get("/api/2.0/preview/scim/v2/Me")).rejects.toThrow(/ECONNREFUSED/);
    });

    it("writes its state for its owner only", async () => {
      await twin.post("/api/2.0/secrets/scopes/create", { scope: "s" });
      const folder = path.join(twin.home, "databricks", twin.workspace.workspaceId);
      for (const file of fs.readdirSync(folder)) {
        expect(fs.statSync(path.join(folder, file)).mode & 0o077, file).toBe(0);
      }
    });
  });

  it("is not ready at once: first 503, then an unknown worker environment, then as it should be", async () => {
    twin = await TestDatabricks.start({ readyAfterMs: 2000 });
    const codes = new Set<string>();
    await eventually("a ready workspace", async () => {
      const { status, body } = await twin.get("/api/2.1/clusters/spark-versions");
      if (status !== 200)
        codes.add(`${status} ${/UnknownWorkerEnvironmentException/.exec(body.message) ?? body.error_code}`);
      return status === 200;
    });
    expect([...codes]).toEqual(["503 TEMPORARILY_UNAVAILABLE", "400 UnknownWorkerEnvironmentException"]);
  });
});
