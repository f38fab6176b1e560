import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FaultRule } from "../../../local/cloud/faults";
import { withFaults } from "../../../local/cloud/faults";
import { createServer, listen } from "../../../local/cloud/http";
import { loggerTo, silentLog } from "../../../local/log";

let folder: string;
let app: FastifyInstance | undefined;
let served: string[];
let url: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "faults-"));
  process.env.STREAMING_TWIN_FAULTS = path.join(folder, "faults.json");
});

afterEach(async () => {
  await app?.close();
  app = undefined;
  delete process.env.STREAMING_TWIN_FAULTS;
  rmSync(folder, { recursive: true });
});

const rules = (...given: FaultRule[]) => writeFileSync(path.join(folder, "faults.json"), JSON.stringify(given));

async function start(log = silentLog): Promise<void> {
  served = [];
  app = createServer({ log, errorBody: ({ code, message }) => ({ error: { code, message } }) });
  app.all("/*", async (request) => {
    served.push(`${request.method} ${request.url}`);
    return { fine: true };
  });
  const { host, port } = await listen(app, "127.0.0.1");
  url = `http://${host}:${port}`;
}

const put = (at: string) => fetch(url + at, { method: "PUT" });

describe("faults on purpose", () => {
  it("answers in the protocol's own form, with headers, for as many calls as the rule says", async () => {
    await start();
    const answer = { status: 409, code: "Busy", message: "Later", headers: { "retry-after": "3" } };
    rules({ name: "busy", method: "PUT|DELETE", path: "/networks/[^/]+$", skip: 1, times: 2, answer });
    const answers = await Promise.all([put("/networks/a"), put("/other/a"), put("/networks/a/subnets/b")]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const failed = await put("/networks/a?x=1");
    expect({ status: failed.status, body: await failed.json() }).toEqual({
      status: 409,
      body: { error: { code: "Busy", message: "Later" } },
    });
    expect(failed.headers.get("retry-after")).toBe("3");
    expect((await put("/networks/b")).status).toBe(409);
    expect((await put("/networks/b")).status).toBe(200);
    expect(served).not.toContain("PUT /networks/a?x=1");
  });

  it("fails every call once when the rule says so, and nothing after the rules are gone", async () => {
    await start();
    rules({ name: "each", per: "call", answer: { status: 429, code: "TooMany", message: "Slow down" } });
    expect((await put("/a")).status).toBe(429);
    expect((await put("/a?again=1")).status).toBe(200);
    expect((await put("/b")).status).toBe(429);
    expect((await fetch(`${url}/a`)).status).toBe(429);
    rmSync(path.join(folder, "faults.json"));
    expect((await put("/c")).status).toBe(200);
  });

  it("does what was asked for and keeps the answer back, and says so in the log meanwhile", async () => {
    const lines: string[] = [];
    await start(loggerTo((line) => lines.push(line), "arm"));
    rules({ name: "hold", path: "^/held", holdMs: 300 });
    const began = Date.now();
    const answer = put("/held");
    await expect.poll(() => lines.some((line) => line.includes('"rule":"hold"'))).toBe(true);
    expect(served).toEqual(["PUT /held"]);
    expect((await answer).status).toBe(200);
    expect(Date.now() - began).toBeGreaterThanOrEqual(290);
  });

  it("hangs up without an answer", async () => {
    await start();
    rules({ name: "gone", hangUp: true });
    await expect(put("/a")).rejects.toThrow("fetch failed");
    expect(served).toEqual([]);
  });

  it("does nothing in a process that nobody asked to fail", async () => {
    delete process.env.STREAMING_TWIN_FAULTS;
    rules({ name: "all", answer: { status: 500, code: "No", message: "No" } });
    await start();
    expect((await put("/a")).status).toBe(200);
  });

  it("names what is wrong with a rule", async () => {
    await start();
    rules({ name: "typo", methd: "PUT" } as FaultRule);
    const answer = await put("/a");
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain("methd");
  });

  it("resets connections of SSH, and lets later ones wait", async () => {
    const net = await import("node:net");
    const server = net.createServer((socket) => withFaults(socket, silentLog, (open) => open.end("SSH-2.0-x\r\n")));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    rules(
      { name: "refused", method: "SSH", path: `/${port}$`, hangUp: true },
      { name: "slow", method: "SSH", path: `/${port}$`, skip: 0, times: 1, delayMs: 200 },
    );
    const dial = () =>
      new Promise<string>((resolve) => {
        const socket = connect(port, "127.0.0.1");
        socket.once("data", (data) => resolve(String(data)));
        socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
      });
    expect(await dial()).toBe("ECONNRESET");
    const began = Date.now();
    expect(await dial()).toBe("SSH-2.0-x\r\n");
    expect(Date.now() - began).toBeGreaterThanOrEqual(190);
    await new Promise((resolve) => server.close(resolve));
  });
});
