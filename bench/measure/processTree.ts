import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second in /proc/PID/stat: USER_HZ, 100 on every Linux (proc_pid_stat(5)). */
const ticksPerSecond = 100;

/** What a process and all that it started have used so far. */
export interface Usage {
  /** Processor time, user and system. */
  cpuSeconds: number;
  /**
   * The most memory that all of them held at one time. Pages that several share count once: it is the sum of their
   * proportional set sizes, `Pss` in /proc/PID/smaps_rollup (proc_pid_smaps(5)).
   */
  peakMB: number;
}

/**
 * Watches a process and its descendants in Linux's /proc, by looking every few milliseconds. What a process did since
 * the last look before its end is not seen, and neither is one that came and went between two looks.
 */
export class ProcessTree {
  private readonly cpu = new Map<number, number>();
  private peak = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly roots: readonly number[],
    intervalMs = 25,
  ) {
    this.look();
    this.timer = setInterval(() => this.look(), intervalMs);
  }

  /** Ends the watch. */
  stop(): Usage {
    clearInterval(this.timer);
    return { cpuSeconds: sum([...this.cpu.values()]), peakMB: this.peak };
  }

  private look(): void {
    const children = new Map<number, number[]>();
    const ticks = new Map<number, number>();
    for (const entry of readdirSync("/proc")) {
      const pid = Number(entry);
      const stat = Number.isNaN(pid) ? undefined : readStat(pid);
      if (!stat) continue;
      ticks.set(pid, stat.ticks);
      children.set(stat.parent, [...(children.get(stat.parent) ?? []), pid]);
    }
    // One whose parent has ended belongs to the tree all the same. A set hands out what is added while it is gone through.
    const tree = new Set([...this.roots, ...this.cpu.keys()].filter((pid) => ticks.has(pid)));
    for (const pid of tree) for (const child of children.get(pid) ?? []) tree.add(child);
    for (const pid of tree) this.cpu.set(pid, (ticks.get(pid) ?? 0) / ticksPerSecond);
    this.peak = Math.max(this.peak, sum([...tree].map(memoryMB)));
  }
}

/** Memory that processes and all that they started hold now. */
export function memoryOf(roots: readonly number[]): number {
  return new ProcessTree(roots).stop().peakMB;
}

/** Parent and processor time, in ticks; undefined for a process that is gone. */
function readStat(pid: number): { parent: number; ticks: number } | undefined {
  const text = readOf(pid, "stat");
  if (text === undefined) return undefined;
  // The name, in parentheses, may have spaces and parentheses of its own.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

function memoryMB(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readOf(pid, "smaps_rollup") ?? "")?.[1];
  return Number(kilobytes ?? 0) / 1024;
}

function readOf(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, next) => total + next, 0);
