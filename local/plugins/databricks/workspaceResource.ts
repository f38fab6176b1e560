import { compare, type Diff } from "../rpc/diff";
import { uniqueName } from "../rpc/names";
import type { Path } from "../rpc/paths";
import type { Call, CheckFailure, CheckRequest, CheckResult, DiffRequest, Existing, Resource } from "../rpc/provider";
import { refreshedInputs } from "../rpc/refresh";
import { type Props, pick, UNKNOWN } from "../rpc/values";
import type { Workspace } from "./workspace";

/** What is known of a resource type without asking a workspace. */
export interface Declaration {
  /** Inputs the program must give. */
  required: readonly string[];
  /** Property path patterns whose change replaces the resource. */
  replaceOn: readonly string[];
  /** Properties that only the workspace sets. */
  outputs: readonly string[];
  /** Inputs that the workspace fills when the program does not. */
  computed?: readonly string[];
  /** Inputs that only this plugin uses: never reported by the workspace, kept as they are. */
  local?: readonly string[];
  defaults?: Props;
  /** Gives `name` a random suffix when the program names none. */
  autoName?: true;
}

/** What a resource type does with a workspace. */
export interface Operations {
  create(workspace: Workspace, inputs: Props, call: Call): Promise<{ id: string; state: Props }>;
  /** Present properties, inputs and outputs together, or undefined when the object is gone. */
  read(workspace: Workspace, existing: Existing, call: Call): Promise<Props | undefined>;
  update(workspace: Workspace, inputs: Props, existing: Existing, call: Call): Promise<Props>;
  delete(workspace: Workspace, existing: Existing, call: Call): Promise<void>;
  /** Further mistakes among the inputs. */
  check?(inputs: Props): CheckFailure[];
  /** Inputs to add to the program's, such as the hash of a file. Runs when `check` has found no mistakes. */
  prepare?(inputs: Props): Props;
}

/** A resource type: a declaration, what it does, and how to get at the workspace when it is needed. */
export class WorkspaceResource implements Resource {
  constructor(
    private readonly declaration: Declaration,
    private readonly operations: Operations,
    private readonly workspace: () => Workspace,
  ) {}

  check(request: CheckRequest, call: Call): CheckResult {
    const { required, defaults, autoName } = this.declaration;
    const inputs: Props = { ...defaults, ...request.news };
    if (autoName && !("name" in inputs)) {
      const { olds, autonaming, randomSeed } = request;
      if ("name" in olds) inputs.name = olds.name;
      else if (autonaming && autonaming.mode !== "disable") inputs.name = autonaming.name;
      else if (!autonaming) inputs.name = uniqueName(`${call.name}-`, 7, randomSeed);
    }
    const missing = required.filter((key) => !(key in inputs));
    const failures = missing.map((property) => ({ property, reason: `Missing required property '${property}'` }));
    const all = [...failures, ...(this.operations.check?.(inputs) ?? [])];
    const added = all.length === 0 ? this.operations.prepare?.(inputs) : undefined;
    return { inputs: { ...inputs, ...added }, failures: all };
  }

  diff({ olds, news, ignoreChanges }: DiffRequest): Diff {
    const { replaceOn, computed = [] } = this.declaration;
    const changes = compare(olds, news, { replaceOn, ignore: ignoreChanges });
    // What the program leaves to the workspace may have any value, such as one that an import brought along.
    const leftOpen = (path: Path): boolean => path.length === 1 && computed.includes(String(path[0]));
    return { changes: changes.filter(({ kind, path }) => kind !== "delete" || !leftOpen(path)) };
  }

  preview(inputs: Props, existing?: Existing): Props {
    const { outputs, computed = [] } = this.declaration;
    const filled = [...outputs, ...computed];
    const known: Props = existing
      ? pick(existing.state, filled)
      : Object.fromEntries(filled.map((key) => [key, UNKNOWN]));
    return { ...known, ...inputs };
  }

  create(inputs: Props, call: Call): Promise<{ id: string; state: Props }> {
    return this.operations.create(this.workspace(), inputs, call);
  }

  async read(existing: Existing, call: Call): Promise<Existing | undefined> {
    const { outputs, local = [] } = this.declaration;
    const found = await this.operations.read(this.workspace(), existing, call);
    if (!found) return undefined;
    const state = { ...found, ...pick(existing.inputs, local) };
    const reported = (props: Props): Props =>
      Object.fromEntries(Object.entries(props).filter(([key]) => !outputs.includes(key) && !local.includes(key)));
    const inputs =
      Object.keys(existing.inputs).length === 0
        ? reported(state)
        : refreshedInputs(existing.inputs, reported(existing.state), reported(state));
    return { id: existing.id, state, inputs };
  }

  update(inputs: Props, existing: Existing, call: Call): Promise<Props> {
    return this.operations.update(this.workspace(), inputs, existing, call);
  }

  delete(existing: Existing, call: Call): Promise<void> {
    return this.operations.delete(this.workspace(), existing, call);
  }
}
