import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Replaces `file` in one step: a reader sees the old text or the new one, never a part, whatever kills the writer.
 * The folder is created with mode 0700, the file with `mode` (0600 unless told).
 */
export function writeFileAtomic(file: string, content: string | Uint8Array, mode = 0o600): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.tmp`;
  const descriptor = fs.openSync(temporary, "w", mode);
  try {
    fs.writeFileSync(descriptor, content);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
  fs.renameSync(temporary, file);
}

/** The text of a file, `undefined` when there is none. */
export function readIfThere(file: string): string | undefined {
  return ifThere(() => fs.readFileSync(file, "utf8"));
}

/** What `work` comes to, `undefined` when the file or folder that it needs is not there. */
export function ifThere<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The files of a folder and of those below it, with their paths, sorted. */
export function filesBelow(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
