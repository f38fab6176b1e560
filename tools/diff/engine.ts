import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { execa, type Options, type Result } from "execa";
import { privately } from "../../local/privacy";
import { type EngineEvent, errorsOf, readEvents } from "./events";

/** How a run of the CLI ended. */
export interface CliRun {
  stdout: string;
  /** What it said when it failed. */
  failure?: string;
}

/** What the engine did, and what it stopped with. */
export interface EngineRun {
  events: EngineEvent[];
  failure: string | undefined;
}

/** Runs the Pulumi CLI, and says in its words why it failed. */
export function cli(args: string[], options: Options = {}): Promise<CliRun> {
  return cliRun((more) => privately(() => execa("pulumi", args, { ...options, ...more })), options.env);
}

/** How a run of the CLI ends that `start` starts, with `env` and what the engine needs to write its events down. */
export async function cliRun(start: (options: Options) => PromiseLike<Result>, env: Options["env"]): Promise<CliRun> {
  const options: Options = { env: { ...env, PULUMI_DEBUG_COMMANDS: "true" }, stdin: "ignore", reject: false };
  const { failed, stdout, stderr, message } = await start(options);
  return failed
    ? { stdout: String(stdout), failure: String(stderr || stdout || message).trim() }
    : { stdout: String(stdout) };
}

/**
 * Runs an operation of the engine and reads what it wrote down of it.
 *
 * @param folder private folder for the events, which may hold what a state holds; they are gone afterwards
 * @param pulumi runs the CLI as `cli` does
 */
export async function runEngine(
  args: string[],
  folder: string,
  pulumi: (args: string[]) => Promise<CliRun>,
): Promise<EngineRun> {
  const place = mkdtempSync(path.join(folder, "events-"));
  try {
    const log = path.join(place, "events.jsonl");
    writeFileSync(log, "", { mode: 0o600 });
    const quiet = ["--non-interactive", "--color", "never", "--suppress-permalink"];
    const { failure } = await pulumi([...args, "--event-log", log, ...quiet]);
    const events = readEvents(log);
    return { events, failure: failure === undefined ? undefined : explain(events, failure) };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** The errors among the events, as the engine words them; else what the CLI printed. */
function explain(events: EngineEvent[], printed: string): string {
  const errors = errorsOf(events);
  // Steps side by side fail in any order.
  return errors.length > 0 ? [...new Set(errors)].sort().join("\n") : printed;
}
