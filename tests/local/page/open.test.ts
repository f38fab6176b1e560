import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { open } from "../../../local/commands/open";
import { HomeLock } from "../../../local/lock";
import { PageAccess } from "../../../local/page";
import { twinPaths } from "../../../local/paths";
import { loadKeys } from "../../../local/setup/keys";

describe("the command `open`", () => {
  let home: string;
  let lock: HomeLock | undefined;
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), "open-"));
    vi.stubEnv("STREAMING_TWIN_DIR", home);
  });
  afterEach(() => {
    lock?.release();
    lock = undefined;
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    rmSync(home, { recursive: true, force: true });
  });

  function running(page?: string): void {
    lock = HomeLock.acquire(home);
    const endpoints = {
      pid: process.pid,
      arm: { host: "127.0.0.1", port: 1 },
      x: { url: "http://127.0.0.1:2" },
      page,
      network: { mode: "loopback", operator: [] },
      startedAt: "2026-05-06T12:00:00Z",
    };
    writeFileSync(twinPaths(home).endpoints, JSON.stringify(endpoints));
  }

  it("says how to start what does not run, and how to bring up to date what an earlier version started", async () => {
    await expect(open({ browser: false })).rejects.toThrow("Start it with `npm start`");
    running();
    await expect(open({ browser: false })).rejects.toThrow("Run `npm stop` and `npm start`");
  });

  it("prints an address that lets one browser in, and is another one each time", async () => {
    running("http://127.0.0.1:3/path/");
    const print = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await open({ browser: false });
    await open({ browser: false });
    const tickets = print.mock.calls.map(([text]) => {
      const address = new URL(String(text).split("\n")[0] ?? "");
      expect(address.href).toMatch(/^http:\/\/127\.0\.0\.1:3\/path\/login\?ticket=/);
      return address.searchParams.get("ticket") ?? "";
    });
    const access = new PageAccess(await loadKeys(home));
    expect(tickets.map((ticket) => access.redeem(ticket) !== undefined)).toEqual([true, true]);
    expect(access.redeem(tickets[0] ?? "")).toBeUndefined();
  });
});
