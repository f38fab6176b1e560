import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Endpoints, readEndpoints } from "./endpoints";
import { isRunning, type ProcessRecord } from "./engines/spark/process";
import { lockHolder, wasKilled } from "./lock";
import { projectRoot, twinPaths } from "./paths";

const pollMs = 50;

/**
 * Starts the supervisor of `home` in the background, and resolves when all its services answer; at once when one is
 * running already. What it prints goes to `<home>/logs/supervisor.log`; when it fails, or is not ready within
 * `deadlineMs`, the end of that file is in the error.
 */
export async function startSupervisor(home: string, { deadlineMs = 120_000 } = {}): Promise<Endpoints> {
  const running = endpointsOf(home);
  if (running) return running;
  // Another one may be on its way up: then this waits for that one.
  const child = lockHolder(home) ? undefined : launch(home);
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const endpoints = endpointsOf(home);
    if (endpoints) {
      child?.unref();
      return endpoints;
    }
    if (hasEnded(child) && !lockHolder(home)) throw new Error(`The local services did not start.\n${tail(home)}`);
    if (Date.now() > deadline) {
      child?.kill("SIGTERM");
      throw new Error(`The local services were not ready within ${deadlineMs / 1000} s.\n${tail(home)}`);
    }
    await sleep(pollMs);
  }
}

/**
 * Ends the supervisor of `home` and with it all that it started; resolves when they are gone. What a killed supervisor
 * left running is ended too.
 */
export async function stopSupervisor(home: string, { deadlineMs = 90_000 } = {}): Promise<void> {
  const holder = lockHolder(home);
  if (holder) await end(holder, deadlineMs);
  if (wasKilled(home)) await endLeftOver(home);
  fs.rmSync(twinPaths(home).endpoints, { force: true });
}

/** Endpoints of a supervisor that is alive and is the one they are from: process ids are used again. */
function endpointsOf(home: string): Endpoints | undefined {
  const holder = lockHolder(home);
  const endpoints = holder && readEndpoints(home);
  return endpoints?.pid === holder?.pid ? endpoints : undefined;
}

function launch(home: string, ...options: string[]): ChildProcess {
  const { logs } = twinPaths(home);
  fs.mkdirSync(logs, { recursive: true, mode: 0o700 });
  const output = fs.openSync(logFile(home), "w", 0o600);
  try {
    // Not through tsx's own command, which would put a process in between.
    const script = path.join(projectRoot, "local", "supervisor.ts");
    return spawn(process.execPath, ["--import", "tsx", script, "--home", home, ...options], {
      cwd: projectRoot,
      detached: true,
      stdio: ["ignore", output, output],
    });
  } finally {
    fs.closeSync(output);
  }
}

/** In a process of its own, since it needs all that the services are made of. */
async function endLeftOver(home: string): Promise<void> {
  const child = launch(home, "--end-left-over");
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`What a killed supervisor left running could not be ended.\n${tail(home)}`);
}

async function end(holder: ProcessRecord, deadlineMs: number): Promise<void> {
  process.kill(holder.pid, "SIGTERM");
  const deadline = Date.now() + deadlineMs;
  while (isRunning(holder)) {
    if (Date.now() > deadline) {
      throw new Error(`The supervisor, process ${holder.pid}, did not end within ${deadlineMs / 1000} s of SIGTERM.`);
    }
    await sleep(pollMs);
  }
}

function hasEnded(child: ChildProcess | undefined): boolean {
  return child === undefined || child.exitCode !== null || child.signalCode !== null;
}

function logFile(home: string): string {
  return path.join(twinPaths(home).logs, "supervisor.log");
}

function tail(home: string, lines = 20): string {
  const file = logFile(home);
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim() : "";
  return `${text.split("\n").slice(-lines).join("\n")}\nMore is in ${file} and in twin.log beside it.`;
}
