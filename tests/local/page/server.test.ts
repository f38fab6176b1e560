import { request as httpRequest } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { silentLog } from "../../../local/log";
import { PageAccess, PageServer } from "../../../local/page";
import { healthy, ScriptedSource } from "./scripted";

const passphrase = "of a twin of tests, and long enough";
const access = new PageAccess({ passphrase });
let source: ScriptedSource;
let server: PageServer;
let port: number;

beforeEach(async () => {
  source = new ScriptedSource();
  server = new PageServer({ access, source, log: silentLog, intervalMs: 20 });
  ({ port } = await server.listen());
});
afterEach(() => server.close());

const origin = () => `http://127.0.0.1:${port}`;
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${origin()}${path}`, { headers, redirect: "manual" });

/** Logs in as a browser does that follows the printed address; the cookie as it is sent back. */
async function login(): Promise<string> {
  const answer = await get(`${access.path}/login?ticket=${encodeURIComponent(access.ticket())}`);
  return answer.headers.get("set-cookie")?.split(";")[0] ?? "";
}

describe("the page without a login", () => {
  it.each(["/", "/page.js", "/page.css", "/icon.svg", "/snapshots", "/resource?urn=a"])(
    "does not answer %s, and says how to get in",
    async (path) => {
      for (const more of ["", "ticket=x", `ticket=${encodeURIComponent(access.ticket())}`]) {
        const answer = await get(`${access.path}${path}${path.includes("?") ? "&" : "?"}${more}`);
        expect(answer.status).toBe(401);
        expect(await answer.text()).toContain("npm run local -- open");
      }
      expect(source.taken).toBe(0);
    },
  );

  it("is nowhere else on its server", async () => {
    const cookie = await login();
    for (const path of ["/", "/snapshots", "/page.js", `/0${access.path.slice(1)}/`]) {
      expect((await get(path, { cookie })).status, path).toBe(404);
    }
  });

  it("admits no cookie and no ticket that somebody else made, or made for another purpose", async () => {
    const stranger = new PageAccess({ passphrase: "of another twin, of another user" });
    const session = stranger.redeem(stranger.ticket())?.session ?? "";
    for (const cookie of ["", "x", session, access.ticket(), "session~0~99999999999999"]) {
      expect((await get(`${access.path}/`, { cookie: `twin-page=${encodeURIComponent(cookie)}` })).status).toBe(401);
    }
    const own = access.redeem(access.ticket())?.session ?? "";
    for (const ticket of ["", "x", stranger.ticket(), own]) {
      expect((await get(`${access.path}/login?ticket=${encodeURIComponent(ticket)}`)).status).toBe(401);
    }
    for (const query of ["", "?ticket=a&ticket=b"]) {
      expect((await get(`${access.path}/login${query}`)).status).toBe(401);
    }
  });
});

describe("a ticket", () => {
  it("is taken once, for a cookie that scripts and other sites do not get, and leaves the address", async () => {
    const path = `${access.path}/login?ticket=${encodeURIComponent(access.ticket())}`;
    const answer = await get(path);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe(`${access.path}/`);
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Strict/);
    expect(cookie).toContain(`; Path=${access.path}`);
    expect((await get(path)).status).toBe(401);
  });

  it("does no harm when a browser that is logged in loads its address again", async () => {
    const path = `${access.path}/login?ticket=${encodeURIComponent(access.ticket())}`;
    const cookie = (await get(path)).headers.get("set-cookie")?.split(";")[0] ?? "";
    expect((await get(path, { cookie })).status).toBe(303);
  });

  it("ends after five minutes, and a session after a day", () => {
    const now = Date.now();
    const ticket = access.ticket(now);
    expect(access.redeem(ticket, now + 5 * 60_000 + 1)).toBeUndefined();
    const { session = "" } = access.redeem(ticket, now + 60_000) ?? {};
    expect(access.admits(session, now + 24 * 3_600_000)).toBe(true);
    expect(access.admits(session, now + 24 * 3_600_000 + 60_001)).toBe(false);
  });

  it("keeps a browser logged in when the server is started anew", async () => {
    const cookie = await login();
    await server.close();
    server = new PageServer({ access: new PageAccess({ passphrase }), source, log: silentLog });
    ({ port } = await server.listen(port));
    expect((await get(`${access.path}/`, { cookie })).status).toBe(200);
  });
});

describe("the page with a login", () => {
  it("comes with a policy that allows no script and no style but its own files, and no frame", async () => {
    const answer = await get(`${access.path}/`, { cookie: await login() });
    expect(answer.status).toBe(200);
    const policy = answer.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|data:|https?:|\*/);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const html = await answer.text();
    expect(html).toContain('<html lang="en">');
    expect(html).not.toMatch(/<script(?![^>]*src=)|style=|onload=/);
  });

  it("loads nothing from elsewhere", async () => {
    const cookie = await login();
    for (const [path, type] of [
      ["/", "text/html"],
      ["/page.js", "text/javascript"],
      ["/page.css", "text/css"],
      ["/icon.svg", "image/svg+xml"],
    ]) {
      const answer = await get(access.path + path, { cookie });
      expect(answer.headers.get("content-type")).toContain(type);
      expect(await answer.text()).not.toMatch(/(?:src|href|import|url)\s*[=(]\s*["']?https?:/);
    }
  });

  it("answers to no name that a stranger made resolve to this machine", async () => {
    const cookie = await login();
    const status = (host: string) =>
      new Promise((resolve, reject) => {
        httpRequest({ host: "127.0.0.1", port, path: `${access.path}/`, headers: { host, cookie } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on("error", reject)
          .end();
      });
    expect(await status(`evil.example:${port}`)).toBe(421);
    expect(await status(`127.0.0.1.evil.example:${port}`)).toBe(421);
    expect(await status(`localhost:${port}`)).toBe(200);
  });

  it.each(["POST", "PUT", "DELETE", "PATCH"])("changes nothing: there is no %s", async (method) => {
    const cookie = await login();
    for (const path of ["/", "/snapshots", "/resource?urn=a"]) {
      const answer = await fetch(`${origin()}${access.path}${path}`, { method, headers: { cookie } });
      expect(answer.status).toBe(404);
    }
  });

  it("shows a resource's state as JSON, and names one that is not there", async () => {
    source.resources = { "urn:a": { urn: "urn:a", outputs: { password: "[secret]" } } };
    const cookie = await login();
    const found = await get(`${access.path}/resource?urn=urn:a`, { cookie });
    expect(found.headers.get("content-type")).toContain("application/json");
    expect(await found.json()).toEqual(source.resources["urn:a"]);
    const missing = await get(`${access.path}/resource?urn=urn:b`, { cookie });
    expect(missing.status).toBe(404);
    expect(await missing.text()).toContain("urn:b");
  });
});

/** What the server sends as events, until `enough`; the connection is cut then, as by a tab that is closed. */
function events(cookie: string, enough: (text: string) => boolean): Promise<{ type: string; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(
      { host: "127.0.0.1", port, path: `${access.path}/snapshots`, headers: { cookie } },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
          if (!enough(text)) return;
          asked.destroy();
          resolve({ type: answer.headers["content-type"] ?? "", text });
        });
      },
    );
    asked.on("error", reject).end();
  });
}

describe("the live data", () => {
  it("comes as server-sent events, and nothing is looked at when nobody watches", async () => {
    const cookie = await login();
    expect(source.taken).toBe(0);
    const { type, text } = await events(cookie, (so) => so.split("data: ").length > 3);
    expect(type).toBe("text/event-stream");
    const [, first = ""] = text.split("data: ");
    expect(JSON.parse(first)).toEqual({ ...healthy(), at: expect.any(String) });
    await vi.waitFor(() => expect(source.rests).toBe(1));
    const { taken } = source;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(source.taken).toBe(taken);
  });

  it("goes on after a look that failed", async () => {
    const failing = vi.spyOn(source, "take").mockRejectedValueOnce(new Error("no"));
    await events(await login(), (text) => text.includes("data: "));
    expect(failing.mock.calls.length).toBeGreaterThan(1);
  });
});
