import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import * as path from "node:path";
import { writeFileAtomic } from "../../files";
import type { Logger } from "../../log";
import type { Place } from "../../network/place";
import { type ToolPaths, twinPaths } from "../../paths";
import { endGroup, isRunning, type ProcessRecord, startTimeOf } from "../../process";
import { javaBinary } from "../../setup/prerequisites";
import { currentArchive } from "./classArchive";
import { jvmArguments, jvmEnvironment, requireSpark, sparkConfiguration } from "./jvm";
import { LibraryResolver, type LibraryStatus } from "./libraries";
import { type ProcessEnding, type RunResult, readResult } from "./result";

export type { LibraryStatus } from "./libraries";
export type { RunResult } from "./result";

/** One run of a notebook. */
export interface NotebookRun {
  /** Names the run's folder: letters, digits, `.`, `_`, `-`, and not `.` first. */
  runId: string;
  /** Text of the notebook in Databricks' source format. */
  source: string;
  /** Shown in the log and as Spark's application name. */
  name: string;
  /** Values of widgets. */
  parameters: Record<string, string>;
  /** Maven coordinates, resolved before the run starts. */
  libraries: string[];
  /** Scope, key, value. Values are redacted in the log and in the result. */
  secrets: Record<string, Record<string, string>>;
  /** Added to Spark's configuration; cannot change addresses and file systems. */
  sparkConf?: Record<string, string>;
  /** The network it runs in and its address there. Default: this machine, 127.0.0.1. */
  driver?: { place: Place; address: string };
}

export interface RunHandle {
  readonly pid: number;
  /** Never rejects: a process that dies is a FAILED run with the end of its log as message. */
  readonly done: Promise<RunResult>;
  /** Output of the cells, each line with its cell, and Spark's warnings. */
  readonly logFile: string;
  /** Ends the run: streams are stopped and `finally` blocks run, for `cancelGraceMs` at most. Resolves when it is over. */
  cancel(): Promise<void>;
}

export interface NotebookEngineOptions {
  /** Root of the twin's home. */
  home: string;
  tools: ToolPaths;
  log: Logger;
  /**
   * Whether notebooks have those volumes only whose folders are there, as where Unity Catalog keeps them. Default false:
   * each is there, for those who run notebooks alone.
   */
  volumesMustExist?: boolean;
}

/** The runner itself gives up after five seconds; what is still there after eight is killed. */
const cancelGraceMs = 8_000;

/** Runs notebooks, each in a JVM with a Spark of its own. What a run writes is below `<home>/runs/<runId>`. */
export class NotebookEngine {
  private readonly runs: string;
  private readonly libraries: LibraryResolver;
  private readonly running = new Set<RunHandle>();
  private orphansEnded: Promise<void> | undefined;

  constructor(private readonly options: NotebookEngineOptions) {
    this.runs = path.join(options.home, "runs");
    this.libraries = new LibraryResolver(options.tools);
  }

