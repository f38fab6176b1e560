import type { Display } from "../display";
import { EngineProgress } from "./engineProgress";
import type { Interruption } from "./interruption";
import type { LocalStack, Operation } from "./localStack";

/**
 * Runs the engine with its events on the display. Resolves with what it did, in words.
 *
 * @throws Error with the engine's own reasons when it fails, or saying that it was stopped
 */
export async function deploy(
  stack: LocalStack,
  operation: Operation,
  display: Display,
  interruption: Interruption,
): Promise<string> {
  const progress = new EngineProgress(display);
  const stdout = function* (line: unknown) {
    progress.take(String(line));
    yield* [];
  };
  const engine = await stack.run(
    operation,
    ["--json"],
    // In a group of its own, so that Ctrl-C reaches it once and not through terminal, npm and this process.
    { stdin: "ignore", stdout, stderr: "pipe", reject: false, detached: true },
    { say: (line) => display.say(`  ${line}`), started: (child) => interruption.engineStarted(child) },
  );
  interruption.engineEnded();
  const summary = progress.close();
  if (interruption.asked) throw new Error(interruption.farewell);
  if (!engine.failed) return summary;
  const reasons = progress.errors.length > 0 ? progress.errors : [String(engine.stderr || engine.message).trim()];
  throw new Error(reasons.map((reason) => reason.replaceAll("\n", "\n  ")).join("\n"));
}
