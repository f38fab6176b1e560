import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process as it is remembered on disk: a number alone may by then belong to a stranger. */
export interface ProcessRecord {
  pid: number;
  /** When it started, as the system writes it; only good for comparison. */
  startTime: string;
}

/** When the process started, `undefined` when there is none. */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform === "linux") {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The second field is the program's name in brackets and may hold anything; state and the rest follow it.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return /[ZX]/.test(fields[0] ?? "") ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  return spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim() || undefined;
}

/** Whether the remembered process still runs. */
export function isRunning(record: ProcessRecord): boolean {
  return startTimeOf(record.pid) === record.startTime;
}

/**
 * Ends a process that leads a process group, and its group: SIGTERM, then SIGKILL after `graceMs`.
 * Resolves when it is gone; at once when it is not the process that was remembered.
 */
export async function endGroup(record: ProcessRecord, graceMs: number): Promise<void> {
  const deadline = Date.now() + graceMs;
  if (isRunning(record)) signalGroup(record.pid, "SIGTERM");
  while (isRunning(record)) {
    if (Date.now() > deadline) signalGroup(record.pid, "SIGKILL");
    await sleep(50);
  }
}

/** Signals a process group by its leader's id; nothing happens when there is none. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Kills what can be killed of the process group of a child; nothing happens when that never started. */
export function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, "SIGKILL");
  } catch {
    // Nothing was left in it.
  }
}

/** Whether a process of that id runs, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
