import type { Logger } from "../log";
import type { Snapshot } from "./model";
import type { SnapshotSource } from "./snapshot";

/** Takes snapshots while somebody watches, and none otherwise: a page that nobody has open costs nothing. */
export class Feed {
  private readonly watchers = new Set<(snapshot: Snapshot) => void>();
  private latest: Snapshot | undefined;
  private looking: Promise<void> | undefined;

  /** @param intervalMs from the end of one look to the beginning of the next */
  constructor(
    private readonly source: SnapshotSource,
    private readonly log: Logger,
    private readonly intervalMs = 2_000,
  ) {}

  /** Hands over the newest snapshot and all that come, until the function that it returns is called. */
  watch(watcher: (snapshot: Snapshot) => void): () => void {
    this.watchers.add(watcher);
    if (this.latest) watcher(this.latest);
    this.looking ??= this.look();
    return () => this.watchers.delete(watcher);
  }

  /** Resolves when nothing is looked at any more. */
  async close(): Promise<void> {
    this.watchers.clear();
    await this.looking;
  }

  private async look(): Promise<void> {
    // Somebody may come while the source is told that nobody looks.
    while (this.watchers.size > 0) {
      await this.lookWhileWatched();
      // Shown to the next watcher it would pass for the present.
      this.latest = undefined;
      await this.source.rest();
    }
    this.looking = undefined;
  }

  private async lookWhileWatched(): Promise<void> {
    while (this.watchers.size > 0) {
      try {
        this.latest = await this.source.take();
        for (const watcher of this.watchers) watcher(this.latest);
      } catch (error) {
        this.log.error("no snapshot", { error });
      }
      await this.pause();
    }
  }

  private async pause(): Promise<void> {
    const end = Date.now() + this.intervalMs;
    while (this.watchers.size > 0 && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(100, this.intervalMs)));
    }
  }
}
