import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describeProcess, processIds } from "../local/processes";

/** What of the system outlives a process, or is one. */
export interface Traces {
  networkNamespaces: string[];
  networkInterfaces: string[];
  mounts: string[];
}

/** What there is now, to compare with later: take it before the first thing is started. */
export function tracesNow(): Traces {
  return {
    // Named ones; one without a name goes with its last process.
    networkNamespaces: entries("/run/netns"),
    networkInterfaces: entries("/sys/class/net"),
    mounts: readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .map((line) => line.split(" ")[4] ?? ""),
  };
}

/**
 * Everything that a twin has left: processes that name its home (in their command or their environment);
 * the home itself; network namespaces, network interfaces and mounts that were not there
 * `before`. Call it after `stop()`; empty is what a test expects. What is just ending gets `patienceMs`.
 */
export async function leftovers(home: string, before: Traces, patienceMs = 5_000): Promise<string[]> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const left = found(home, before);
    if (left.length === 0 || Date.now() > deadline) return left;
    await sleep(100);
  }
}

/** Processes of a twin, wherever its home is written. Those of the engine name it in their environment only. */
export function processesOf(home: string): string[] {
  return processIds()
    .filter((pid) => pid !== process.pid && belongsTo(home, pid))
    .map(describeProcess);
}

function found(home: string, before: Traces): string[] {
  const now = tracesNow();
  const fresh = (key: keyof Traces) => now[key].filter((entry) => !before[key].includes(entry));
  return [
    ...processesOf(home).map((line) => `process ${line}`),
    ...(existsSync(home) ? [`folder ${home}`] : []),
    ...fresh("networkNamespaces").map((name) => `network namespace ${name}`),
    ...fresh("networkInterfaces").map((name) => `network interface ${name}`),
    ...fresh("mounts").map((name) => `mount ${name}`),
  ];
}

function belongsTo(home: string, pid: number): boolean {
  return ["cmdline", "environ"].some((file) => textOf(path.join("/proc", String(pid), file)).includes(home));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // It ended meanwhile, or is another user's.
  }
}

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
