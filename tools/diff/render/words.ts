import type { DiffReport, Grade, Operation, OutputChange, PropertyChange, ResourceChange, StackReport } from "../model";
import { unknown } from "../values";

/** Longest text, and longest object, that is shown whole. */
const longest = 120;
const longestObject = 240;

export const done: Record<Operation, string> = {
  create: "created",
  update: "changed",
  replace: "replaced",
  delete: "deleted",
};

/** What happens to a resource, after "is". */
export function happens({ operation, isGone }: Pick<ResourceChange, "operation" | "isGone">): string {
  return isGone ? "gone, and made anew" : done[operation];
}

/** In the order in which a reader has to know of them. */
export const byWeight: readonly Operation[] = ["replace", "delete", "update", "create"];

export const gradeMeaning: Record<Grade, string> = {
  none: "nothing changes",
  low: "nothing stops",
  disruptive: "something stops for a while, or somebody has to act",
  destructive: "data is lost, or nobody can tell",
};

/** A value in one line. */
export function show(value: unknown): string {
  if (value === undefined) return "(nothing)";
  const isText = typeof value === "string";
  const text = isText ? value : JSON.stringify(withoutMarks(value));
  const longestHere = isText ? longest : longestObject;
  if (text === unknown) return text;
  const lines = text.split("\n").length;
  if (lines > 1) return `(${lines} lines)`;
  if (text.length > longest && /^[\w+/=]+$/.test(text)) return `(${text.length} characters)`;
  return text.length > longestHere ? `${text.slice(0, longestHere - 3)}...` : text;
}

/** Parts of a resource, such as a rule of a group, without what is empty and without what Azure writes on each of them. */
function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (value === null || typeof value !== "object") return value;
  const isPart = "id" in value && "name" in value && String(value.id).startsWith("/subscriptions/");
  const marks = isPart ? ["id", "type", "etag", "provisioningState"] : [];
  const isEmpty = (item: unknown) => typeof item === "object" && item !== null && Object.keys(item).length === 0;
  const kept = Object.entries(value).filter(([key, item]) => !marks.includes(key) && !(isPart && isEmpty(item)));
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutMarks(item)]));
}

/** What differs of a property or an output, in one line. `code` marks values. */
export function difference(
  { kind, before, after }: Pick<PropertyChange | OutputChange, "kind" | "before" | "after">,
  code: (text: string) => string,
): string {
  // The engine's own reason, such as another resource that this one is replaced with.
  if (before === undefined && after === undefined) return "another resource";
  const [old, now] = [show(before), show(after)];
  if (kind === "added") return `${code(now)} (new)`;
  if (kind === "removed") return `${code(old)} (removed)`;
  // Cut short, or secret, both sides can look alike.
  return old === now ? `${code(now)} (another one)` : `${code(old)} → ${code(now)}`;
}

/** Why a resource is replaced: the properties that force it. */
export function causes({ properties }: ResourceChange): PropertyChange[] {
  return properties.filter(({ replaces }) => replaces);
}

/** `2 replaced, 5 changed, 20 as they are`. */
export function counts({ changes, unchanged }: StackReport): string {
  const parts = byWeight.flatMap((operation) => {
    const count = changes.filter((change) => change.operation === operation && !change.isGone).length;
    return count > 0 ? [`${count} ${done[operation]}`] : [];
  });
  const gone = changes.filter(({ isGone }) => isGone).length;
  return [
    ...(gone > 0 ? [`${gone} gone`] : []),
    ...parts,
    `${unchanged} as ${unchanged === 1 ? "it is" : "they are"}`,
  ].join(", ");
}

/** Why a stack cannot be compared, after "the". */
export const whyNot = {
  base: "base version cannot be deployed",
  head: "new version cannot be previewed",
  removed: "stack has no file in the new version",
};

/** Packages of the program that have another version, in a line, and what the comparison cannot show of them. */
export function packageLine({ packages }: DiffReport, code: (text: string) => string): string | undefined {
  if (packages.length === 0) return undefined;
  const changes = packages.map(
    ({ name, before = "none", after = "none" }) => `${code(name)} ${code(before)} → ${code(after)}`,
  );
  const hasProvider = packages.some(({ name }) => /^@pulumi\/(?!pulumi$|policy$)/.test(name));
  const note = hasProvider
    ? " Stand-ins answer for providers of every version: what another one does differently shows only with `--against-state`."
    : "";
  return `Packages: ${changes.join(", ")}.${note}`;
}

/** Whether there is anything to say of a stack beside its counts. */
export function isQuiet({ failure, changes, outputs, configuration, topics, policies }: StackReport): boolean {
  return !failure && [changes, outputs, configuration, topics, policies].every((list) => list.length === 0);
}

export function title({ base, head }: DiffReport): string {
  return `${base} → ${head}`;
}

/** A tree of components with what changes in them; order as given. */
export interface Branch {
  name: string;
  branches: Branch[];
  changes: ResourceChange[];
}

export function tree(changes: readonly ResourceChange[]): Branch {
  const root: Branch = { name: "", branches: [], changes: [] };
  for (const change of changes) {
    let branch = root;
    for (const name of change.components) {
      let next = branch.branches.find((each) => each.name === name);
      if (!next) {
        next = { name, branches: [], changes: [] };
        branch.branches.push(next);
      }
      branch = next;
    }
    branch.changes.push(change);
  }
  return root;
}

/** Those that somebody has to see come first; the rest by name, since the engine's own order changes from run to run. */
export function sorted(changes: readonly ResourceChange[]): ResourceChange[] {
  const place = ({ components, name }: ResourceChange) => [...components, name].join("/");
  return [...changes].sort(
    (a, b) => byWeight.indexOf(a.operation) - byWeight.indexOf(b.operation) || place(a).localeCompare(place(b), "en"),
  );
}

/** `1 line`, `2 lines`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
