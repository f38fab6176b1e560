import { createInterface } from "node:readline";
import { execa } from "execa";
import { privately } from "../../local/privacy";
import type { TimelineStep } from "../model";
import type { EngineBench, Program } from "./stack";

interface Event {
  resourcePreEvent?: { metadata: Step };
  resOutputsEvent?: { metadata: Step };
}

interface Step {
  op: string;
  urn: string;
  type: string;
}

/**
 * Deploys a program, and tells by the engine's own events when each resource's step began and ended, in seconds since the
 * engine was started. Rejects when it fails.
 */
export async function deploy(
  bench: Pick<EngineBench, "command">,
  program: Program,
): Promise<{ seconds: number; steps: TimelineStep[] }> {
  const { file, args, cwd, env } = bench.command(program, ["up", "--yes", "--skip-preview", "--json"]);
  const begin = performance.now();
  const since = () => (performance.now() - begin) / 1000;
  const running = privately(() =>
    execa(file, args, { cwd, env: { ...env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" }, stdin: "ignore" }),
  );
  const steps = new Map<string, Omit<TimelineStep, "critical">>();
  createInterface({ input: running.stdout }).on("line", (line) => {
    if (!line.startsWith("{")) return;
    const { resourcePreEvent, resOutputsEvent } = JSON.parse(line) as Event;
    const metadata = (resourcePreEvent ?? resOutputsEvent)?.metadata;
    // Components and providers take no time of their own.
    if (!metadata || !/^(azure-native|databricks|command):/.test(metadata.type) || metadata.op === "same") return;
    const name = metadata.urn.slice(metadata.urn.lastIndexOf("::") + 2);
    if (resourcePreEvent) steps.set(name, { name, from: since(), to: since() });
    const step = steps.get(name);
    if (resOutputsEvent && step) step.to = since();
  });
  await running;
  return { seconds: since(), steps: withChain([...steps.values()]) };
}

/** A step begins this many seconds after the one that it waited for, at most: the engine's own time in between. */
const handOver = 1;

/**
 * Marks the chain that ends last: each step of it waited for the one before, which is the last that ended before it
 * began. In the order in which they began.
 */
export function withChain(steps: readonly Omit<TimelineStep, "critical">[]): TimelineStep[] {
  const chain = new Set<string>();
  let current = last(steps);
  while (current) {
    const { name, from } = current;
    chain.add(name);
    current = last(steps.filter((step) => !chain.has(step.name) && step.to <= from && step.to > from - handOver));
  }
  return steps
    .toSorted((a, b) => a.from - b.from)
    .map((step) => ({ ...step, from: tenths(step.from), to: tenths(step.to), critical: chain.has(step.name) }));
}

function last<T extends { to: number }>(steps: readonly T[]): T | undefined {
  return steps.reduce<T | undefined>((latest, step) => (latest && latest.to >= step.to ? latest : step), undefined);
}

const tenths = (seconds: number) => Math.round(seconds * 10) / 10;
