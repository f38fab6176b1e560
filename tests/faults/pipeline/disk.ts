import { readdirSync, statSync } from "node:fs";
import * as path from "node:path";
import { execa } from "execa";

/*
 * A full disk, for one process and without root: the kernel refuses to let its files grow beyond a size
 * (RLIMIT_FSIZE), and the write that would do so fails, as it does on a disk without space (EFBIG in place of ENOSPC).
 */

/** From now on no file that the process writes grows beyond `bytes`. */
export async function fillDisk(pid: number, bytes: number): Promise<void> {
  // The soft limit only, which can be lifted again.
  await execa("prlimit", ["--pid", String(pid), `--fsize=${bytes}:`]);
}

/** Size of the largest segment of a topic in a broker's folder. */
export function largestSegment(folder: string, topic: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const segments = files.filter((file) => file.includes(`${path.sep}${topic}-`) && file.endsWith(".log"));
  return Math.max(...segments.map((file) => statSync(path.join(folder, file)).size));
}
