import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect, it } from "vitest";
import { loggerTo, openLog } from "../../local/log";

function written(write: (log: ReturnType<typeof loggerTo>) => void) {
  const lines: string[] = [];
  write(loggerTo((line) => lines.push(line), "twin"));
  return JSON.parse(lines[0] ?? "");
}

it("an entry is one line of JSON with time, level, logger, message and fields", () => {
  const entry = written((log) => log.child("arm").warn("slow\nanswer", { ms: 12 }));
  expect(entry).toMatchObject({ level: "warn", logger: "twin.arm", message: "slow\nanswer", ms: 12 });
  expect(new Date(entry.time).getTime()).toBeGreaterThan(0);
});

it.each(["password", "clientSecret", "bearerToken", "key", "privateKey", "authorization"])(
  "the value of `%s` is dropped, however deep it is",
  (name) => {
    const entry = written((log) => log.info("x", { [name]: "canary", list: [{ inner: { [name]: "canary" } }] }));
    expect(JSON.stringify(entry)).not.toContain("canary");
    expect(entry[name]).toBe("[dropped]");
  },
);

it("errors are spelled out, and cycles do not matter", () => {
  const cyclic: Record<string, unknown> = { size: 3n };
  cyclic.self = cyclic;
  const entry = written((log) => log.error("x", { error: Object.assign(new Error("boom"), { code: "E1" }), cyclic }));
  expect(entry.error).toMatchObject({ message: "boom", code: "E1", stack: expect.stringContaining("log.test") });
  expect(entry.cyclic).toEqual({ size: "3", self: "[circular]" });
});

it("a log file is appended to and readable by the user alone", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "log-"));
  const file = path.join(folder, "logs", "twin.log");
  for (const message of ["first", "second"]) {
    const log = openLog(file);
    log.info(message);
    log.close();
    log.info("after closing");
  }
  const messages = fs.readFileSync(file, "utf8").trim().split("\n");
  expect(messages.map((line) => JSON.parse(line).message)).toEqual(["first", "second"]);
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  fs.rmSync(folder, { recursive: true });
});