  /** Starts a run. Rejects when Spark is not set up or a library cannot be had; a SKIPPED one is only logged. */
  async run(run: NotebookRun): Promise<RunHandle> {
    // Also no `..`: the folder of that name is deleted.
    if (!/^[\w-][\w.-]*$/.test(run.runId))
      throw new Error(`\`runId\` is ${run.runId}; it needs letters, digits, \`.\`, \`_\`, \`-\`, and not \`.\` first.`);
    const { tools } = this.options;
    requireSpark(tools);
    await this.endOrphans();
    const jars = await this.jarsFor(run);
    const folder = path.join(this.runs, run.runId);
    const scratch = path.join(folder, "work");
    const temporary = path.join(scratch, "tmp");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true, mode: 0o700 });
    const volumes = twinPaths(this.options.home).volumes;
    mkdirSync(volumes, { recursive: true, mode: 0o700 });
    const { source, name, parameters, secrets } = run;
    const { driver } = run;
    const sparkConf = sparkConfiguration(
      { volumes, volumesMustExist: this.options.volumesMustExist, scratch, address: driver?.address },
      run.sparkConf,
    );
    const request = JSON.stringify({ source, name, parameters, secrets, sparkConf });
    const logFile = path.join(folder, "log");
    const child = startJvm(tools, { folder, scratch, temporary, jars, logFile, request, driver });
    return this.follow(child, run, folder, logFile);
  }

  /** See `LibraryResolver.resolve`. */
  resolve(coordinates: string[], scala: "2.12" | "2.13"): Promise<LibraryStatus[]> {
    return this.libraries.resolve(coordinates, scala);
  }

  /**
   * Ends the runs of a supervisor that was killed: they hold checkpoints and would write beside their successors.
   * Done once, before the first run, unless called earlier.
   */
  endOrphans(): Promise<void> {
    this.orphansEnded ??= Promise.all(
      this.recorded().map(async ({ runId, record }) => {
        if (isRunning(record)) {
          this.options.log.warn("ending a run that outlived its supervisor", { runId, pid: record.pid });
          await endGroup(record, cancelGraceMs);
        }
        forget(path.join(this.runs, runId));
      }),
    ).then(() => undefined);
    return this.orphansEnded;
  }

  /** Cancels what runs. */
  async close(): Promise<void> {
    await Promise.all([...this.running].map((handle) => handle.cancel()));
  }

  private async jarsFor(run: NotebookRun): Promise<string[]> {
    const statuses = await this.resolve(run.libraries, "2.12");
    for (const { coordinate, status, messages } of statuses) {
      if (status === "FAILED") throw new Error(`Library \`${coordinate}\` cannot be installed. ${messages.join("; ")}`);
      if (status === "SKIPPED") this.options.log.warn("library skipped", { runId: run.runId, coordinate, messages });
    }
    return [...new Set(statuses.flatMap(({ jars }) => jars))];
  }

  private follow(child: ChildProcess, run: NotebookRun, folder: string, logFile: string): RunHandle {
    const { log } = this.options;
    const { runId, name } = run;
    const record = remember(child, folder);
    log.info("notebook run started", { runId, name, pid: record.pid });
    let canceled = false;
    const ended = new Promise<Omit<ProcessEnding, "canceled">>((resolve) => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    const done = ended.then((ending) => {
      const result = readResult(path.join(folder, "result.json"), logFile, { ...ending, canceled });
      forget(folder);
      this.running.delete(handle);
      log.info("notebook run ended", { runId, name, outcome: result.outcome });
      return result;
    });
    const handle: RunHandle = {
      pid: record.pid,
      logFile,
      done,
      cancel: async () => {
        canceled = true;
        await endGroup(record, cancelGraceMs);
        await done;
      },
    };
    this.running.add(handle);
    return handle;
  }

  private recorded(): { runId: string; record: ProcessRecord }[] {
    if (!existsSync(this.runs)) return [];
    return readdirSync(this.runs).flatMap((runId) => {
      const file = path.join(this.runs, runId, "process.json");
      return existsSync(file) ? [{ runId, record: JSON.parse(readFileSync(file, "utf8")) as ProcessRecord }] : [];
    });
  }
}

interface Launch {
  folder: string;
  scratch: string;
  temporary: string;
  jars: string[];
  logFile: string;
  /** Parameters and secrets: handed over by a pipe, so that neither process list nor disk ever shows them. */
  request: string;
  driver: NotebookRun["driver"];
}

function startJvm(tools: ToolPaths, launch: Launch): ChildProcess {
  const { folder, scratch, temporary, jars, logFile, request, driver } = launch;
  const log = openSync(logFile, "a", 0o600);
  try {
    const archive = currentArchive(tools);
    const main = ["twin.notebook.Runner", path.join(folder, "result.json"), scratch];
    const java = [javaBinary(), ...jvmArguments({ temporary, archive }), ...main];
    const [program = "", ...args] = driver ? driver.place.command(java, scratch) : java;
    const child = spawn(program, args, {
      cwd: scratch,
      env: jvmEnvironment(tools, { temporary, libraries: jars, address: driver?.address }),
      // A group of its own, so that Ctrl-C in the supervisor's terminal leaves the order of ending to the supervisor;
      // a file as output, so that a run and its log survive the supervisor's death.
      detached: true,
      stdio: ["pipe", log, log],
    });
    // That there is no process is found by its missing pid; a JVM that dies at once closes the pipe, and its exit is
    // what is reported.
    child.on("error", () => undefined);
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(request);
    return child;
  } finally {
    closeSync(log);
  }
}

function remember(child: ChildProcess, folder: string): ProcessRecord {
  const { pid } = child;
  if (pid === undefined) throw new Error(`${child.spawnfile} could not be started.`);
  const record = { pid, startTime: startTimeOf(pid) ?? "" };
  writeFileAtomic(path.join(folder, "process.json"), JSON.stringify(record));
  return record;
}

/** What a run needs no longer once it is over; its log and its result stay. */
function forget(folder: string): void {
  rmSync(path.join(folder, "work"), { recursive: true, force: true });
  rmSync(path.join(folder, "process.json"), { force: true });
}
