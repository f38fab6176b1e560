import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { LocalStack, Operation } from "../../../local/stack/localStack";
import { processIds } from "../../local/processes";

/** A step of the engine, as it announces it. */
export interface Step {
  op: string;
  urn: string;
}

/** How a run went on until it was killed, or ended by itself. */
export interface Interrupted {
  /** Whether it was killed. */
  killed: boolean;
  /** Whether it ended well, when it was not. */
  ok: boolean;
  /** Steps that the run had begun. */
  begun: Step[];
  /** The engine's error messages. */
  errors: string;
}

/**
 * Starts the engine and kills it at once when `now` says so: the engine, its plugins and the commands they run, as when
 * the machine that it runs on dies. The twin, which stands for the cloud, goes on.
 */
export async function runKilled(
  stack: LocalStack,
  operation: Operation,
  args: string[],
  now: (begun: Step[]) => boolean,
): Promise<Interrupted> {
  const begun: Step[] = [];
  const errors: string[] = [];
  let running = false;
  const follow = function* (chunk: unknown) {
    const line = String(chunk);
    running = true;
    const step = stepOf(line);
    if (step) begun.push(step);
    const error = errorOf(line);
    if (error) errors.push(error);
    yield line;
  };
  const run = stack
    .run(operation, [...args, "--json"], {
      reject: false,
      stdin: "ignore",
      stdout: [follow, "pipe"],
      stderr: [follow, "pipe"],
    })
    .then(({ exitCode }) => ({ ok: exitCode === 0 }));
  for (;;) {
    const ended = await Promise.race([run, sleep(10)]);
    if (ended) return { killed: false, ok: ended.ok, begun, errors: errors.join("\n") };
    // Before its first word, the state is being put in order, and what happens is the end of the run before.
    if (!now(begun) || !running) continue;
    await killEngine(stack);
    await run;
    return { killed: true, ok: false, begun, errors: errors.join("\n") };
  }
}

/** SIGKILL for every process that works on this stack's state, until there is none. */
export async function killEngine(stack: LocalStack): Promise<void> {
  const state = `PULUMI_BACKEND_URL=${stack.environment.PULUMI_BACKEND_URL}\0`;
  for (;;) {
    const found = processIds().filter((pid) => pid !== process.pid && environmentOf(pid).includes(state));
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
    await sleep(10);
  }
}

function stepOf(line: string): Step | undefined {
  if (!line.includes('"resourcePreEvent"')) return undefined;
  const { metadata } = (JSON.parse(line) as { resourcePreEvent: { metadata: Step } }).resourcePreEvent;
  return metadata.op === "same" ? undefined : { op: metadata.op, urn: metadata.urn };
}

function errorOf(line: string): string | undefined {
  if (!line.includes('"diagnosticEvent"')) return undefined;
  const { diagnosticEvent: event } = JSON.parse(line) as { diagnosticEvent: { severity: string; message: string } };
  return event.severity === "error" ? event.message : undefined;
}

function environmentOf(pid: number): string {
  try {
    return `${readFileSync(`/proc/${pid}/environ`, "utf8")}\0`;
  } catch {
    return ""; // It ended meanwhile.
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
