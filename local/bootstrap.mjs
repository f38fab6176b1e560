/**
 * Entry point of the npm scripts, in plain JavaScript without a dependency: it runs before there are any.
 *
 *   node local/bootstrap.mjs start|stop|local [arguments]   the local environment's command line, local/cli.ts
 *   node local/bootstrap.mjs test [arguments]               set-up, then Vitest
 *   node local/bootstrap.mjs run <file.ts> [arguments]      any TypeScript file
 *
 * Everything runs in this one process, so signals and exit codes need no passing on.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import Module from "node:module";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "..");

/** Whether a dotted version is `least` or later. */
export function isAtLeast(version, least) {
  return version.localeCompare(least, "en", { numeric: true }) >= 0;
}

/**
 * Whether `node_modules` holds exactly what the lock names. npm notes what it installed in a lock of its own, so an
 * installation by hand counts as well. Packages for other systems are optional and may be missing.
 */
export function isInstalled(folder) {
  const installed = path.join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return false;
  const read = (file) => JSON.parse(readFileSync(file, "utf8")).packages ?? {};
  const there = read(installed);
  return Object.entries(read(path.join(folder, "package-lock.json"))).every(([place, wanted]) => {
    if (place === "") return true;
    const found = there[place];
    if (!found) return Boolean(wanted.optional || wanted.devOptional);
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** Runs `npm ci` while no other process here does. Throws when it fails. */
async function install() {
  const lock = path.join(root, ".local", "npm-ci.lock");
  mkdirSync(path.dirname(lock), { recursive: true });
  let told = false;
  while (!tryToWrite(lock)) {
    const holder = Number(readIfThere(lock));
    if (holder && !isAlive(holder)) rmSync(lock, { force: true });
    else {
      if (!told) console.log("Packages are being installed by another command; waiting for it ...");
      told = true;
      await sleep(500);
    }
  }
  try {
    if (isInstalled(root)) return;
    console.log("Installing this project's packages first (npm ci): about a minute, once.");
    await runNpm();
    console.log("Packages are installed.\n");
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Runs `npm ci`, which ends with this process, since two at once would be in each other's way. */
async function runNpm() {
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const progress = process.stdout.isTTY && !process.env.CI ? [] : ["--no-progress"];
  const [program, ...args] = [...npm, "ci", ...progress, "--loglevel=error"];
  const child = spawn(program, args, { cwd: root, stdio: "inherit" });
  let asked;
  const stop = (signal) => {
    asked = signal;
    child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, stop);
  const [ending] = await once(child, "exit").catch((error) => [error.message]);
  for (const signal of signals) process.off(signal, stop);
  if (asked) throw new Error("Stopped. The next run installs the packages anew.");
  if (ending === 0) return;
  throw new Error(
    `Packages cannot be installed: npm ended with ${ending}, and says why above. Without a network there is no way to; ` +
      "behind a proxy, set HTTPS_PROXY; on a full disk, make room (2 GB). Then run the same command again.",
  );
}

function tryToWrite(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Runs a file as `node file args` would, TypeScript included. */
async function runFile(file, args) {
  // Caches and pipes of what runs from here belong to this project, and go when its folder goes.
  process.env.TMPDIR = path.join(root, ".local", "tmp");
  mkdirSync(process.env.TMPDIR, { recursive: true, mode: 0o700 });
  await import("tsx");
  process.argv = [process.execPath, path.resolve(root, file), ...args];
  Module.runMain(process.argv[1]);
}

async function runTests(args) {
  const { register } = await import("tsx/cjs/api");
  // Vitest compiles TypeScript by itself, so this ends before it begins.
  const unregister = register();
  const require = Module.createRequire(import.meta.url);
  const { ensureSetup } = require("./setup/index.ts");
  const { Lines } = require("./display/lines.ts");
  const report = await ensureSetup({ display: new Lines({ write: (line) => console.log(`set-up:${line}`) }) });
  unregister();
  console.log(`${report.pulumi}; events come from ${report.dataset}`);
  const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
  process.argv = [process.execPath, vitest, "run", ...args];
  await import(pathToFileURL(vitest).href);
}

async function main([command, ...args]) {
  const needed = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).engines.node.replace(">=", "");
  if (!isAtLeast(process.versions.node, needed)) {
    throw new Error(`Node.js ${needed} or later is needed, this is ${process.versions.node}: https://nodejs.org/`);
  }
  if (!["start", "stop", "local", "test", "run"].includes(command) || (command === "run" && args.length === 0)) {
    throw new Error("Usage: node local/bootstrap.mjs start|stop|local|test [arguments], or run <file.ts> [arguments]");
  }
  if (!isInstalled(root)) await install();
  process.chdir(root);
  if (command === "test") await runTests(args);
  else if (command === "run") await runFile(args[0], args.slice(1));
  else await runFile("local/cli.ts", command === "local" ? args : [command, ...args]);
}

if (process.argv[1] && import.meta.url === pathToFileURL(path.resolve(process.argv[1])).href) {
  await main(process.argv.slice(2)).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
