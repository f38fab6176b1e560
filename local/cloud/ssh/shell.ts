import { type ChildProcess, spawn } from "node:child_process";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerChannel } from "ssh2";
import { machine } from "../../network/loopback";
import type { Place } from "../../network/place";
import { killGroup } from "../../process";
import { channelOutput } from "./channelOutput";
import { mapPaths, PathMapper, type PathMapping, readsScript } from "./pathMapping";

/** Where and as whom commands run. */
export interface ShellOptions {
  /** Working directory: the user's home. */
  home: string;
  /** The whole environment, apart from what the client may set. */
  environment: Record<string, string>;
  /** Replaced in commands, and in scripts that a shell reads from standard input. */
  paths: PathMapping;
  /** Where commands run. Default: this machine. */
  place?: Place;
}

/** Milliseconds that a command has to end after its client has gone. */
const hangUpGrace = 2_000;

/**
 * One command under a real bash, in a process group of its own. Unlike on a node, what it left running in the
 * background ends with it, so that nothing outlives the twin.
 */
export class ShellCommand {
  private child: ChildProcess | undefined;

  constructor(private readonly options: ShellOptions) {}

  /**
   * Runs a command, or a shell that reads its commands from the channel (`undefined`), with the channel as its three
   * streams. Resolves with how it ended when all of its output is sent, or its client is gone.
   */
  async run(channel: ServerChannel, command: string | undefined, environment: Record<string, string>): Promise<string> {
    const { home, paths } = this.options;
    const shell = command === undefined ? ["bash", "-s"] : ["bash", "-c", mapPaths(command, paths)];
    const [program = "", ...args] = (this.options.place ?? machine).command(shell, home);
    const child = spawn(program, args, {
      cwd: home,
      env: { ...this.options.environment, ...environment },
      detached: true,
    });
    this.child = child;
    const gone = new Promise<void>((resolve) => channel.once("close", resolve));
    const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null; error?: Error }>((resolve) => {
      child.once("error", (error) => resolve({ code: 126, signal: null, error }));
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    const script = command === undefined || readsScript(command);
    const input = script ? channel.pipe(new PathMapper(paths)) : channel;
    input.pipe(child.stdin);
    // A command that does not read its input to the end breaks this pipe; the rest of the input is thrown away.
    child.stdin.on("error", () => {
      input.unpipe(child.stdin);
      input.resume();
    });
    const { stdout, stderr } = channelOutput(channel);
    const output = Promise.allSettled([pipeline(child.stdout, stdout), pipeline(child.stderr, stderr)]);

    void gone.then(() => this.hangUp());
    const { code, signal, error } = await ended;
    if (error) channel.stderr.write(`bash: ${error.message}\n`);
    await Promise.race([error ? undefined : output, gone]);
    if (signal) channel.exit(signal.replace(/^SIG/, ""));
    else channel.exit(code ?? 255);
    channel.end();
    killGroup(child.pid);
    return error?.message ?? signal ?? `exit ${code}`;
  }

  /** Sends a signal (`TERM`, `INT`, ...) to the command and what it started. */
  signal(name: string): boolean {
    const { child } = this;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return false;
    try {
      return process.kill(-child.pid, `SIG${name}`);
    } catch {
      // Ended in between, or a name that no signal has.
      return false;
    }
  }

  /** As a terminal that closes: SIGHUP, and SIGKILL for what does not end by it. */
  async hangUp(): Promise<void> {
    if (!this.signal("HUP")) return;
    await sleep(hangUpGrace, undefined, { ref: false });
    this.signal("KILL");
  }
}
