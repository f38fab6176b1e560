import { readdirSync, readFileSync, statSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import { heldOffsets, kafkaClient, type OffsetRange, withAdmin } from "../../../tools/stack/kafka";
import { compare, count, countRepeats, type Found, find } from "../../../tools/verify/compare";
import { committedFiles, currentLogs } from "../../../tools/verify/sinkLog";
import { Sequence } from "./sequence";

/** What became of the events of a stretch of time, each counted by its id. */
export interface Counts {
  produced: number;
  consumed: number;
  lost: number;
  duplicated: number;
}

/** A row of the sink, as far as it matters here. */
interface SinkRow {
  id: string | null;
  partition: number;
  offset: number;
}

export interface LedgerOptions {
  brokers: string[];
  topic: string;
  /** Root of `/Volumes` on this machine. */
  volumes: string;
  /** Where the consumer writes events, from `/Volumes` on. */
  eventsFolder: string;
  /** The data set that the producer replays. */
  dataset: string;
}

/**
 * Follows every event from the producer notebook to the files that the consumer notebook has committed.
 *
 * The producer sends the lines of a data set in order, so it is known which ids there have to be; and an idempotent
 * producer keeps the order in each partition. So once every partition holds an event from after some line, all lines up
 * to it must be there: what is missing then is lost, not late.
 */
export class Ledger {
  private readonly kafka: Kafka;
  private readonly sequence: Sequence;
  private readonly offsets: Found = new Map();
  /** Of each partition the place in the sequence that it has got to. */
  private readonly reached = new Map<number, number>();
  /** How often each place in the sequence is in the sink. */
  private readonly times = new Map<number, number>();
  private readonly done = new Set<string>();
  /** Where the next stretch begins. */
  private counted = 0;

  constructor(private readonly options: LedgerOptions) {
    this.kafka = kafkaClient(options.brokers);
    this.sequence = Sequence.ofDataset(readFileSync(options.dataset, "utf8"));
  }

  /** What the topic holds now. */
  held(): Promise<OffsetRange[]> {
    return withAdmin(this.kafka, (admin) => heldOffsets(admin, this.options.topic));
  }

  /** How many records the topic holds that the sink does not hold. */
  async waiting(): Promise<number> {
    const held = await this.held();
    this.update();
    return count(compare(held, this.offsets).missing);
  }

  /**
   * Waits until the sink holds, of every partition, a record beyond what the topic held when `before` was taken, and
   * resolves with the time that took from `since` on, ms.
   */
  async recovered(before: readonly OffsetRange[], since: number, deadlineMs = 120_000): Promise<number> {
    await this.until(
      () => before.every(({ partition, to }) => Math.max(-1, ...(this.offsets.get(partition)?.keys() ?? [])) >= to),
      deadlineMs,
      () => `no event that was sent after the fault in the sink; it reaches ${JSON.stringify([...this.reached])}`,
    );
    return Date.now() - since;
  }

  /**
   * Waits until the sink has all that the topic holds now, and counts the stretch since the last call. Throws when the
   * consumer has left out, or has committed twice, any offset at all.
   */
  async settle(deadlineMs = 120_000): Promise<Counts> {
    const held = await this.held();
    const missing = () => compare(held, this.offsets).missing;
    await this.until(
      () => missing().length === 0,
      deadlineMs,
      () => `${count(missing())} records of the topic not in the sink: ${JSON.stringify(missing())}`,
    );
    const { duplicates } = compare(held, this.offsets);
    if (duplicates.length > 0) throw new Error(`The sink has ${countRepeats(duplicates)} records more than once`);
    return this.stretch();
  }

  private stretch(): Counts {
    const from = this.counted;
    const to = Math.min(...this.reached.values()) + 1;
    this.counted = to;
    const counts: Counts = { produced: to - from, consumed: 0, lost: 0, duplicated: 0 };
    for (let place = from; place < to; place++) {
      const times = this.times.get(place) ?? 0;
      if (times === 0) counts.lost++;
      else counts.consumed++;
      counts.duplicated += Math.max(0, times - 1);
    }
    return counts;
  }

  private async until(holds: () => boolean, deadlineMs: number, why: () => string): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      this.update();
      if (holds()) return;
      if (Date.now() > deadline) throw new Error(`After ${deadlineMs / 1000} s: ${why()}`);
      await sleep(100);
    }
  }

  /** Reads what has been committed since the last call, from the disk: the services may be what is broken. */
  private update(): void {
    const folder = this.onDisk(this.options.eventsFolder);
    const log = path.join(folder, "_spark_metadata");
    if (!statSync(log, { throwIfNoEntry: false })) return;
    const texts = currentLogs(readdirSync(log)).map((name) => readFileSync(path.join(log, name), "utf8"));
    for (const { path: file } of committedFiles(texts)) {
      if (this.done.has(file)) continue;
      this.done.add(file);
      const lines = readFileSync(this.onDisk(file), "utf8").split("\n").filter(Boolean);
      for (const line of lines) this.note(JSON.parse(line) as SinkRow);
    }
  }

  private note({ id, partition, offset }: SinkRow): void {
    find(this.offsets, partition, offset);
    const place = id === null ? undefined : this.sequence.placeOf(id);
    if (place === undefined) return;
    this.times.set(place, (this.times.get(place) ?? 0) + 1);
    this.reached.set(partition, Math.max(place, this.reached.get(partition) ?? 0));
  }

  private onDisk(file: string): string {
    return path.join(this.options.volumes, file.replace(/^\/Volumes/, ""));
  }
}
