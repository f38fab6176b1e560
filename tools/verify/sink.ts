import pMap from "p-map";
import { z } from "zod";
import { reason } from "../stack/failure";
import { type Found, find } from "./compare";
import { type CommittedFile, committedFiles, currentLogs } from "./sinkLog";
import type { Workspace } from "./workspace";

const row = z.object({ id: z.string().nullish(), partition: z.int(), offset: z.int() });

/** Where the consumer writes raw events, by the parameters of its job. */
export function eventsFolder({ output }: Record<string, string>): string {
  return `${output}/events`;
}

/** Why the records in the consumer's sink cannot be read from here; undefined where they can: JSON in a volume. */
export function unreadable({ sink, output }: Record<string, string>): string | undefined {
  if (sink !== "json") return `the consumer's sink is ${sink}, and only json can be read from here`;
  if (output?.startsWith("/Volumes/")) return undefined;
  return `the consumer writes to ${output}, and only what is below /Volumes can be read from here`;
}

/** What the consumer has committed so far. Each file is read once: committed files do not change. */
export class SinkReader {
  readonly found: Found = new Map();
  /** When the file with a marked record was written, by the record's id; ms since 1970. */
  readonly written = new Map<string, number>();
  private readonly done = new Set<string>();
  private readonly unread = new Map<string, string>();
  private logs = new Map<string, string>();

  /** @param isMarked tells the ids whose time of arrival matters. */
  constructor(
    private readonly workspace: Pick<Workspace, "files" | "read">,
    private readonly folder: string,
    private readonly isMarked: (id: string) => boolean,
  ) {}

  /** Reads what has been committed since the last call. */
  async update(): Promise<void> {
    const texts = await this.readLogs();
    const fresh = committedFiles(texts).filter(({ path }) => !this.done.has(path));
    await pMap(fresh, (file) => this.readFile(file), { concurrency: 8 });
  }

  /** Committed files that cannot be read, with the reason. */
  problems(): string[] {
    return [...this.unread].map(([path, why]) => `The consumer committed ${path}, which cannot be read: ${why}`);
  }

  /** The current logs in order. A log does not change once it is there, so only new ones are fetched. */
  private async readLogs(): Promise<string[]> {
    const folder = `${this.folder}/_spark_metadata`;
    const names = currentLogs(await this.workspace.files(folder));
    const fetchLog = async (name: string) => this.logs.get(name) ?? this.workspace.read(`${folder}/${name}`);
    const texts = await pMap(names, fetchLog, { concurrency: 8 });
    this.logs = new Map(names.map((name, index) => [name, texts[index]]));
    return texts;
  }

  private async readFile({ path, modified }: CommittedFile): Promise<void> {
    try {
      const lines = (await this.workspace.read(path)).split("\n").filter((line) => line !== "");
      const rows = lines.map((line) => row.parse(JSON.parse(line)));
      for (const { id, partition, offset } of rows) {
        find(this.found, partition, offset);
        if (id && this.isMarked(id)) this.written.set(id, modified);
      }
      this.done.add(path);
      this.unread.delete(path);
    } catch (error) {
      this.unread.set(path, reason(error));
    }
  }
}
