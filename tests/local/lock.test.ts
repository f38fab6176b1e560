import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { HomeLock, lockHolder } from "../../local/lock";

let home: string;
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "lock-"));
});
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

it("a home has one holder, who is named to the next, until it is released", () => {
  const lock = HomeLock.acquire(home);
  expect(lockHolder(home)?.pid).toBe(process.pid);
  expect(() => HomeLock.acquire(home)).toThrow(`process ${process.pid}`);
  lock.release();
  expect(lockHolder(home)).toBeUndefined();
  HomeLock.acquire(home).release();
  expect(fs.readdirSync(home)).toEqual([]);
});

it.each([
  ["of a process that has ended", async () => JSON.stringify({ pid: await endedProcess(), startTime: "1" })],
  ["whose process id another has by now", async () => JSON.stringify({ pid: process.pid, startTime: "1" })],
  ["that was cut off", async () => '{"pid":'],
])("a lock %s is taken over", async (_what, text) => {
  fs.writeFileSync(path.join(home, "supervisor.lock"), await text());
  expect(lockHolder(home)).toBeUndefined();
  HomeLock.acquire(home);
  expect(lockHolder(home)?.pid).toBe(process.pid);
  expect(fs.readdirSync(home)).toEqual(["supervisor.lock"]);
});

it("releasing leaves a lock alone that somebody else has taken meanwhile", () => {
  const lock = HomeLock.acquire(home);
  const file = path.join(home, "supervisor.lock");
  fs.writeFileSync(file, '{"pid":1,"startTime":"0"}');
  lock.release();
  expect(fs.existsSync(file)).toBe(true);
});

function endedProcess(): Promise<number> {
  const child = spawn("true");
  return new Promise((resolve) => child.once("exit", () => resolve(child.pid ?? 0)));
}
