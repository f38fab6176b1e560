import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { signalGroup, startTimeOf } from "./process";

/** What is started on a host. */
export interface HostCommand {
  command: string[];
  cwd: string;
  /** The whole environment: nothing of the supervisor's own reaches the process. */
  env: Record<string, string>;
  stdout: string;
  stderr: string;
}

export interface StopOptions {
  /** Milliseconds between SIGTERM and SIGKILL; 0 sends SIGKILL at once. */
  grace: number;
}

/**
 * Runs before the command, in the same process: writes process id, boot and start time, so that no moment exists in
 * which the command runs and nobody could find it again, however its supervisor ends.
 */
const recordThenRun = `
read -r stat </proc/self/stat && read -r boot </proc/sys/kernel/random/boot_id || exit 125
rest=(\${stat##*) })
printf '%s %s %s\\n' "$$" "$boot" "\${rest[19]}" >"$1" || exit 125
shift
exec "$@"`;

/**
 * The one process of a host. It is the leader of a group of its own, outlives the supervisor, and is recognised by
 * process id together with start time, so that a process id used again by something else is never signalled.
 */
export class HostProcess {
  private child: ChildProcess | undefined;

  /** @param record file with the identity of what was started last. */
  constructor(private readonly record: string) {}

  start({ command, cwd, env, stdout, stderr }: HostCommand): void {
    if (this.running) throw new Error(`Process ${this.identity()?.pid} of ${this.record} runs already`);
    fs.rmSync(this.record, { force: true });
    const output = fs.openSync(stdout, "a", 0o600);
    const errors = fs.openSync(stderr, "a", 0o600);
    try {
      this.child = spawn("bash", ["-c", recordThenRun, "start", this.record, ...command], {
        cwd,
        env,
        detached: true,
        stdio: ["ignore", output, errors],
      });
    } finally {
      fs.closeSync(output);
      fs.closeSync(errors);
    }
    // Without a listener a failed spawn would end the supervisor; `running` and the empty record tell the rest.
    this.child.on("error", () => undefined);
    this.child.unref();
  }

  /** Whether it runs now, no matter which supervisor started it. */
  get running(): boolean {
    return this.child?.pid !== undefined
      ? this.child.exitCode === null && this.child.signalCode === null
      : this.adopted;
  }

  get pid(): number | undefined {
    return this.child?.pid ?? this.identity()?.pid;
  }

  /** How it ended, for messages. Unknown when another supervisor started it. */
  get ending(): string {
    if (this.child?.signalCode) return `was ended by ${this.child.signalCode}`;
    if (typeof this.child?.exitCode === "number") return `exited with code ${this.child.exitCode}`;
    return "ended";
  }

  /** Ends the process and whatever it started in its group. Resolves when it is gone. */
  async stop({ grace }: StopOptions): Promise<void> {
    const pid = this.pid;
    if (pid !== undefined && this.running) {
      if (grace > 0) {
        signalGroup(pid, "SIGTERM");
        await this.ended(grace);
      }
      signalGroup(pid, "SIGKILL");
      if (!(await this.ended(10_000))) throw new Error(`Process ${pid} cannot be ended`);
    }
    this.child = undefined;
    fs.rmSync(this.record, { force: true });
  }

  /** Resolves with true when the process has ended, with false when it still runs after `timeout` milliseconds. */
  private async ended(timeout: number): Promise<boolean> {
    const deadline = Date.now() + timeout;
    while (this.running) {
      if (Date.now() >= deadline) return false;
      await sleep(20);
    }
    return true;
  }

  private get adopted(): boolean {
    const identity = this.identity();
    return identity !== undefined && bootAndStart(identity.pid) === identity.start;
  }

  private identity(): { pid: number; start: string } | undefined {
    const [pid, boot, ticks] = readIfThere(this.record)?.trim().split(" ") ?? [];
    return pid && boot && ticks ? { pid: Number(pid), start: `${boot} ${ticks}` } : undefined;
  }
}

/** Boot and start time of a process, undefined when there is none or only its zombie is left. */
function bootAndStart(pid: number): string | undefined {
  const start = startTimeOf(pid);
  return start && `${readIfThere("/proc/sys/kernel/random/boot_id")?.trim()} ${start}`;
}

function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
