import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Redact } from "../rpc/secrets";
import type { Output } from "./output";

/** A command to run on this machine. */
export interface LocalRun {
  command: string;
  /** Program and arguments that take the command as last argument; `/bin/sh -c` when empty. */
  interpreter: string[];
  /** Working directory; that of the plugin, which is the program's, when absent. */
  dir?: string;
  /** Variables on top of the plugin's own. */
  environment: Record<string, string>;
  stdin?: string;
}

/** How long a command has between SIGTERM and SIGKILL when it is cancelled, in milliseconds. */
const GRACE_MS = 2000;

/**
 * Runs a command to its end.
 *
 * @param redact masks secrets in the command line, which error messages show
 * @throws when it cannot be started or does not exit with 0, with what it wrote
 */
export async function runLocally(run: LocalRun, output: Output, signal: AbortSignal, redact?: Redact): Promise<void> {
  signal.throwIfAborted();
  const child = start(run);
  const cancel = (): void => endGroup(child);
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const status = await finished(child, run, output);
    output.end();
    signal.throwIfAborted();
    if (status !== undefined) {
      const shown = JSON.stringify(redact ? redact(run.command) : run.command);
      throw new Error(`${status}: running ${shown}:\n${output.combined()}`);
    }
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

function start(run: LocalRun): Child {
  const [program, ...args] = run.interpreter.length > 0 ? run.interpreter : ["/bin/sh", "-c"];
  try {
    return spawn(program, [...args, run.command], {
      cwd: run.dir,
      env: { ...process.env, ...run.environment },
      stdio: ["pipe", "pipe", "pipe"],
      // Its own process group, so that cancelling reaches what the shell has started, too.
      detached: true,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "E2BIG") throw error;
    throw new Error(
      `cannot start ${program}: the command and its variables are too long for the system. The output of the previous ` +
        "run is among them: set `addPreviousOutputInEnv` to false, or pass long values by `stdin`",
    );
  }
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** What went wrong (`exit status 3`, `signal: SIGKILL`), or undefined after success. */
function finished(child: Child, run: LocalRun, output: Output): Promise<string | undefined> {
  child.stdout.on("data", (chunk: Buffer) => output.write("stdout", chunk));
  child.stderr.on("data", (chunk: Buffer) => output.write("stderr", chunk));
  // A command may end without reading all of its input.
  child.stdin.on("error", () => {});
  child.stdin.end(run.stdin ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      const what = run.dir === undefined ? child.spawnfile : `${child.spawnfile} in \`dir\` ${JSON.stringify(run.dir)}`;
      reject(new Error(`cannot start ${what}: ${error.code ?? error.message}`));
    });
    child.on("close", (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(code === null ? `signal: ${signal}` : `exit status ${code}`);
    });
  });
}

function endGroup(child: Child): void {
  const kill = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It ended in the meantime.
    }
  };
  kill("SIGTERM");
  setTimeout(() => kill("SIGKILL"), GRACE_MS).unref();
}
