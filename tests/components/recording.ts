import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { getMonitor } from "@pulumi/pulumi/runtime";
import { deserializeProperties } from "@pulumi/pulumi/runtime/rpc";

/** One resource as the program asked for it. */
export interface Recorded {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  provider: string;
  /** URN of the parent. */
  parent: string;
  /** Names of the resources that the engine waits for before it makes this one. */
  waitsFor: string[];
  /** By input, the names of the resources that its value is made of, in alphabetical order. */
  dependencies: Record<string, string[]>;
  options: {
    deletedWith: string;
    deleteBeforeReplace: boolean;
    replaceOnChanges: string[];
    ignoreChanges: string[];
    createTimeout: string;
    protect: boolean;
    /** Former names and parents (URNs). */
    aliases: { name: string; parent: string }[];
  };
}

interface Monitor {
  registerResource(request: RegisterResourceRequest, callback: unknown): Promise<void>;
}

/** Answers for invokes, ids where something reads a part of them (else `NAME-id`), and outputs that a service would add to a resource, by type token. */
export interface Answers {
  ids?: Record<string, (inputs: Record<string, unknown>) => string>;
  outputs?: Record<string, (inputs: Record<string, unknown>, name: string) => Record<string, unknown>>;
  calls?: Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>;
}

/**
 * Runs programs without an engine and records every resource they make, with exact inputs.
 *
 * Secrets arrive as the engine would see them: an object with Pulumi's secret mark. `plain` unwraps them, `isSecret`
 * asks for them.
 */
export class Recording {
  readonly resources: Recorded[] = [];

  constructor(answers: Answers = {}) {
    pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs }) => {
          const extra = answers.outputs?.[type]?.(inputs, name) ?? {};
          const id = answers.ids?.[type]?.(inputs) ?? `${name}-id`;
          return { id, state: { ...physicalName(inputs), ...inputs, ...extra } };
        },
        call: ({ token, inputs }) => answers.calls?.[token]?.(inputs) ?? {},
      },
      "streaming",
      "test",
      false,
    );
    this.listen(getMonitor() as unknown as Monitor);
  }

  /** Mocks are told inputs alone; parents and options stand in the request that they are made from. */
  private listen(monitor: Monitor): void {
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, callback) => {
      this.resources.push({
        type: request.getType(),
        name: request.getName(),
        inputs: deserializeProperties(request.getObject() as never) as Record<string, unknown>,
        provider: request.getProvider(),
        parent: request.getParent(),
        waitsFor: request.getDependenciesList().map(nameIn),
        dependencies: Object.fromEntries(
          [...request.getPropertydependenciesMap().entries()].map(([input, made]) => [
            input,
            made.getUrnsList().map(nameIn).sort(),
          ]),
        ),
        options: {
          deletedWith: request.getDeletedwith(),
          deleteBeforeReplace: request.getDeletebeforereplace(),
          replaceOnChanges: request.getReplaceonchangesList(),
          ignoreChanges: request.getIgnorechangesList(),
          protect: request.getProtect() ?? false,
          aliases: request.getAliasesList().map((alias) => ({
            name: alias.getSpec()?.getName() ?? "",
            parent: alias.getSpec()?.getParenturn() ?? "",
          })),
          createTimeout: request.getCustomtimeouts()?.getCreate() ?? "",
        },
      });
      return register(request, callback);
    };
  }

  /** Waits until the program has asked for everything: before another one is recorded, and before names are counted. */
  finished(): Promise<void> {
    return pulumi.runtime.disconnect(false);
  }

  /**
   * Names of all that the engine makes before this one, whatever the program's order: what it depends on, and its
   * parent with what that depends on.
   */
  before(name: string): string[] {
    const found = new Set<string>();
    const visit = (each: string) => {
      const { waitsFor, parent } = this.named(each);
      const above = nameIn(parent);
      for (const next of [...waitsFor, above]) {
        if (found.has(next) || !this.resources.some((resource) => resource.name === next)) continue;
        found.add(next);
        visit(next);
      }
    };
    visit(name);
    return [...found];
  }

  /** The one resource of that name. Throws, with the names there are, when it is not there. */
  named(name: string): Recorded {
    const found = this.resources.find((resource) => resource.name === name);
    if (!found) throw new Error(`No resource \`${name}\`; there are: ${this.resources.map((r) => r.name).join(", ")}`);
    return found;
  }
}

const nameIn = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);

/** azure-native resources return their name as `name`, whatever the argument is called. */
function physicalName(inputs: Record<string, unknown>): Record<string, unknown> {
  const key = ["clusterName", "containerName", "accountName", "workspaceName", "peeringName", "resourceGroupName"].find(
    (candidate) => typeof inputs[candidate] === "string",
  );
  return key ? { name: inputs[key] } : {};
}

/** The value of an output once everything it needs is there. */
export function settled<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

const secretMark = "4dabf18193072939515e22adb298388d";

export const isSecret = (value: unknown): boolean =>
  typeof value === "object" && value !== null && secretMark in (value as object);

/** The value without any secret marks, however deep. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return plain((value as { value: unknown }).value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
