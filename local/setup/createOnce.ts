import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { readIfThere } from "../files";

/**
 * The text of `file`; made and written first if there is none, mode 0600 in a folder of mode 0700.
 * Of two processes that come at once one writes, and both get what it wrote.
 */
export function createOnce(file: string, make: () => string): string {
  const existing = readIfThere(file);
  if (existing !== undefined) return existing;
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomUUID()}.tmp`;
  fs.writeFileSync(temporary, make(), { mode: 0o600, flush: true });
  try {
    // Unlike a rename, a link fails when somebody else was first.
    fs.linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    fs.rmSync(temporary);
  }
  return fs.readFileSync(file, "utf8");
}
