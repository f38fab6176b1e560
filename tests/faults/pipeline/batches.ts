import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { committedFiles, currentLogs } from "../../../tools/verify/sinkLog";

/** Files with rows that a batch has written, whether or not it was committed. */
export function writtenFiles(sink: string): string[] {
  return existsSync(sink) ? readdirSync(sink).filter((name) => name.startsWith("part-")) : [];
}

/** Of these files, the ones that belong to no committed batch: what a killed batch leaves, and no reader takes. */
export function uncommitted(sink: string, files: readonly string[]): string[] {
  const log = path.join(sink, "_spark_metadata");
  const texts = currentLogs(readdirSync(log)).map((name) => readFileSync(path.join(log, name), "utf8"));
  const committed = new Set(committedFiles(texts).map((file) => path.basename(file.path)));
  return files.filter((name) => !committed.has(name));
}

/** Resolves in the middle of a batch: it has begun to write a file, and has not committed it. */
export async function midBatch(sink: string): Promise<void> {
  const before = new Set(writtenFiles(sink));
  while (writtenFiles(sink).every((name) => before.has(name))) await sleep(2);
}
