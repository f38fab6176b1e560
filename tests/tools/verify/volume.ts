import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

/** Where the tables of `tables/` are put. */
export const events = "/Volumes/main/streaming/output/events";

/** A table that Spark has written (see `tables.scala`): contents by path from /Volumes on. */
export function tableFiles(name: string): Map<string, Buffer> {
  const folder = path.join(__dirname, "tables", name);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => {
      const file = path.join(parentPath, name);
      return [`${events}/${path.relative(folder, file).replaceAll(path.sep, "/")}`, readFileSync(file)];
    }),
  );
}

/** Files in memory, read as `Workspace` reads those of a volume. */
export class Volume {
  /** What was asked for, in order: files, and folders with a slash at the end. */
  readonly asked: string[] = [];

  constructor(readonly contents: Map<string, Buffer>) {}

  async files(folder: string): Promise<string[]> {
    this.asked.push(`${folder}/`);
    const names = [...this.contents.keys()].filter((file) => file.startsWith(`${folder}/`));
    return names.map((file) => file.slice(folder.length + 1)).filter((name) => !name.includes("/"));
  }

  async readIfThere(file: string): Promise<string | undefined> {
    this.asked.push(file);
    return this.contents.get(file)?.toString();
  }

  async read(file: string): Promise<string> {
    return (await this.readIfThere(file)) ?? this.missing(file);
  }

  async bytes(file: string, { start, end }: { start?: number; end?: number } = {}): Promise<ArrayBuffer> {
    this.asked.push(file);
    const content = this.contents.get(file) ?? this.missing(file);
    return new Uint8Array(content.subarray(start, end)).buffer;
  }

  private missing(file: string): never {
    throw new Error(`404 for ${file}`);
  }
}
