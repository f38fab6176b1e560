import { mkdirSync } from "node:fs";
import * as path from "node:path";
import { lock } from "proper-lockfile";
import { type ToolPaths, toolPaths } from "../paths";
import { datasetInfo } from "./dataset";
import { javaBinary } from "./prerequisites";
import { pulumiOrigin } from "./pulumi";
import { engineSteps, type Step, setupSteps } from "./steps";

export interface SetupOptions {
  /** Told in one line whatever begins, moves on or ends. Silent when everything is there. */
  onProgress?: (line: string) => void;
  tools?: ToolPaths;
}

export interface SetupReport {
  /** Path of the Java program. */
  java: string;
  /** Which Pulumi runs, and where it came from. */
  pulumi: string;
  /** What the events come from, in words for people. */
  dataset: string;
  /** Seconds that each step took; empty when everything was there. */
  seconds: Record<string, number>;
}

/**
 * Brings what this machine lacks into the folder of tools: jars, Pulumi, plugins, the compiled runner, the data set.
 * Returns at once when all is there. Of two that run at the same time one works and the other waits.
 * Rejects with every step that failed and why; what was done stays, so the next run goes on from there.
 */
export async function ensureSetup(
  { onProgress = () => undefined, tools = toolPaths() }: SetupOptions = {},
  steps = setupSteps(tools),
): Promise<SetupReport> {
  const java = javaBinary();
  const seconds = await complete(steps, tools, onProgress);
  const origin = pulumiOrigin(tools);
  return {
    java,
    pulumi: origin ? `Pulumi ${origin.version} (${origin.how})` : "none",
    dataset: datasetInfo(tools.dataset)?.description ?? "none",
    seconds,
  };
}

/** The same for the Pulumi engine and its provider plugins alone: neither Kafka nor Spark, and no Java. */
export async function ensureEngine({
  onProgress = () => undefined,
  tools = toolPaths(),
}: SetupOptions = {}): Promise<void> {
  await complete(engineSteps(tools), tools, onProgress);
}

/** Does what is not done of the steps; seconds by step. */
async function complete(steps: Step[], tools: ToolPaths, onProgress: (line: string) => void) {
  const ready = steps.every((step) => step.isReady());
  return ready ? {} : locked(tools, onProgress, () => runSteps(steps, onProgress));
}

/** Runs `work` while no other process does. */
async function locked<T>(tools: ToolPaths, onProgress: (line: string) => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(tools.root, { recursive: true });
  const options = {
    lockfilePath: path.join(tools.root, ".setup.lock"),
    // The holder says that it is alive every 10 s, unless a compiler takes all of the machine.
    stale: 60_000,
    update: 10_000,
    onCompromised: () => onProgress("this machine slept; another set-up may have started meanwhile"),
  };
  const release = await lock(tools.root, options).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ELOCKED") throw error;
    onProgress("another set-up is under way; waiting for it");
    return lock(tools.root, { ...options, retries: { retries: 3600, factor: 1, minTimeout: 500, maxTimeout: 500 } });
  });
  try {
    return await work();
  } finally {
    // A lock that was lost while the machine slept cannot be released; the work is done all the same.
    await release().catch(() => undefined);
  }
}

/** Runs what is not ready, in parallel as far as `after` and `heavy` allow; seconds by step. */
export async function runSteps(steps: Step[], onProgress: (line: string) => void): Promise<Record<string, number>> {
  const seconds: Record<string, number> = {};
  const failures: string[] = [];
  const finished = new Map<string, Promise<boolean>>();
  let heavy: Promise<unknown> = Promise.resolve();

  const runOne = async (step: Step): Promise<boolean> => {
    if (step.after && !(await finished.get(step.after))) return false;
    if (step.isReady()) return true;
    const work = async () => {
      const started = Date.now();
      onProgress(`${step.name}: preparing`);
      await step.run((text) => onProgress(`${step.name}: ${text}`));
      seconds[step.name] = Math.round((Date.now() - started) / 100) / 10;
      onProgress(`${step.name}: ready (${seconds[step.name]} s)`);
    };
    try {
      const done = step.heavy ? heavy.then(work) : work();
      if (step.heavy) heavy = done.catch(() => undefined);
      await done;
      return true;
    } catch (error) {
      onProgress(`${step.name}: failed`);
      if (step.optional) onProgress(`${step.name}: ${(error as Error).message} (${step.optional})`);
      else failures.push(`${step.name}: ${(error as Error).message}`);
      return false;
    }
  };
  for (const step of steps) finished.set(step.name, runOne(step));
  await Promise.all(finished.values());
  if (failures.length > 0) throw new Error(`Set-up is not complete.\n${failures.join("\n")}`);
  return seconds;
}
