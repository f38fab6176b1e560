import { readFileSync } from "node:fs";
import * as path from "node:path";
import { librariesFor } from "../../components/databricks/runtime";
import { NotebookEngine, type RunHandle } from "../../local/engines/spark";
import { silentLog } from "../../local/log";
import { projectRoot, toolPaths, twinPaths } from "../../local/paths";

/** What a notebook ended with, and what its cells printed. */
export interface Ended {
  /** What it handed to `dbutils.notebook.exit`: JSON. */
  value: unknown;
  log: string;
}

/** Notebooks on a real Spark with the libraries of a job's cluster: the project's own, and those of the benches. */
export class BenchNotebooks {
  private readonly engine: NotebookEngine;
  private runs = 0;

  constructor(private readonly home: string) {
    this.engine = new NotebookEngine({ home, tools: toolPaths(), log: silentLog });
  }

  /** Starts a notebook, named by its path in the project without `.scala`. */
  start(notebook: string, parameters: Record<string, string>): Promise<RunHandle> {
    return this.engine.run({
      runId: `run-${++this.runs}`,
      name: path.basename(notebook),
      source: readFileSync(path.join(projectRoot, `${notebook}.scala`), "utf8"),
      parameters,
      libraries: librariesFor("16.4.x-scala2.12"),
      secrets: {},
    });
  }

  /** Runs a notebook to its end. Rejects, with what it printed, when it fails. */
  async run(notebook: string, parameters: Record<string, string>): Promise<Ended> {
    return ended(await this.start(notebook, parameters));
  }

  /** The folder that notebooks know by a path that begins with /Volumes. */
  volume(path: string): string {
    return path.replace(/^\/Volumes/, twinPaths(this.home).volumes);
  }

  /** Ends what still runs. */
  close(): Promise<void> {
    return this.engine.close();
  }
}

/** Waits for a run's end. */
export async function ended(run: RunHandle): Promise<Ended> {
  const result = await run.done;
  const log = readFileSync(run.logFile, "utf8");
  if (result.outcome !== "SUCCESS") throw new Error(`A notebook failed: ${JSON.stringify(result)}\n${log}`);
  return { value: result.exitValue === undefined ? undefined : JSON.parse(result.exitValue), log };
}
