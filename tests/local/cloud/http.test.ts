import { afterEach, beforeEach, expect, it } from "vitest";
import { createServer, HttpError, listen } from "../../../local/cloud/http";
import { loggerTo } from "../../../local/log";

let lines: string[];
let app: ReturnType<typeof createServer>;

beforeEach(() => {
  lines = [];
  app = createServer({
    log: loggerTo((line) => lines.push(line), "test"),
    errorBody: (error) => ({ problem: error.code, text: error.message }),
  });
  app.post("/echo", async (request) => ({ body: request.body ?? null }));
  app.get("/refuse", async () => {
    throw new HttpError(429, "Slow", "Later.", { "Retry-After": "3" });
  });
  app.get("/break", async () => {
    throw new Error("oops");
  });
});
afterEach(() => app.close());

const json = { "content-type": "application/json" };

it("errors have the protocol's own shape, status and headers", async () => {
  const response = await app.inject({ url: "/refuse" });
  expect(response.statusCode).toBe(429);
  expect(response.headers["retry-after"]).toBe("3");
  expect(response.json()).toEqual({ problem: "Slow", text: "Later." });
});

it("an unknown call is a 404 that names it, and a failure of the twin's own a 500 that is logged with its cause", async () => {
  expect((await app.inject({ url: "/none?x=1" })).json().text).toContain("GET /none");
  const broken = await app.inject({ url: "/break" });
  expect(broken.statusCode).toBe(500);
  expect(broken.json()).toMatchObject({ problem: "InternalServerError" });
  expect(lines.some((line) => line.includes('"level":"error"') && line.includes("oops"))).toBe(true);
});

it.each([
  ["", 200],
  ['{"a":1}', 200],
  ["{a", 400],
])("a JSON body %j is answered with %i", async (payload, status) => {
  expect((await app.inject({ method: "POST", url: "/echo", payload, headers: json })).statusCode).toBe(status);
});

it("a path that cannot be decoded is a 400 in the same shape", async () => {
  expect((await app.inject({ url: "/%zz" })).json().problem).toBe("InvalidRequestUri");
});

it("the log has one line a request, without its query, headers or body", async () => {
  const payload = '{"value":"canary-body"}';
  const headers = { ...json, authorization: "Bearer canary-header" };
  await app.inject({ method: "POST", url: "/echo?code=canary-query", payload, headers });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ logger: "test", method: "POST", path: "/echo", status: 200 });
  expect(lines.join()).not.toContain("canary");
});

it("it listens on loopback only, and names a port that is taken", async () => {
  await expect(listen(app, "0.0.0.0")).rejects.toThrow(/loopback/);
  const { port } = await listen(app, "127.0.0.1");
  const other = createServer({ log: loggerTo(() => undefined, ""), errorBody: () => ({}) });
  await expect(listen(other, "127.0.0.1", port)).rejects.toThrow(`127.0.0.1:${port} is taken`);
  await other.close();
});

it("closing does not wait for a client that keeps its connection", async () => {
  const { port } = await listen(app, "127.0.0.1");
  await fetch(`http://127.0.0.1:${port}/echo`, { method: "POST", headers: { connection: "keep-alive" } });
  const started = Date.now();
  await app.close();
  expect(Date.now() - started).toBeLessThan(2000);
});
