import pMap from "p-map";
import type { CommitLog, Look } from "../commits";
import type { Workspace } from "../workspace";
import { type Action, type AddedFile, addedFile, checkTable, keyOf, parseCommit, pathOf } from "./actions";
import { type Checkpoint, newestCheckpoint, numbered, parsePointer, readCheckpoint } from "./checkpoint";

// Delta writes files first and then commits them by one entry in <table>/_delta_log, named by the version that it makes
// of the table: https://github.com/delta-io/delta/blob/master/PROTOCOL.md. A stream makes one every few seconds, and
// they are kept for weeks. So the newest checkpoint stands for all before it, no entry is read twice, and the folder is
// listed only where nothing says which checkpoint is the newest.

interface Version {
  /** -1 where there is none yet. */
  version: number;
  actions: Action[];
}

/** The log of a Delta table. */
export class DeltaLog implements CommitLog {
  private readonly log: string;
  /** The newest version that was looked at. */
  private version?: number;

  /**
   * @param table its folder.
   * @param columns that are going to be read.
   */
  constructor(
    private readonly workspace: Pick<Workspace, "files" | "read" | "readIfThere" | "bytes">,
    private readonly table: string,
    private readonly columns: readonly string[],
  ) {
    this.log = `${table}/_delta_log`;
  }

  async next(): Promise<Look> {
    if (this.version === undefined) return this.all();
    const { version, actions } = await this.commitsAfter(this.version);
    // Rows were deleted or changed. What is left of a file of theirs is now in another, with rows that are known.
    if (actions.some(({ remove }) => remove?.dataChange)) return this.all();
    checkTable(this.table, actions, this.columns);
    // Compaction writes rows that are known to other files, and says that no data changes by it.
    const files = actions.flatMap(({ add }) => (add?.dataChange ? [addedFile(this.table, add)] : []));
    const moved = actions.flatMap(({ remove }) => (remove ? [pathOf(this.table, remove.path)] : []));
    this.version = version;
    return { files, moved: new Set(moved), anew: false };
  }

  restart(): void {
    this.version = undefined;
  }

  /** The table as it is: what was added less what was removed. */
  private async all(): Promise<Look> {
    const start = await this.start();
    const later = await this.commitsAfter(start.version);
    const actions = [...start.actions, ...later.actions];
    const live = new Map<string, AddedFile>();
    for (const { add, remove } of actions) {
      if (add) live.set(keyOf(add), add);
      if (remove) live.delete(keyOf(remove));
    }
    checkTable(this.table, actions, this.columns);
    const files = [...live.values()].map((add) => addedFile(this.table, add));
    this.version = later.version < 0 ? undefined : later.version;
    return { files, moved: new Set(), anew: true };
  }

  /** Where to start from: the newest checkpoint; with none, the version before the first. */
  private async start(): Promise<Version> {
    const text = await this.workspace.readIfThere(`${this.log}/_last_checkpoint`);
    if (text !== undefined) return this.at(parsePointer(text));
    const newest = newestCheckpoint(await this.workspace.files(this.log));
    return newest ? this.at(newest) : { version: -1, actions: [] };
  }

  private async at(checkpoint: Checkpoint): Promise<Version> {
    const actions = await readCheckpoint(this.workspace, this.log, checkpoint);
    return { version: checkpoint.version, actions };
  }

  /** The commits after a version. Nothing says which is the last: it is the one whose next is not there. */
  private async commitsAfter(start: number): Promise<Version> {
    const actions: Action[] = [];
    let version = start;
    for (let width = 1; ; width = Math.min(8, width * 2)) {
      const names = Array.from({ length: width }, (_, index) => `${numbered(version + 1 + index, 20)}.json`);
      const texts = await pMap(names, (name) => this.workspace.readIfThere(`${this.log}/${name}`), { concurrency: 8 });
      const end = texts.indexOf(undefined);
      const there = texts.slice(0, end < 0 ? width : end) as string[];
      for (const text of there) actions.push(...parseCommit(text));
      version += there.length;
      if (there.length < width) return { version, actions };
    }
  }
}
