import { isDeepStrictEqual } from "node:util";
import type { EngineOp, ResourceState, Step } from "./events";
import { withLibraries } from "./libraries";
import type { Operation, PropertyChange, ResourceChange } from "./model";
import { withNamedParts } from "./namedParts";
import { opens } from "./openings";
import { effectOf } from "./risk";
import { at, hasUnknown, inWords, labelOf, leaves } from "./values";

/** What the steps of the engine come to, by resource. */
const operations: Partial<Record<EngineOp, Operation>> = {
  create: "create",
  import: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
};

/** Every resource that does not stay as it is, in the order of the engine's steps. Components are none, and
 * neither are the providers that the engine makes by itself, one for each version of a package. */
export function resourceChanges(steps: readonly Step[]): ResourceChange[] {
  const states = new Map(steps.map(({ urn, oldState, newState }) => [urn, newState ?? oldState]));
  const merged = new Map<string, { operation: Operation; step: Step }>();
  for (const step of steps) {
    const { urn } = step;
    const old = isLeftover(step, steps);
    const operation = isDeletion(step, steps) ? "delete" : operations[step.op];
    if (!operation || isInternal(step)) continue;
    // A replacement is several steps. The one that tells why has both states; the last of them has the reasons.
    const key = old ? `${urn} (old)` : urn;
    const known = merged.get(key);
    if (!known || (step.oldState && step.newState)) {
      const reasons = { ...known?.step, ...defined(step) };
      merged.set(key, { operation: known?.operation ?? operation, step: reasons });
    }
  }
  const changes = [...merged.values()].map(({ operation, step }): ResourceChange => {
    const { urn } = step;
    const state = step.newState ?? step.oldState;
    const change = {
      urn,
      operation,
      ...(isLeftover(step, steps) && { isLeftover: true as const }),
      name: nameOf(urn),
      type: shortType(state?.type ?? ""),
      components: ancestors(state, states),
      properties: operation === "update" || operation === "replace" ? propertyChanges(step) : [],
    };
    return { ...change, ...effectOf(change, step.oldState, step.newState) };
  });
  const inGroup = withOwner(changes, "azure-native:resources:ResourceGroup", isOfGroup);
  return withOwner(inGroup, "azure-native:databricks:Workspace", isOfWorkspace);
}

/** The changes with the name of the one resource of a kind that is replaced, where others are with it. */
function withOwner(
  changes: ResourceChange[],
  type: string,
  isOf: (change: ResourceChange) => ResourceChange | undefined,
): ResourceChange[] {
  const [owner, ...others] = changes.filter((change) => change.operation === "replace" && change.type === type);
  if (!owner || others.length > 0) return changes;
  return changes.map((change) => {
    const own = change.operation === "replace" && change !== owner ? isOf(change) : undefined;
    return own ? { ...own, replacedWith: owner.name } : change;
  });
}

/**
 * What is in a workspace is replaced with it, and for no reason of its own. The events name no such owner; the program's
 * option `replaceWith` leads to the workspace alone.
 */
function isOfWorkspace(change: ResourceChange): ResourceChange | undefined {
  if (!change.type.startsWith("databricks:")) return undefined;
  const own = change.properties.filter(({ path }) => path !== "replaceWith");
  return own.some(({ replaces }) => replaces) ? undefined : { ...change, properties: own };
}

/** What is in a group is replaced with it, where nothing but what the new group will give it forces that. */
function isOfGroup(change: ResourceChange): ResourceChange | undefined {
  if (!change.type.startsWith("azure-native:")) return undefined;
  const reasons = change.properties.filter(({ replaces }) => replaces);
  return reasons.length > 0 && reasons.every(({ after }) => hasUnknown(after)) ? change : undefined;
}

/** Whether a step deletes what is not made anew, though the engine calls it part of a replacement: of what it depends on. */
function isDeletion({ op, urn }: Step, steps: readonly Step[]): boolean {
  const isMadeAnew = steps.some(
    (each) => each.urn === urn && (each.op === "replace" || each.op === "create-replacement"),
  );
  return op === "delete-replaced" && !isMadeAnew;
}

/** Whether a step only deletes what an earlier replacement, which failed half-way, left beside the new one. */
function isLeftover(step: Step, steps: readonly Step[]): boolean {
  return isDeletion(step, steps) && steps.some(({ urn, op }) => urn === step.urn && (op === "same" || op === "update"));
}

/** Number of such resources that the engine leaves alone. */
export function unchangedResources(steps: readonly Step[]): number {
  const same = steps.filter((step) => step.op === "same" && !isInternal(step)).map(({ urn }) => urn);
  return new Set(same).size;
}

