import type { Options } from "execa";
import type { LocalStack, Operation } from "../../local/stack/localStack";

interface EngineEvent {
  summaryEvent?: { resourceChanges: Record<string, number> };
  resourcePreEvent?: { metadata: { op: string; urn: string; type: string } };
  diagnosticEvent?: { severity: string; message: string; urn?: string };
}

/** What one run of the engine did, from its own events. */
export interface EngineRun {
  ok: boolean;
  /** Number of resources by operation: create, update, replace, delete, same, ... */
  changes: Record<string, number>;
  /** Names of the resources by operation, `same` left out. */
  touched: Record<string, string[]>;
  /** Error messages. */
  errors: string;
  /** Everything that the engine printed. */
  text: string;
}

/** Something that the engine can be run on: the local stack, or an example's. */
export type Engine = Pick<LocalStack, "run" | "environment">;

/** Runs the engine and reads its events. A failure is a result, not an exception. */
export async function runEngine(stack: Engine, operation: Operation, args: string[] = []): Promise<EngineRun> {
  const options: Options = {
    reject: false,
    stdio: "pipe",
    env: { ...stack.environment, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" },
  };
  const { exitCode, stdout, stderr } = await stack.run(operation, [...args, "--json"], options);
  const events = String(stdout)
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as EngineEvent);
  const touched: Record<string, string[]> = {};
  for (const { resourcePreEvent } of events) {
    if (!resourcePreEvent || resourcePreEvent.metadata.op === "same") continue;
    const { op, urn } = resourcePreEvent.metadata;
    touched[op] = [...(touched[op] ?? []), urn.slice(urn.lastIndexOf("::") + 2)];
  }
  return {
    ok: exitCode === 0,
    changes: events.findLast((event) => event.summaryEvent)?.summaryEvent?.resourceChanges ?? {},
    touched,
    errors: events
      .filter((event) => event.diagnosticEvent?.severity === "error")
      .map((event) => event.diagnosticEvent?.message)
      .join("\n"),
    text: `${stdout}\n${stderr}`,
  };
}
