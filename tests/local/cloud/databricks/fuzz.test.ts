import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clusterSpec, TestDatabricks } from "./twin";

const posts = [
  ...["create", "edit", "start", "restart", "resize", "delete", "permanent-delete", "pin", "unpin", "events"].map(
    (call) => `/api/2.1/clusters/${call}`,
  ),
  ...["install", "uninstall"].map((call) => `/api/2.0/libraries/${call}`),
  ...["import", "mkdirs", "delete"].map((call) => `/api/2.0/workspace/${call}`),
  ...["create", "reset", "update", "delete", "run-now", "runs/cancel", "runs/cancel-all", "runs/delete"].map(
    (call) => `/api/2.2/jobs/${call}`,
  ),
  ...["scopes/create", "scopes/delete", "put", "delete", "acls/put", "acls/delete"].map(
    (call) => `/api/2.0/secrets/${call}`,
  ),
  ...["create", "edit", "delete"].map((call) => `/api/2.0/policies/clusters/${call}`),
];
const gets = [
  ...["clusters/get", "clusters/list", "clusters/spark-versions"].map((call) => `/api/2.1/${call}`),
  ...["get", "list", "runs/get", "runs/list", "runs/get-output"].map((call) => `/api/2.2/jobs/${call}`),
  ...["workspace/get-status", "workspace/list", "workspace/export", "secrets/list", "secrets/acls/get"].map(
    (call) => `/api/2.0/${call}`,
  ),
  ...["libraries/cluster-status", "policies/clusters/get", "permissions/jobs/1", "fs/files/", "fs/directories/"].map(
    (call) => `/api/2.0/${call}`,
  ),
  "/twin/runs/1/log",
];

/** Words that mean something to the APIs, so that requests come past the first check. */
const words = fc.constantFrom(
  ..."cluster_id job_id run_id path content language SCALA format SOURCE scope key string_value principal permission".split(
    " ",
  ),
  ..."new_settings tasks task_key libraries maven coordinates spark_version node_type_id num_workers autoscale".split(
    " ",
  ),
  ..."continuous pause_status __proto__ constructor name definition page_token limit 1 0 -1 / /Shared ../.. READ".split(
    " ",
  ),
);
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    words,
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(clusterSpec),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(words, tie("value"), { maxKeys: 6 }),
  ),
})).value;

describe("requests that make no sense", () => {
  let twin: TestDatabricks;
  beforeAll(async () => {
    twin = await TestDatabricks.start();
  });
  afterAll(() => twin.stop());

  const answered = async (method: string, call: string, body?: unknown, headers = {}) => {
    const { status, body: error } = await twin.call(method, call, body, headers);
    if (status === 200) return;
    expect([400, 403, 404, 409, 413, 415, 416]).toContain(status);
    expect(error).toEqual({ error_code: expect.stringMatching(/^[A-Z_]+$/), message: expect.stringMatching(/./) });
  };

  it("as bodies are answered with what is wrong, never with a failure of the twin", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...posts), values, (call, body) => answered("POST", call, body)),
      { numRuns: 400 },
    );
  });

  it("as bodies that are no JSON are answered too", async () => {
    const types = fc.constantFrom("application/json", "text/plain", "multipart/form-data; boundary=x", "nonsense", "");
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...posts), fc.string(), types, (call, body, type) =>
        answered("POST", call, body, { "content-type": type }),
      ),
      { numRuns: 200 },
    );
  });

  it("as queries and paths are answered too", async () => {
    const parts = fc.array(fc.tuple(words, fc.oneof(words, fc.string({ unit: "grapheme" }))), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...gets),
        fc.constantFrom("", "Volumes/", "%2e%2e/", "%00", "//"),
        parts,
        (call, tail, pairs) => {
          const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
          return answered("GET", `${call}${tail}?${query}`);
        },
      ),
      { numRuns: 300 },
    );
    expect((await twin.get("/api/2.0/preview/scim/v2/Me")).status).toBe(200);
  });
});