/** What differs between the two states of a step, by its own word for it, in a fixed order. */
export function propertyChanges(step: Step): PropertyChange[] {
  const { oldState, newState, detailedDiff, diffReasons, replaceReasons } = step;
  const type = shortType((newState ?? oldState)?.type ?? "");
  const reasons = [...(diffReasons ?? []), ...(replaceReasons ?? [])];
  const paths = detailedDiff ?? Object.fromEntries(reasons.map((path) => [path, undefined]));
  const changes = Object.entries(paths).flatMap(([path, diff]): PropertyChange[] => {
    const before =
      at(diff?.inputDiff === false ? oldState?.outputs : oldState?.inputs, path) ?? at(oldState?.outputs, path);
    const after = inWords(at(newState?.inputs, path));
    const label = labelOf(path, oldState?.inputs, newState?.inputs);
    return inJson({
      path,
      ...(label !== path && { label }),
      ...(opens(type, path) && { opens: true }),
      kind: kindOf(diff?.kind, before, after),
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      replaces: /-replace$/.test(diff?.kind ?? "") || (replaceReasons ?? []).some((key) => within(path, key)),
    });
  });
  const lists = (list: string): [unknown, unknown] => {
    const isComputed = Object.entries(paths).some(([path, diff]) => within(path, list) && diff?.inputDiff === false);
    const before = at(isComputed ? oldState?.outputs : oldState?.inputs, list) ?? at(oldState?.outputs, list);
    return [before, at(newState?.inputs, list)];
  };
  const told = withNamedParts(changes, lists).map((change) =>
    opens(type, change.path) ? { ...change, opens: true as const } : change,
  );
  // What replaces comes first: it is what a reader has to see. The engine's own order changes from run to run.
  return withLibraries(told, oldState, newState).sort(
    (a, b) => Number(b.replaces) - Number(a.replaces) || a.path.localeCompare(b.path, "en", { numeric: true }),
  );
}

/** What differs in JSON that is given as a text, such as a cluster policy's definition; else the change as it is. */
function inJson(change: PropertyChange): PropertyChange[] {
  const [before, after] = [change.before, change.after].map(parsed);
  if (!before || !after) return [change];
  const [old, now] = [before, after].map((value) => new Map(leaves(value, change.path))) as [Leaves, Leaves];
  const paths = [...new Set([...old.keys(), ...now.keys()])];
  return paths
    .filter((path) => !isDeepStrictEqual(old.get(path), now.get(path)))
    .map((path) => ({
      path,
      ...(change.opens && { opens: true }),
      kind: kindOf(undefined, old.get(path), now.get(path)),
      ...(old.has(path) && { before: old.get(path) }),
      ...(now.has(path) && { after: now.get(path) }),
      replaces: change.replaces,
    }));
}

type Leaves = Map<string, unknown>;

function parsed(text: unknown): object | undefined {
  if (typeof text !== "string" || !text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

/** A step without the fields that say nothing, so that they do not hide those of another. */
function defined(step: Step): Step {
  return Object.fromEntries(
    Object.entries(step).filter(([, value]) => value !== undefined && value !== null),
  ) as unknown as Step;
}

function kindOf(kind: string | undefined, before: unknown, after: unknown): PropertyChange["kind"] {
  if (kind?.startsWith("add") || (before === undefined && after !== undefined)) return "added";
  if (kind?.startsWith("delete") || (after === undefined && before !== undefined)) return "removed";
  return "changed";
}

/** Whether a path is the other one, or below it. */
function within(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}.`) || path.startsWith(`${parent}[`);
}

function ancestors(state: ResourceState | undefined, states: Map<string, ResourceState | undefined>): string[] {
  const parent = state?.parent;
  if (!parent || parent.includes("::pulumi:pulumi:Stack::")) return [];
  return [...ancestors(states.get(parent), states), nameOf(parent)];
}

/** `databricks:index/job:Job` as people write it, `databricks:Job`; `azure-native:network:NatGateway` stays. */
function shortType(type: string): string {
  return type.replace(/:(?:index\/[^:]+|([^:/]+)\/[^:]+):/, (_, module?: string) => (module ? `:${module}:` : ":"));
}

/** The last part of a URN. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

function isInternal({ urn, oldState, newState }: Step): boolean {
  const state = newState ?? oldState;
  return !state?.custom || (state.type.startsWith("pulumi:providers:") && nameOf(urn).startsWith("default"));
}
