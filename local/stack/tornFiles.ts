import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import * as path from "node:path";

/**
 * Makes the engine's state readable again after a kill in the middle of a write.
 *
 * The engine keeps a file with attributes beside each file of its state, written in place: one that was cut short makes
 * the state unreadable ("failed to load checkpoint: EOF"), and one that is missing does no harm. The state itself is
 * replaced as a whole; should it be torn all the same, its backup is the state of one step before.
 */
export function repairTornFiles(stateFolder: string): void {
  const root = path.join(stateFolder, ".pulumi");
  if (!existsSync(root)) return;
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).map((name) => path.join(root, name));
  for (const file of files) if (file.endsWith(".attrs") && !isJson(file)) rmSync(file, { force: true });
  for (const backup of files) {
    const state = backup.replace(/\.bak$/, "");
    if (state !== backup && state.endsWith(".json") && isJson(backup) && !isJson(state)) copyFileSync(backup, state);
  }
}

function isJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}
