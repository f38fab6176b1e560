import * as fs from "node:fs";
import * as path from "node:path";
import { readIfThere, writeFileAtomic } from "./files";
import { isRunning, type ProcessRecord, startTimeOf } from "./process";

/**
 * One supervisor a home. The lock names its process by id and start time, so that one left by SIGKILL is known for
 * what it is at once, even when something else has the id by then.
 */
export class HomeLock {
  private constructor(
    private readonly file: string,
    private readonly text: string,
  ) {}

  /** Takes the lock of `home` for this process. Throws, naming the holder, when a live supervisor has it. */
  static acquire(home: string): HomeLock {
    const file = lockFile(home);
    const text = JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) ?? "" });
    // Written beside it and linked: the lock appears with its content or not at all.
    const prepared = `${file}.${process.pid}`;
    writeFileAtomic(prepared, text);
    try {
      for (;;) {
        if (linked(prepared, file)) return new HomeLock(file, text);
        const holder = lockHolder(home);
        if (holder) throw new Error(`A supervisor of \`${home}\` is running already, as process ${holder.pid}.`);
        removeStale(file);
      }
    } finally {
      fs.rmSync(prepared, { force: true });
    }
  }

  release(): void {
    if (readIfThere(this.file) === this.text) fs.rmSync(this.file, { force: true });
  }
}

/** The live supervisor of `home`, whether or not it is ready. */
export function lockHolder(home: string): ProcessRecord | undefined {
  const text = readIfThere(lockFile(home));
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as ProcessRecord;
    return isRunning(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a supervisor of `home` was killed: it left its lock behind, and perhaps what it had started. */
export function wasKilled(home: string): boolean {
  return fs.existsSync(lockFile(home)) && !lockHolder(home);
}

function lockFile(home: string): string {
  return path.join(home, "supervisor.lock");
}

function linked(from: string, to: string): boolean {
  try {
    fs.linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Moves a dead supervisor's lock away. A lock that a rival has put there meanwhile is moved back. */
function removeStale(file: string): void {
  const stale = readIfThere(file);
  const aside = `${file}.stale.${process.pid}`;
  try {
    fs.renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (readIfThere(aside) !== stale) linked(aside, file);
  fs.rmSync(aside, { force: true });
}
