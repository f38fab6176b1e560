import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { createTwoFilesPatch, structuredPatch } from "diff";
import type { Step } from "./events";
import type { NotebookChange } from "./model";

/** Notebooks that differ between two versions of the project. */
export function notebookChanges(base: string, head: string): NotebookChange[] {
  const names = [...new Set([base, head].flatMap(notebooks))].sort();
  return names.flatMap((name): NotebookChange[] => {
    const file = path.posix.join("notebooks", name);
    const [before, after] = [base, head].map((folder) => read(path.join(folder, file))) as [string, string];
    return before === after ? [] : [changeOf(file, before, after)];
  });
}

/** Notebooks whose text a deployment changes, by the paths that they have in the workspace. */
export function deployedNotebookChanges(steps: readonly Step[]): NotebookChange[] {
  return steps.flatMap(({ op, oldState, newState }): NotebookChange[] => {
    if (op !== "update" || newState?.type !== "databricks:index/notebook:Notebook") return [];
    const [before, after] = [oldState, newState].map((state) => text(state?.inputs?.contentBase64));
    if (before === undefined || after === undefined || before === after) return [];
    return [changeOf(String(newState.inputs?.path), before, after)];
  });
}

function changeOf(file: string, before: string, after: string): NotebookChange {
  const lines = structuredPatch(file, file, before, after).hunks.flatMap((hunk) => hunk.lines);
  const [old, now] = file.startsWith("/") ? [file, file] : [`a/${file}`, `b/${file}`];
  return {
    file,
    added: lines.filter((line) => line.startsWith("+")).length,
    removed: lines.filter((line) => line.startsWith("-")).length,
    patch: createTwoFilesPatch(old, now, before, after, undefined, undefined, { context: 2 })
      .replace(/^=+\n/, "")
      .trimEnd(),
  };
}

function text(base64: unknown): string | undefined {
  return typeof base64 === "string" ? Buffer.from(base64, "base64").toString("utf8") : undefined;
}

function notebooks(folder: string): string[] {
  const place = path.join(folder, "notebooks");
  return existsSync(place) ? readdirSync(place).filter((name) => name.endsWith(".scala")) : [];
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
