import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { createTwoFilesPatch, structuredPatch } from "diff";
import type { NotebookChange } from "./model";

/** Notebooks that differ between two versions of the project. */
export function notebookChanges(base: string, head: string): NotebookChange[] {
  const names = [...new Set([base, head].flatMap(notebooks))].sort();
  return names.flatMap((name): NotebookChange[] => {
    const file = path.posix.join("notebooks", name);
    const [before, after] = [base, head].map((folder) => read(path.join(folder, file))) as [string, string];
    if (before === after) return [];
    const lines = structuredPatch(file, file, before, after).hunks.flatMap((hunk) => hunk.lines);
    return [
      {
        file,
        added: lines.filter((line) => line.startsWith("+")).length,
        removed: lines.filter((line) => line.startsWith("-")).length,
        patch: createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, undefined, undefined, { context: 2 })
          .replace(/^=+\n/, "")
          .trimEnd(),
      },
    ];
  });
}

function notebooks(folder: string): string[] {
  const place = path.join(folder, "notebooks");
  return existsSync(place) ? readdirSync(place).filter((name) => name.endsWith(".scala")) : [];
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
