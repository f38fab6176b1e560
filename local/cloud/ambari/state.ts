import * as path from "node:path";
import type { Configurations } from "../../engines/kafka";
import { JsonStore } from "../store";

export type DesiredState = "STARTED" | "INSTALLED";
export type OnOff = "ON" | "OFF";
export type TaskStatus = "PENDING" | "IN_PROGRESS" | "COMPLETED" | "FAILED" | "ABORTED" | "TIMEDOUT";

/** One version of a configuration type. Versions are never changed, only followed by others. */
export interface ConfigurationVersion {
  type: string;
  tag: string;
  version: number;
  properties: Record<string, string>;
  attributes: Record<string, Record<string, string>>;
}

/** One command of a request, for one component on one host. */
export interface Task {
  id: number;
  component: string;
  host: string;
  command: "START" | "STOP" | "RESTART";
  /** Tasks of a stage run together; a stage begins when the one before it is completed. */
  stage: number;
  status: TaskStatus;
  /** Epoch milliseconds, -1 before. */
  started: number;
  ended: number;
  stderr: string;
}

export interface AmbariRequest {
  id: number;
  context: string;
  created: number;
  tasks: Task[];
}

export interface AmbariSnapshot {
  configurations: ConfigurationVersion[];
  /** Tag in force, by type. */
  current: Record<string, string>;
  /** Version of all of a service's configurations together, by service. */
  serviceVersions: Record<string, number>;
  /** By `component@host`. */
  desired: Record<string, DesiredState>;
  /** Tags that each `component@host` was started with, by type. */
  applied: Record<string, Record<string, string>>;
  /** By service, and by `component@host`. */
  maintenance: Record<string, OnOff>;
  requests: AmbariRequest[];
}

/** Requests kept, as history; older ones are forgotten. */
const keptRequests = 100;

/** Ambari's database: one file, written before a call that changes it is answered. */
export class AmbariState {
  private readonly store: JsonStore<AmbariSnapshot>;

  private constructor(file: string) {
    this.store = JsonStore.open(file);
  }

  /**
   * Opens the state in a cluster's folder, or begins one with these configurations and components. Components that it
   * does not know, of nodes that were added, are wanted STARTED.
   */
  static open(folder: string, configurations: Configurations, components: string[]): AmbariState {
    const state = new AmbariState(path.join(folder, "ambari.json"));
    if (!state.store.has("state")) state.store.set("state", initial(configurations, components));
    const added = components.filter((component) => !(component in state.now.desired));
    if (added.length > 0) state.update({ desired: { ...state.now.desired, ...wantedStarted(added) } });
    return state;
  }

  get now(): AmbariSnapshot {
    return this.store.get("state") as AmbariSnapshot;
  }

  /** Replaces parts of the state. */
  update(change: Partial<AmbariSnapshot>): void {
    this.store.set("state", { ...this.now, ...change });
  }

  /** Adds a request, or replaces it. */
  saveRequest(request: AmbariRequest): void {
    const others = this.now.requests.filter(({ id }) => id !== request.id);
    const all = [...others, request].sort((a, b) => a.id - b.id);
    this.update({ requests: all.slice(-keptRequests) });
  }

  /** The version in force of a type. */
  configuration(type: string): ConfigurationVersion | undefined {
    return this.version(type, this.now.current[type]);
  }

  version(type: string, tag: string | undefined): ConfigurationVersion | undefined {
    return this.now.configurations.find((version) => version.type === type && version.tag === tag);
  }

  /** Properties in force of these types. */
  configurations(types: readonly string[]): Configurations {
    return Object.fromEntries(types.map((type) => [type, this.configuration(type)?.properties ?? {}]));
  }
}

function initial(configurations: Configurations, components: string[]): AmbariSnapshot {
  const types = Object.keys(configurations);
  return {
    configurations: types.map((type) => ({
      type,
      tag: "INITIAL",
      version: 1,
      properties: configurations[type] ?? {},
      attributes: {},
    })),
    current: Object.fromEntries(types.map((type) => [type, "INITIAL"])),
    serviceVersions: { KAFKA: 1, ZOOKEEPER: 1 },
    desired: wantedStarted(components),
    applied: {},
    maintenance: {},
    requests: [],
  };
}

function wantedStarted(components: string[]): Record<string, DesiredState> {
  return Object.fromEntries(components.map((component) => [component, "STARTED"]));
}
