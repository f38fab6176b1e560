import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { projectRoot } from "../../../local/paths";

const folder = mkdtempSync(path.join(tmpdir(), "lazy-"));
const preloaded = path.join(projectRoot, "tools", "diff", "lazyPackages.cjs");
const runner = path.join("@pulumi", "pulumi", "cmd", "run", "index.js");

/** Imports TypeScript as compiled programs do, and says when it is loaded, and what it is then. */
const script = `
const load = require("node:module").createRequire(${JSON.stringify(path.join(projectRoot, "index.js"))});
const isLoaded = () => Object.keys(load.cache).some((file) => /typescript\\.js$/.test(file));
const importAll = (found) => (found.__esModule ? found : { ...found, default: found });
const all = importAll(load("typescript"));
Object.getOwnPropertyDescriptor(load("typescript"), "module.exports");
const before = isLoaded();
const { version } = all.default;
const names = Object.keys(load("typescript"));
let missing;
try { load("no-such-package"); } catch ({ code }) { missing = code; }
console.log(JSON.stringify({
  before, after: isLoaded(), version, missing,
  isWhole: names.length > 1000 && "transpileModule" in all && all.sys === all.default.sys,
}));
`;

beforeAll(() => {
  mkdirSync(path.join(folder, "promise", path.dirname(runner)), { recursive: true });
  for (const file of [runner, "other.js"]) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), script);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

async function told(file: string) {
  const { stdout } = await execa(process.execPath, ["--require", preloaded, path.join(folder, file)]);
  return JSON.parse(stdout);
}

it("a program loads TypeScript when it uses it, and then all of it", async () => {
  const { version } = await import("typescript");
  expect(await told(runner)).toEqual({
    before: false,
    after: true,
    version,
    missing: "MODULE_NOT_FOUND",
    isWhole: true,
  });
});

it.each([
  ["diff", ["--base", "HEAD"]],
  ["drift", []],
])("`npm run %s` loads it for nothing but a program to compile", async (tool, args) => {
  const isLoaded = path.join(folder, "isLoaded.cjs");
  writeFileSync(
    isLoaded,
    `process.on("exit", () => console.log(Object.keys(require.cache).filter((file) => /(?:typescript|arborist.lib.index)\\.js$/.test(file))))`,
  );
  const command = ["--require", isLoaded, "--import", "tsx", `tools/${tool}.ts`, ...args, "--stack", "nowhere"];
  const { stdout, exitCode } = await execa(process.execPath, command, { cwd: projectRoot, reject: false });
  expect({ stdout, exitCode }).toEqual({ stdout: "[]", exitCode: 2 });
});

/** What a promise of a program notes of where it was made, and how much of that errors still tell. */
async function noted(env: NodeJS.ProcessEnv) {
  const runtime = path.join(projectRoot, "node_modules", "@pulumi", "pulumi", "runtime", "index.js");
  writeFileSync(
    path.join(folder, "promise", runner),
    `const { debuggablePromise } = require("node:module").createRequire(${JSON.stringify(runtime)})("./debuggable");
    const promise = Promise.resolve("kept");
    debuggablePromise(promise, "made").then((value) => {
      console.log(JSON.stringify({ value, trace: promise._debugStackTrace, limit: Error.stackTraceLimit }));
    });`,
  );
  const command = ["--require", preloaded, path.join(folder, "promise", runner)];
  return JSON.parse((await execa(process.execPath, command, { env })).stdout);
}

it("a promise of a program does not note where it was made, but for who looks for promises without an end", async () => {
  expect(await noted({})).toEqual({ value: "kept", trace: "Error", limit: 10 });
  const { trace } = await noted({ PULUMI_DEBUG_PROMISE_LEAKS: "true" });
  expect(trace).toMatch(/^ {4}at .*run.index\.js/m);
});

it("other processes load it at once, as ever", async () => {
  expect(await told("other.js")).toMatchObject({ before: true, isWhole: true });
});
