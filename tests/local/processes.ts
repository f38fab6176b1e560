import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Ids of all running processes. */
export function processIds(): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

/** Process id and command line. Of a process that has ended meanwhile, only the id. */
export function describeProcess(pid: number): string {
  try {
    return `${pid} ${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")}`;
  } catch {
    return String(pid);
  }
}

/** Command lines of the running processes that name `text`, but for this one. */
export function processesNaming(text: string): string[] {
  return processIds()
    .filter((pid) => pid !== process.pid)
    .map(describeProcess)
    .filter((line) => line.includes(text));
}

/** The network namespaces that any process is in. */
export function networkNamespaces(): string[] {
  const found = readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/ns/net`);
      } catch {
        return ""; // It ended meanwhile.
      }
    });
  return [...new Set(found)].filter(Boolean).sort();
}
