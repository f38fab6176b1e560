import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../local/setup/loopback";
import { formatCounts } from "./summary";

const vitest = path.resolve("node_modules/vitest/vitest.mjs");

/** Last line and exit code of a run of test files, with this reporter after the default one. */
async function lastLine(files: Record<string, string>): Promise<{ line: string; status: number | null }> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  const reporters = ["--reporter=default", `--reporter=${path.join(__dirname, "summary.ts")}`];
  const options = ["--root", folder, "--globals"];
  const run = spawnSync(process.execPath, [vitest, "run", ...options, ...reporters], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", VITEST: undefined, VITEST_POOL_ID: undefined, VITEST_WORKER_ID: undefined },
  });
  return { line: run.stdout.trimEnd().split("\n").at(-1) ?? "", status: run.status };
}

describe("SummaryReporter", { timeout: 120_000 }, () => {
  it("ends the output with what passed, failed and was skipped", async () => {
    const files = {
      "a.test.js": "test('one', () => {}); test('two', () => { throw new Error('no') }); test.skip('three', () => {})",
      "b.test.js": "test('four', () => {})",
    };
    expect(await lastLine(files)).toEqual({ line: "2 passed, 1 failed, 1 skipped", status: 1 });
  });

  it("counts a file that does not load, and a hook that fails, as failures", async () => {
    const files = {
      "a.test.js": "import './nowhere'; test('one', () => {})",
      "b.test.js": "describe('suite', () => { beforeAll(() => { throw new Error('no') }); test('two', () => {}) })",
      "c.test.js": "test('three', () => {})",
    };
    expect(await lastLine(files)).toEqual({ line: "1 passed, 2 failed, 1 skipped", status: 1 });
  });

  it("counts an error outside every test", async () => {
    const files = { "a.test.js": "test('one', async () => { Promise.reject(new Error('lost')) })" };
    expect(await lastLine(files)).toEqual({ line: "1 passed, 1 failed", status: 1 });
  });

  it("leaves out skipped tests when there are none", async () => {
    expect(await lastLine({ "a.test.js": "test('one', () => {})" })).toEqual({ line: "1 passed, 0 failed", status: 0 });
    expect(formatCounts({ passed: 0, failed: 0, skipped: 0 })).toBe("0 passed, 0 failed");
  });
});
