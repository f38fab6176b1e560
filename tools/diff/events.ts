import { readFileSync } from "node:fs";

/** What the engine does with a resource. Replacements come as several steps. */
export type EngineOp =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "read"
  | "refresh"
  | "discard"
  | "remove-pending-replace"
  | "import";

/** How the engine calls a property's difference. */
export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

/** A resource before or after a step. Secrets are as the engine wrapped them; see `secrets.ts`. */
export interface ResourceState {
  type: string;
  urn: string;
  parent?: string;
  /** Whether a provider keeps it; otherwise it is a component, which only groups others. */
  custom?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  protect?: boolean;
}

/** One step on one resource. */
export interface Step {
  op: EngineOp;
  urn: string;
  oldState?: ResourceState;
  newState?: ResourceState;
  /** Properties that make it a replacement. */
  replaceReasons?: string[];
  /** Properties that differ. */
  diffReasons?: string[];
  detailedDiff?: Record<string, { kind: DiffKind; inputDiff: boolean }>;
}

/** How the event log has a step. */
interface StepMetadata {
  op: EngineOp;
  urn: string;
  type: string;
  old?: ResourceState | null;
  new?: ResourceState | null;
  keys?: string[] | null;
  diffs?: string[] | null;
  detailedDiff?: Record<string, { diffKind: DiffKind; inputDiff: boolean }> | null;
}

/** A line of the engine's event log; one of the fields is there.
 * Source: https://pkg.go.dev/github.com/pulumi/pulumi/sdk/v3/go/common/apitype#EngineEvent */
export interface EngineEvent {
  resourcePreEvent?: { metadata: StepMetadata };
  resOutputsEvent?: { metadata: StepMetadata };
  resOpFailedEvent?: { metadata: StepMetadata };
  diagnosticEvent?: { urn?: string; message: string; severity: "debug" | "info" | "info#err" | "warning" | "error" };
  policyEvent?: {
    resourceUrn?: string;
    message: string;
    policyName: string;
    policyPackName: string;
    enforcementLevel: "advisory" | "mandatory" | "disabled";
  };
}

/** The steps of a preview, in their order. */
export function stepsOf(events: readonly EngineEvent[]): Step[] {
  return events.flatMap(({ resourcePreEvent }): Step[] => {
    if (!resourcePreEvent) return [];
    const { op, urn, old, new: after, keys, diffs, detailedDiff } = resourcePreEvent.metadata;
    const differences = Object.entries(detailedDiff ?? {}).map(([path, { diffKind, inputDiff }]) => [
      path,
      { kind: diffKind, inputDiff },
    ]);
    return [
      {
        op,
        urn,
        ...(old && { oldState: old }),
        ...(after && { newState: after }),
        ...(keys && { replaceReasons: keys }),
        ...(diffs && { diffReasons: diffs }),
        ...(detailedDiff && { detailedDiff: Object.fromEntries(differences) }),
      },
    ];
  });
}

/** Outputs of the stack before and after, by the last word on them; none where the program did not get that far. */
export function outputsOf(events: readonly EngineEvent[]): Record<"before" | "after", Record<string, unknown>> {
  const stack = events
    .flatMap(({ resOutputsEvent }) => (resOutputsEvent ? [resOutputsEvent.metadata] : []))
    .filter(({ type }) => type === "pulumi:pulumi:Stack")
    .at(-1);
  return { before: stack?.old?.outputs ?? {}, after: stack?.new?.outputs ?? {} };
}

/** URNs of the resources at which an operation failed. */
export function failedResources(events: readonly EngineEvent[]): string[] {
  const urns = events.flatMap(({ resOpFailedEvent }) => (resOpFailedEvent ? [resOpFailedEvent.metadata.urn] : []));
  return [...new Set(urns)];
}

/** The errors of the engine and the program, without the one that only says that there were some. */
export function errorsOf(events: readonly EngineEvent[]): string[] {
  return events
    .flatMap(({ diagnosticEvent: told }) => (told?.severity === "error" ? [told.message.trim()] : []))
    .filter((message) => !/^(?:preview|update) failed$/.test(message));
}

/** Reads an event log, oldest first, without what the engine says for its own developers. */
export function readEvents(file: string): EngineEvent[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EngineEvent)
    .filter(({ diagnosticEvent }) => diagnosticEvent?.severity !== "debug");
}
