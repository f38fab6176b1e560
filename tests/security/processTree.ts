import { readdirSync, readFileSync } from "node:fs";
import { describeProcess, processIds } from "../local/processes";

export interface RunningProcess {
  pid: number;
  /** Command line. */
  command: string;
  /** `NAME=value`, as the process was started. */
  environment: string[];
}

/** The processes of the twin in `home`: those that name it, and what they started. */
export function processesOf(home: string): RunningProcess[] {
  const all = processIds().filter((pid) => pid !== process.pid);
  const found = new Set(all.filter((pid) => describeProcess(pid).includes(home)));
  const children = new Map<number, number[]>();
  for (const pid of all) {
    const parent = parentOf(pid);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  // A set hands out what is added to it while it is gone through.
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child);
  return [...found].flatMap((pid) => describe(pid) ?? []);
}

function describe(pid: number): RunningProcess | undefined {
  try {
    // Of a process that has ended, or is a zombie, there is nothing to see.
    readdirSync(`/proc/${pid}/fd`);
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").filter(Boolean);
    return { pid, command: describeProcess(pid), environment };
  } catch {
    return undefined;
  }
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
