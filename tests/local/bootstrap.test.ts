import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../local/paths";
import { temporaryFolder } from "./setup/loopback";

const bootstrap = path.join(projectRoot, "local", "bootstrap.mjs");
let isInstalled: (folder: string) => boolean;
let isAtLeast: (version: string, least: string) => boolean;

beforeAll(async () => {
  ({ isInstalled, isAtLeast } = await import(bootstrap));
});

const run = (...args: string[]) => spawnSync(process.execPath, [bootstrap, ...args], { encoding: "utf8" });

/** A folder with a TypeScript file in it. */
async function script(content: string): Promise<string> {
  const file = path.join(await temporaryFolder(), "script.ts");
  writeFileSync(file, content);
  return file;
}

describe("bootstrap", () => {
  it("runs a TypeScript file with its arguments and passes its exit code on", async () => {
    const file = await script(
      "const all: string[] = process.argv.slice(2); console.log(all.join()); process.exitCode = 7;",
    );
    const { stdout, status } = run("run", file, "a", "--json", "-x");
    expect(stdout).toBe("a,--json,-x\n");
    expect(status).toBe(7);
  });

  it("lets the program answer signals itself", async () => {
    const file = await script(
      "process.on('SIGTERM', () => process.exit(5)); setInterval(() => {}, 1000); console.log('up' as string);",
    );
    const child = spawn(process.execPath, [bootstrap, "run", file], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    expect((await once(child, "exit"))[0]).toBe(5);
  });

  it("says what it can do when it is asked for anything else", () => {
    for (const args of [["deploy"], ["run"], []]) {
      const { stderr, status } = run(...args);
      expect(stderr).toContain("Usage: node local/bootstrap.mjs start|stop|local|test");
      expect(status).toBe(1);
    }
  });
});

describe("isInstalled", () => {
  const lock = (packages: Record<string, object>) => JSON.stringify({ lockfileVersion: 3, packages });

  async function checkout(wanted: Record<string, object>, installed?: Record<string, object>): Promise<string> {
    const folder = await temporaryFolder();
    writeFileSync(path.join(folder, "package-lock.json"), lock(wanted));
    mkdirSync(path.join(folder, "node_modules"));
    if (installed) writeFileSync(path.join(folder, "node_modules", ".package-lock.json"), lock(installed));
    return folder;
  }

  const a = { version: "1.0.0", integrity: "sha512-a" };

  it.each<[string, boolean, Record<string, object>, Record<string, object>?]>([
    ["everything is there", true, { "": {}, "node_modules/a": a }, { "node_modules/a": a }],
    ["nothing is there", false, { "node_modules/a": a }, undefined],
    ["one package is missing", false, { "node_modules/a": a }, {}],
    ["one has another version", false, { "node_modules/a": a }, { "node_modules/a": { ...a, version: "0.9.0" } }],
    ["one has other content", false, { "node_modules/a": a }, { "node_modules/a": { ...a, integrity: "sha512-b" } }],
    ["one for another system is missing", true, { "node_modules/a": { ...a, optional: true } }, {}],
    ["there is more than needed", true, {}, { "node_modules/a": a }],
  ])("when %s: %s", async (_, expected, wanted, installed) => {
    expect(isInstalled(await checkout(wanted, installed))).toBe(expected);
  });

  it("accepts what is installed here", () => {
    expect(isInstalled(projectRoot)).toBe(true);
  });
});

describe("the lock of packages", () => {
  it("has every package for every system, without which npm ci refuses it on a fresh clone", () => {
    const file = readFileSync(path.join(projectRoot, "package-lock.json"), "utf8");
    const packages: Record<string, { optionalDependencies?: Record<string, string> }> = JSON.parse(file).packages;
    const absent = Object.values(packages)
      .flatMap((one) => Object.keys(one.optionalDependencies ?? {}))
      .filter((name) => !Object.keys(packages).some((place) => place.endsWith(`node_modules/${name}`)));
    expect(absent).toEqual([]);
  });
});

describe("isAtLeast", () => {
  it.each([
    ["20.19.0", true],
    ["20.20.2", true],
    ["22.1.0", true],
    ["20.9.0", false],
    ["18.20.8", false],
  ])("compares %s with 20.19: %s", (version, expected) => {
    expect(isAtLeast(version, "20.19")).toBe(expected);
  });
});

describe("bootstrap on a Node that is too old", () => {
  it("names the version it needs", async () => {
    const folder = await temporaryFolder();
    mkdirSync(path.join(folder, "local"));
    cpSync(bootstrap, path.join(folder, "local", "bootstrap.mjs"));
    writeFileSync(path.join(folder, "package.json"), JSON.stringify({ engines: { node: ">=99.1" } }));
    const { stderr, status } = spawnSync(process.execPath, [path.join(folder, "local", "bootstrap.mjs"), "start"], {
      encoding: "utf8",
    });
    expect(stderr).toContain(`Node.js 99.1 or later is needed, this is ${process.versions.node}`);
    expect(status).toBe(1);
  });
});
