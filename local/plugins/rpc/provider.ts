import type { Change, Diff } from "./diff";
import type { Log } from "./engineLog";
import type { Redact } from "./secrets";
import type { Props } from "./values";

/** What an operation on a resource runs with. */
export interface Call {
  urn: string;
  /** Type token, such as `azure-native:network:VirtualNetwork`. */
  type: string;
  /** Logical name of the resource in the program. */
  name: string;
  /** Aborted when the user cancels, when the operation's `customTimeouts` pass, and when the engine goes away. */
  signal: AbortSignal;
  log: Log;
  /** Masks the secrets among the inputs and the state. Errors and log lines are masked anyway. */
  redact: Redact;
}

/** A problem with one input, shown to the user with the resource's name. */
export interface CheckFailure {
  property: string;
  reason: string;
}

export interface CheckResult {
  inputs: Props;
  failures: CheckFailure[];
}

export interface CheckRequest {
  /** Inputs of the last update; empty for a new resource. */
  olds: Props;
  /** Inputs of the program, possibly with unknown values. */
  news: Props;
  /** Makes automatic names the same in a preview and the update after it. */
  randomSeed: Uint8Array;
  /** What the project's auto-naming settings ask for, if there are any. */
  autonaming?: { name: string; mode: "propose" | "enforce" | "disable" };
}

export interface DiffRequest {
  id: string;
  /** Recorded outputs. */
  state: Props;
  olds: Props;
  news: Props;
  /** Property paths of the resource option `ignoreChanges`. */
  ignoreChanges: readonly string[];
}

/** Everything known about a resource that exists. */
export interface Existing {
  id: string;
  /** Recorded outputs; empty when a resource is being imported. */
  state: Props;
  /** Recorded inputs; empty when a resource is being imported. */
  inputs: Props;
}

/**
 * One resource type. Values come without secret marks and go back without: the service puts the marks of the inputs
 * on the outputs. Only `diff` and `preview` see unknown values, and neither gets anything to call a service with.
 */
export interface Resource {
  /** Fills defaults and finds mistakes. */
  check(request: CheckRequest, call: Call): Promise<CheckResult> | CheckResult;
  diff(request: DiffRequest): Diff;
  /** Outputs as far as they are known before a create (no `existing`) or an update. */
  preview(inputs: Props, existing?: Existing): Props;
  create(inputs: Props, call: Call): Promise<{ id: string; state: Props }>;
  /** Present outputs and inputs, or undefined when the resource is gone. */
  read(existing: Existing, call: Call): Promise<Existing | undefined>;
  update(inputs: Props, existing: Existing, call: Call): Promise<Props>;
  delete(existing: Existing, call: Call): Promise<void>;
}

/** A provider: what `serve` makes a plugin of. */
export interface Provider {
  /** Package name: `azure-native`. */
  readonly name: string;
  /** Version of the SDK package this plugin answers to. */
  readonly version: string;
  /** Takes the provider's configuration. Called once, only when every value is known. */
  configure(config: Props): void;
  /** The implementation of a resource type. Throws a message for people if there is none. */
  resource(type: string): Resource;
  /** Runs a function (`pulumi.runtime.invoke`). Throws a message for people if there is none of that name. */
  invoke(token: string, args: Props, call: Pick<Call, "signal" | "log">): Promise<Props>;
}

/** The inputs alone, for resources that have nothing to check. */
export function unchecked(news: Props): CheckResult {
  return { inputs: news, failures: [] };
}

export type { Change, Diff };
