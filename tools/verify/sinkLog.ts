import pMap from "p-map";
import { z } from "zod";
import type { CommitLog, CommittedFile, Look } from "./commits";
import type { Workspace } from "./workspace";

// Spark's file sink writes files first and then commits each batch by one entry in <output>/_spark_metadata: a file
// named by the batch's number, or NUMBER.compact, which repeats all entries up to it.

const entry = z.object({
  path: z.string(),
  size: z.number(),
  modificationTime: z.number(),
  action: z.enum(["add", "delete"]),
});

/** The log of Spark's file sink, which has the formats json and parquet. */
export class SinkLog implements CommitLog {
  private readonly log: string;
  private texts = new Map<string, string>();

  /** @param folder that the sink writes to. */
  constructor(
    private readonly workspace: Pick<Workspace, "files" | "read">,
    folder: string,
  ) {
    this.log = `${folder}/_spark_metadata`;
  }

  /** Each look names all files. A log file does not change once it is there, so only new ones are fetched. */
  async next(): Promise<Look> {
    const names = currentLogs(await this.workspace.files(this.log));
    const fetchLog = async (name: string) => this.texts.get(name) ?? this.workspace.read(`${this.log}/${name}`);
    const texts = await pMap(names, fetchLog, { concurrency: 8 });
    this.texts = new Map(names.map((name, index) => [name, texts[index]]));
    return { files: committedFiles(texts), moved: new Set(), anew: false };
  }

  restart(): void {
    this.texts.clear();
  }
}

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
      const { path: uri, size, modificationTime: modified, action } = entry.parse(JSON.parse(line));
      const path = volumePath(uri);
      if (action === "delete") files.delete(path);
      else files.set(path, { path, modified, size });
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
