import pMap from "p-map";
import { reason } from "../stack/failure";
import type { OffsetRange } from "../stack/kafka";
import type { CommitLog, CommittedFile } from "./commits";
import { type Found, find } from "./compare";
import { DeltaLog } from "./delta/log";
import { jsonRows, parquetRows, type RowReader, rowColumns } from "./rows";
import { SinkLog } from "./sinkLog";
import type { Workspace } from "./workspace";

type Files = Pick<Workspace, "files" | "read" | "readIfThere" | "bytes">;

/** What can be read from here, by the consumer's `sink`: which files are committed, and what is in a file. */
const formats: Record<string, { log: (workspace: Files, folder: string) => CommitLog; rows: RowReader }> = {
  json: { log: (workspace, folder) => new SinkLog(workspace, folder), rows: jsonRows },
  parquet: { log: (workspace, folder) => new SinkLog(workspace, folder), rows: parquetRows },
  delta: { log: (workspace, folder) => new DeltaLog(workspace, folder, rowColumns), rows: parquetRows },
};

/** Where the consumer writes raw events, by the parameters of its job. */
export function eventsFolder({ output }: Record<string, string>): string {
  return `${output}/events`;
}

/**
 * Why the records in the consumer's sink cannot be read from here; undefined where they can: Delta, JSON or Parquet in a
 * volume. Of a Delta table only its log says more.
 */
export function unreadable({ sink, output }: Record<string, string>): string | undefined {
  if (!(sink in formats))
    return `the consumer's sink is ${sink}, and only delta, json and parquet can be read from here`;
  if (output?.startsWith("/Volumes/")) return undefined;
  return `the consumer writes to ${output}, and only what is below /Volumes can be read from here`;
}

interface ReaderOptions {
  /** What the topic holds. Of what was before a partition's `from`, files with nothing else are not read. */
  ranges: readonly OffsetRange[];
  /** Tells the ids whose time of arrival matters. */
  isMarked: (id: string) => boolean;
  progress?: (message: string) => void;
}

/** So many files take long enough for one to wonder. */
const many = 500;

/** What the consumer has committed so far. Each file is read once: committed files do not change. */
export class SinkReader {
  readonly found: Found = new Map();
  /** When the first file with a marked record was written, by the record's id; ms since 1970. */
  readonly written = new Map<string, number>();
  private readonly log: CommitLog;
  private readonly done = new Set<string>();
  private readonly pending = new Map<string, CommittedFile>();
  private readonly unread = new Map<string, string>();

  /**
   * @param sink delta, json or parquet, as the consumer's parameter says.
   * @param options what of it matters, and who is told when there is much of it.
   */
  constructor(
    private readonly workspace: Files,
    private readonly sink: string,
    folder: string,
    private readonly options: ReaderOptions,
  ) {
    this.log = formats[sink].log(workspace, folder);
  }

  /** Reads what has been committed since the last call. */
  async update(): Promise<void> {
    // The rows of a file that is gone may be in one with others that are known: no way but to count anew.
    for (let turn = 0; turn < 2 && !(await this.look()); turn++) this.log.restart();
  }

  /** Committed files that cannot be read, with the reason. */
  problems(): string[] {
    return [...this.unread].map(([path, why]) => `The consumer committed ${path}, which cannot be read: ${why}`);
  }

  /** False when a file cannot be read any more whose rows have been moved to others. */
  private async look(): Promise<boolean> {
    const { files, moved, anew } = await this.log.next();
    if (anew) for (const known of [this.found, this.done, this.pending, this.unread]) known.clear();
    for (const file of files) if (!this.done.has(file.path) && this.matters(file)) this.pending.set(file.path, file);
    if (this.pending.size > many) this.options.progress?.(`Reading ${this.pending.size} files that the consumer wrote`);
    await pMap(this.pending.values(), (file) => this.readFile(file), { concurrency: 8 });
    return ![...this.pending.keys()].some((path) => moved.has(path));
  }

  /** Whether a file may have records that count: a table outlives what the topic holds by far. */
  private matters({ bounds }: CommittedFile): boolean {
    if (!bounds) return true;
    const { partition: partitions, offset } = bounds;
    return this.options.ranges.some(
      ({ partition, from }) => partitions.min <= partition && partition <= partitions.max && offset.max >= from,
    );
  }

  private async readFile(file: CommittedFile): Promise<void> {
    const { path, modified } = file;
    try {
      for (const { id, partition, offset } of await formats[this.sink].rows(this.workspace, file)) {
        find(this.found, partition, offset);
        if (id && this.options.isMarked(id)) this.written.set(id, Math.min(modified, this.written.get(id) ?? modified));
      }
      this.done.add(path);
      this.pending.delete(path);
      this.unread.delete(path);
    } catch (error) {
      this.unread.set(path, reason(error));
    }
  }
}
