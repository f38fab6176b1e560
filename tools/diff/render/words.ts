import {
  type DiffReport,
  type Grade,
  grades,
  type Operation,
  type OutputChange,
  type PropertyChange,
  type ResourceChange,
  type StackReport,
} from "../model";
import { hasProvider } from "../packages";
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
export function happens({
  operation,
  isGone,
  isLeftover,
}: Pick<ResourceChange, "operation" | "isGone" | "isLeftover">): string {
  if (isGone) return "gone; `pulumi up` makes it anew";
  return isLeftover
    ? "deleted, as far as a replacement that failed half-way left it beside the new one"
    : done[operation];
}

/** In the order in which a reader has to know of them. */
export const byWeight: readonly Operation[] = ["replace", "delete", "update", "create"];

const gradeMeaning: Record<Grade, string> = {
  none: "nothing changes",
  low: "nothing stops",
  disruptive: "something stops for a while, or somebody has to act",
  destructive: "data is lost, or nobody can tell",
};

/** How bad it is, in a heading. What could not be compared is graded as the worst, and is not called so. */
export function gradeWord(grade: Grade, stacks: readonly StackReport[]): string {
  return isUntold(grade, stacks) ? "cannot be told" : grade;
}

/** What that means, in a sentence. */
export function meaning({ grade, stacks, packages }: DiffReport): string {
  if (isUntold(grade, stacks)) return "a version cannot be compared, so that it may do anything";
  const isStill = stacks.every(isEmpty);
  return isStill && hasProvider(packages) ? "nothing changes, as far as stand-ins can tell" : gradeMeaning[grade];
}

function isUntold(grade: Grade, stacks: readonly StackReport[]): boolean {
  const bad = stacks.filter((stack) => stack.grade === grade);
  return bad.length > 0 && bad.every(({ failure }) => failure);
}

/** Whether a grade is one that somebody has to see before all else. */
export function isSerious({ grade }: { grade: Grade }): boolean {
  return grades.indexOf(grade) >= grades.indexOf("disruptive");
}

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

/** Why a resource is replaced: the properties that force it, those of the same change together. */
export function causes({ properties }: ResourceChange, code: (text: string) => string): string[] {
  const byChange = new Map<string, string[]>();
  for (const property of properties.filter(({ replaces }) => replaces)) {
    const what = difference(property, code);
    byChange.set(what, [...(byChange.get(what) ?? []), code(property.path)]);
  }
  return [...byChange].map(([what, paths]) => `${paths.join(", ")}: ${what}`);
}

/** What the engine refuses for the sake of protected resources, and how to go on. */
export function guardedLine({ guarded }: StackReport, code: (text: string) => string): string | undefined {
  if (guarded.length === 0) return undefined;
  const [are, them] = guarded.length === 1 ? ["is", "it"] : ["are", "them"];
  return (
    `\`pulumi up\` refuses this, and changes nothing: ${guarded.map(code).join(", ")} ${are} protected. Where it is meant, ` +
    `take the protection off ${them} first, in a change that is deployed by itself (\`streaming:protect\` is "false"). ` +
    "This one then does what follows."
  );
}

/** Keys that somebody has to set first, a sentence for each. */
export function neededLines({ needed }: StackReport, code: (text: string) => string): string[] {
  return needed.map((key) => `${code(key)} has to be set before \`pulumi up\`, which stops without it.`);
}

/** Which resources get or lose their protection, a sentence for each way. */
export function protectionLines({ protection }: StackReport, code: (text: string) => string): string[] {
  return protection.map(({ isOn, resources, cost = "" }) => {
    const verb = isOn ? "protected from being replaced and deleted" : "not protected any longer";
    return `${resources.map(code).join(", ")} ${resources.length === 1 ? "is" : "are"} ${verb}. ${cost}`;
  });
}

/** Of the changes that a job stops at: which are accepted, and how the others are. */
export function gateLines({ gate }: DiffReport, code: (text: string) => string): string[] {
  if (!gate) return [];
  const { accepted, open } = gate;
  return [
    ...(accepted.length > 0 ? [`Accepted for ${accepted.map(code).join(", ")}.`] : []),
    ...grades.flatMap((grade) => {
      const stacks = open.filter((each) => each.grade === grade).map(({ stack }) => stack);
      if (stacks.length === 0) return [];
      return [
        `Not accepted for ${stacks.map(code).join(", ")}. To accept what is ${grade}, label the pull request ` +
          `${code(`accept-${grade}`)}, or write a line ${code(`Accept ${grade}: ${stacks.join(", ")}`)} in its description.`,
      ];
    }),
  ];
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
  const note = hasProvider(packages)
    ? " Stand-ins answer for providers of every version: what another one does differently shows only with `--against-state`."
    : "";
  return `Packages: ${changes.join(", ")}.${note}`;
}

/** Whether there is anything to say of a stack beside its counts. */
export function isQuiet(stack: StackReport): boolean {
  return isEmpty(stack) && stack.configuration.length === 0;
}

/** Whether nothing happens to a stack, whatever its configuration says. */
function isEmpty({ failure, changes, outputs, topics, policies, protection, needed }: StackReport): boolean {
  return !failure && [changes, outputs, topics, policies, protection, needed].every((list) => list.length === 0);
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
