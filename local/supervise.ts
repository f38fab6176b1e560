import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Endpoints, readEndpoints } from "./endpoints";
import { lockHolder, wasKilled } from "./lock";
import { type NetworkChoice, networkChoices } from "./network";
import { projectRoot, twinPaths } from "./paths";
import { isRunning, type ProcessRecord } from "./process";

const pollMs = 50;

export interface StartOptions {
  /** Milliseconds until it has to be ready. Default two minutes. */
  deadlineMs?: number;
  /** How networks are made. Default: `STREAMING_TWIN_NETWORK`, or `auto`. */
  network?: NetworkChoice;
}

function defaultNetwork(): NetworkChoice {
  const choice = process.env.STREAMING_TWIN_NETWORK || "auto";
  const known = networkChoices.find((one) => one === choice);
  if (known) return known;
  throw new Error(`\`STREAMING_TWIN_NETWORK\` is \`${choice}\`; it needs to be one of ${networkChoices.join(", ")}.`);
}

function checkMode(running: Endpoints, wanted: NetworkChoice): Endpoints {
  const { mode } = running.network;
  if (wanted === "auto" || wanted === mode) return running;
  throw new Error(
    `The local services run with networks as \`${mode}\`, and \`${wanted}\` was asked for. Run \`npm stop\` first.`,
  );
}

/**
 * Starts the supervisor of `home` in the background, and resolves when all its services answer; at once when one is
 * running already. What it prints goes to `<home>/logs/supervisor.log`; when it fails, or is not ready within
 * `deadlineMs`, the end of that file is in the error.
 */
export async function startSupervisor(
  home: string,
  { deadlineMs = 120_000, network = defaultNetwork() }: StartOptions = {},
): Promise<Endpoints> {
  const running = readEndpoints(home);
  if (running) return checkMode(running, network);
  const output = new Output(home);
  // Another one may be on its way up: then this waits for that one.
  const child = lockHolder(home) ? undefined : launch(home, output, "--network", network);
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const endpoints = readEndpoints(home);
    if (endpoints) {
      child?.unref();
      return endpoints;
    }
    if (hasEnded(child) && !lockHolder(home)) throw new Error(`The local services did not start.\n${output.tail()}`);
    if (Date.now() > deadline) {
      child?.kill("SIGTERM");
      throw new Error(`The local services were not ready within ${deadlineMs / 1000} s.\n${output.tail()}`);
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

function launch(home: string, output: Output, ...options: string[]): ChildProcess {
  const descriptor = output.open();
  try {
    // Not through tsx's own command, which would put a process in between.
    const script = path.join(projectRoot, "local", "supervisor.ts");
    return spawn(process.execPath, ["--import", "tsx", script, "--home", path.resolve(home), ...options], {
      cwd: projectRoot,
      detached: true,
      stdio: ["ignore", descriptor, descriptor],
    });
  } finally {
    fs.closeSync(descriptor);
  }
}

/** In a process of its own, since it needs all that the services are made of. */
async function endLeftOver(home: string): Promise<void> {
  const output = new Output(home);
  const child = launch(home, output, "--end-left-over");
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`What a killed supervisor left running could not be ended.\n${output.tail()}`);
}

async function end(holder: ProcessRecord, deadlineMs: number): Promise<void> {
  if (isRunning(holder)) process.kill(holder.pid, "SIGTERM");
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

/** What a supervisor prints. Appended, so that the reason why an earlier one ended stays. */
class Output {
  private readonly file: string;
  /** Where this supervisor's part begins. */
  private readonly start: number;

  constructor(home: string) {
    const { logs } = twinPaths(path.resolve(home));
    fs.mkdirSync(logs, { recursive: true, mode: 0o700 });
    this.file = path.join(logs, "supervisor.log");
    this.start = fs.existsSync(this.file) ? fs.statSync(this.file).size : 0;
  }

  open(): number {
    return fs.openSync(this.file, "a", 0o600);
  }

  tail(lines = 20): string {
    const printed = fs.existsSync(this.file) ? fs.readFileSync(this.file).subarray(this.start).toString().trim() : "";
    return `${printed.split("\n").slice(-lines).join("\n")}\nMore is in ${this.file} and in twin.log beside it.`;
  }
}
