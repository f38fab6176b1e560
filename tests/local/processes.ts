import { readdirSync, readFileSync } from "node:fs";

/** Command lines of the running processes that name `text`, but for this one. */
export function processesNaming(text: string): string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .map((pid) => {
      try {
        return `${pid} ${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")}`;
      } catch {
        return ""; // It ended meanwhile.
      }
    })
    .filter((line) => line.includes(text));
}
