import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { NotebookEngine, type NotebookRun, type RunHandle, type RunResult } from "../../../../local/engines/spark";
import { silentLog } from "../../../../local/log";
import { toolPaths, twinPaths } from "../../../../local/paths";

/** Starting Spark, compiling cells: seconds on a quiet machine, a minute on a busy one. */
export const sparkTimeout = 240_000;

/** An engine with a home of its own in a temporary folder. */
export class TestEngine {
  readonly home = mkdtempSync(path.join(tmpdir(), "notebooks-"));
  readonly engine = new NotebookEngine({ home: this.home, tools: toolPaths(), log: silentLog });
  private count = 0;

  /** Where the twin keeps `/Volumes/...`. */
  onDisk(volumePath: string): string {
    return path.join(twinPaths(this.home).volumes, path.relative("/Volumes", volumePath));
  }

  start(source: string, run: Partial<NotebookRun> = {}): Promise<RunHandle> {
    const runId = `run-${++this.count}`;
    return this.engine.run({ runId, source, name: "test", parameters: {}, libraries: [], secrets: {}, ...run });
  }

  /** Runs to the end. */
  async run(source: string, run: Partial<NotebookRun> = {}): Promise<{ result: RunResult; log: string }> {
    const handle = await this.start(source, run);
    return { result: await handle.done, log: readFileSync(handle.logFile, "utf8") };
  }

  async close(): Promise<void> {
    await this.engine.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** A notebook in source format. */
export function notebook(...cells: string[]): string {
  return ["// Databricks notebook source", cells.join("\n\n// COMMAND ----------\n\n")].join("\n");
}

/** The value that a notebook exited with. Throws, with all there is to see, when it did not end well. */
export function exitValue({ result, log }: { result: RunResult; log: string }): string {
  if (result.outcome === "SUCCESS" && result.exitValue !== undefined) return result.exitValue;
  throw new Error(`${JSON.stringify(result)}\n${log}`);
}
