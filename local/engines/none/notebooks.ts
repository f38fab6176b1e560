import * as path from "node:path";
import type { LibraryStatus, NotebookEngine, NotebookRun, RunHandle, RunResult } from "../spark";

/** Stands where Spark would: a run is under way from its start until it is cancelled, and no process runs it. */
export class NoNotebooks implements Pick<NotebookEngine, "run" | "resolve"> {
  private readonly running = new Set<RunHandle>();

  /** @param folder where a log would be */
  constructor(private readonly folder: string) {}

  async run({ runId }: NotebookRun): Promise<RunHandle> {
    let end: (result: RunResult) => void = () => undefined;
    const done = new Promise<RunResult>((resolve) => {
      end = resolve;
    });
    const handle: RunHandle = {
      pid: process.pid,
      logFile: path.join(this.folder, runId, "log"),
      done,
      cancel: async () => {
        this.running.delete(handle);
        end({ outcome: "CANCELED" });
      },
    };
    this.running.add(handle);
    return handle;
  }

  /** Every library is there: none is ever loaded. */
  async resolve(coordinates: string[]): Promise<LibraryStatus[]> {
    return coordinates.map((coordinate) => ({ coordinate, status: "INSTALLED", messages: [], jars: [] }));
  }

  async close(): Promise<void> {
    await Promise.all([...this.running].map((handle) => handle.cancel()));
  }
}
