import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { expect, it } from "vitest";
import { timesAsFigures } from "../../bench/benches/suite";
import { temporaryFolder } from "../local/setup/loopback";
import { timesFile } from "./times";

const vitest = path.resolve("node_modules/vitest/vitest.mjs");

/** Runs test files below `folder` with this reporter; the times that are kept then. */
function timesAfter(folder: string, ...args: string[]): Record<string, number> {
  const reporter = `--reporter=${path.join(__dirname, "times.ts")}`;
  const run = spawnSync(process.execPath, [vitest, "run", "--root", folder, "--globals", reporter, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, VITEST: undefined, VITEST_POOL_ID: undefined, VITEST_WORKER_ID: undefined },
  });
  expect(run.status, run.stderr).toBe(0);
  return JSON.parse(readFileSync(path.join(folder, timesFile), "utf8")) as Record<string, number>;
}

it("keeps how long each file took when all of it was run last, hooks included", { timeout: 120_000 }, async () => {
  const folder = await temporaryFolder();
  mkdirSync(path.join(folder, "tests"));
  const waits = "new Promise((resolve) => setTimeout(resolve, 300))";
  writeFileSync(path.join(folder, "tests/a.test.js"), `beforeAll(() => ${waits}); test('one', () => ${waits})`);
  writeFileSync(path.join(folder, "tests/b.test.js"), "test('two', () => {}); test('three', () => {})");

  const all = timesAfter(folder);
  expect(Object.keys(all).sort()).toEqual(["tests/a.test.js", "tests/b.test.js"]);
  expect(all["tests/a.test.js"]).toBeGreaterThan(0.55);
  expect(all["tests/b.test.js"]).toBeLessThan(0.5);

  writeFileSync(path.join(folder, "tests/b.test.js"), `test('two', () => ${waits}); test('three', () => {})`);
  expect(timesAfter(folder, "-t", "two"), "part of a file").toEqual(all);
  const [a, b] = [all["tests/a.test.js"], timesAfter(folder, "b.test.js")];
  expect(b["tests/a.test.js"], "a file that was not run").toBe(a);
  expect(b["tests/b.test.js"]).toBeGreaterThan(0.25);
});

it("is shown with the sum, and the longest first", () => {
  const figures = timesAsFigures({ "a.test.ts": 1, "b.test.ts": 20, "c.test.ts": 3 });
  expect(figures.map(({ name, median }) => [name, median])).toEqual([
    ["all 3 test files", 24],
    ["of that: b.test.ts", 20],
    ["of that: c.test.ts", 3],
    ["of that: a.test.ts", 1],
  ]);
  expect(timesAsFigures({})).toEqual([]);
});
