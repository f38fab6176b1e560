import { mkdirSync } from "node:fs";
import * as path from "node:path";
import { lock } from "proper-lockfile";
import type { Display } from "../display/display";
import { type ToolPaths, toolPaths } from "../paths";
import { datasetInfo } from "./dataset";
import { javaBinary } from "./prerequisites";
import { describePulumi, pulumiOrigin } from "./pulumi";
import { engineSteps, type Step, setupSteps } from "./steps";

export interface SetupOptions {
  /** Told of whatever begins, moves on or ends. Silent when everything is there. Default: nobody is told. */
  display?: Display;
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
  { display = silent, tools = toolPaths() }: SetupOptions = {},
  steps = setupSteps(tools),
): Promise<SetupReport> {
  const java = javaBinary();
  const seconds = await complete(steps, tools, display);
  const origin = pulumiOrigin(tools);
  return {
    java,
    pulumi: origin ? describePulumi(origin) : "none",
    dataset: datasetInfo(tools.dataset)?.description ?? "none",
    seconds,
  };
}

/** The same for the Pulumi engine and its provider plugins alone: neither Kafka nor Spark, and no Java. */
export async function ensureEngine({ display = silent, tools = toolPaths() }: SetupOptions = {}): Promise<void> {
  await complete(engineSteps(tools), tools, display);
}

/** Does what is not done of the steps; seconds by step. */
async function complete(steps: Step[], tools: ToolPaths, display: Display) {
  const ready = steps.every((step) => step.isReady());
  return ready ? {} : locked(tools, display, () => runSteps(steps, display));
}

/** Runs `work` while no other process does. */
async function locked<T>(tools: ToolPaths, display: Display, work: () => Promise<T>): Promise<T> {
  mkdirSync(tools.root, { recursive: true });
  const options = {
    lockfilePath: path.join(tools.root, ".setup.lock"),
    // The holder says that it is alive every 10 s, unless a compiler takes all of the machine.
    stale: 60_000,
    update: 10_000,
    onCompromised: () => display.say("  this machine slept; another set-up may have started meanwhile"),
  };
  const release = await lock(tools.root, options).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ELOCKED") throw error;
    const waiting = display.task("another set-up");
    waiting.tell("is under way; waiting for it");
    const retries = { retries: 3600, factor: 1, minTimeout: 500, maxTimeout: 500 };
    const taken = await lock(tools.root, { ...options, retries });
    waiting.done("has ended");
    return taken;
  });
  try {
    return await work();
  } finally {
    // A lock that was lost while the machine slept cannot be released; the work is done all the same.
    await release().catch(() => undefined);
  }
}

/** Runs what is not ready, in parallel as far as `after` and `heavy` allow; seconds by step. */
export async function runSteps(steps: Step[], display: Display): Promise<Record<string, number>> {
  const seconds: Record<string, number> = {};
  const failures: string[] = [];
  const finished = new Map<string, Promise<boolean>>();
  let heavy: Promise<unknown> = Promise.resolve();

  const runOne = async (step: Step): Promise<boolean> => {
    if (step.after && !(await finished.get(step.after))) return false;
    if (step.isReady()) return true;
    const work = async () => {
      const started = Date.now();
      const task = display.task(step.name);
      try {
        const remark = await step.run(task.tell);
        seconds[step.name] = Math.round((Date.now() - started) / 100) / 10;
        task.done(typeof remark === "string" ? remark : undefined);
      } catch (error) {
        const { message } = error as Error;
        task.failed(step.optional && `${message} (${step.optional})`);
        if (!step.optional) failures.push(`${step.name}: ${message}`);
        throw error;
      }
    };
    const done = step.heavy ? heavy.then(work) : work();
    if (step.heavy) heavy = done.catch(() => undefined);
    return done.then(
      () => true,
      () => false,
    );
  };
  for (const step of steps) finished.set(step.name, runOne(step));
  await Promise.all(finished.values());
  if (failures.length > 0) throw new Error(`Set-up is not complete.\n${failures.join("\n")}`);
  return seconds;
}

const silent: Display = {
  phase: () => undefined,
  task: () => ({ tell: () => undefined, done: () => undefined, failed: () => undefined }),
  say: () => undefined,
  close: () => undefined,
};
