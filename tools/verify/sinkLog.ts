import { z } from "zod";

// Spark's file sink writes files first and then commits each batch by one entry in <output>/_spark_metadata: a file
// named by the batch's number, or NUMBER.compact, which repeats all entries up to it. Only what is listed there counts;
// other files are of attempts that failed.

/** A file that Spark's file sink has committed. */
export interface CommittedFile {
  /** As the Files API takes it, from /Volumes on. */
  path: string;
  /** When it was written, ms since 1970. */
  modified: number;
}

const entry = z.object({
  path: z.string(),
  modificationTime: z.number(),
  action: z.enum(["add", "delete"]),
});

/** The log files that matter, in order: the newest compacted one and those after it. Temporary files are no part. */
export function currentLogs(names: readonly string[]): string[] {
  const logs = names
    .map((name) => ({ name, match: /^(\d+)(\.compact)?$/.exec(name) }))
    .flatMap(({ name, match }) => (match ? [{ name, batch: Number(match[1]), compact: match[2] !== undefined }] : []))
    .sort((a, b) => a.batch - b.batch);
  const newest = logs.map(({ compact }) => compact).lastIndexOf(true);
  return logs.slice(Math.max(0, newest)).map(({ name }) => name);
}

/** Files that are committed, given the texts of the logs in order. Throws when a text is not of the known version. */
export function committedFiles(logs: readonly string[]): CommittedFile[] {
  const files = new Map<string, CommittedFile>();
  for (const log of logs) {
    const [version, ...lines] = log.split("\n");
    if (version.trim() !== "v1") throw new Error(`The sink's log is of version ${JSON.stringify(version)}, not v1`);
    for (const line of lines.filter((text) => text.trim() !== "")) {
      const { path: uri, modificationTime, action } = entry.parse(JSON.parse(line));
      const path = volumePath(uri);
      if (action === "delete") files.delete(path);
      else files.set(path, { path, modified: modificationTime });
    }
  }
  return [...files.values()];
}

/** The path of a file, of whatever scheme Spark wrote it with, from /Volumes on. */
export function volumePath(uri: string): string {
  const start = uri.indexOf("/Volumes/");
  if (start < 0) throw new Error(`The sink wrote ${uri}, which is not under /Volumes`);
  return decodeURIComponent(uri.slice(start));
}
