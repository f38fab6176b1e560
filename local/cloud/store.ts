import * as fs from "node:fs";
import { writeFileAtomic } from "../files";

/**
 * A map that lives in one JSON file, mode 0600. Every change is on disk before the call returns, so a service that
 * answers after `set` has not promised what a SIGKILL can take back. Values are plain JSON; treat them as immutable
 * and `set` a changed copy.
 */
export class JsonStore<T> {
  private constructor(
    readonly file: string,
    private readonly entriesByKey: Map<string, T>,
  ) {}

  /** Reads `file`, or starts empty when there is none. Fails when it holds anything but a JSON object. */
  static open<T>(file: string): JsonStore<T> {
    if (!fs.existsSync(file)) return new JsonStore<T>(file, new Map());
    try {
      const content: unknown = JSON.parse(fs.readFileSync(file, "utf8"));
      if (typeof content !== "object" || content === null || Array.isArray(content)) throw new Error("not an object");
      return new JsonStore<T>(file, new Map(Object.entries(content as Record<string, T>)));
    } catch (error) {
      throw new Error(
        `\`${file}\` holds the twin's state but cannot be read (${(error as Error).message}); ` +
          "restore it, or delete the twin's home folder to start from nothing",
      );
    }
  }

  get(key: string): T | undefined {
    return this.entriesByKey.get(key);
  }

  has(key: string): boolean {
    return this.entriesByKey.has(key);
  }

  keys(): string[] {
    return [...this.entriesByKey.keys()];
  }

  values(): T[] {
    return [...this.entriesByKey.values()];
  }

  entries(): [string, T][] {
    return [...this.entriesByKey.entries()];
  }

  set(key: string, value: T): void {
    this.entriesByKey.set(key, value);
    this.save();
  }

  /** Removes keys in one write. Absent ones are ignored. */
  delete(...keys: string[]): void {
    for (const key of keys) this.entriesByKey.delete(key);
    this.save();
  }

  private save(): void {
    writeFileAtomic(this.file, `${JSON.stringify(Object.fromEntries(this.entriesByKey), null, 1)}\n`);
  }
}
