import {
  type DiffReport,
  type Grade,
  grades,
  type Operation,
  type PropertyChange,
  type ResourceChange,
  type StackReport,
} from "../model";
import { hasProvider } from "../packages";
import { type Code, difference } from "./differences";
import { isStopped } from "./grades";

export const done: Record<Operation, string> = {
  create: "created",
  update: "changed",
  replace: "replaced",
  delete: "deleted",
};

/** What happens to a resource, after its name. */
export function happens({ operation, isGone, isLeftover, isRefused }: ResourceChange, stack: StackReport): string {
  if (isGone) return "is gone; `pulumi up --refresh` makes it anew";
  if (stack.isDrift) return drifted[operation];
  const is = isStopped(stack) ? "would be" : "is";
  if (isLeftover) return `${is} deleted, as far as a replacement that failed half-way left it beside the new one`;
  return `${is} ${done[operation]}${isRefused ? ", which is refused" : ""}`;
}

/** How the two sides of a property or an output are told. */
export function voiceOf(stack: StackReport) {
  if (stack.isDrift) return "drift";
  return isStopped(stack) ? "plan" : "change";
}

/** The same in a list of many, where it is the same of most. */
export function happensInList(change: ResourceChange, stack: StackReport): string {
  return happens(change, stack).replace(/; `pulumi up.*/, "");
}

const drifted: Record<Operation, string> = {
  create: "is not there yet; `pulumi up` would create it",
  update: "differs; `pulumi up --refresh` would change it back",
  replace: "differs; `pulumi up --refresh` would replace it",
  delete: "is no longer in the code; `pulumi up` would delete it",
};

/** In the order in which a reader has to know of them. */
const byWeight: readonly Operation[] = ["replace", "delete", "update", "create"];

/** Whether a grade is one that somebody has to see before all else. */
export function isSerious({ grade }: { grade: Grade }): boolean {
  return grades.indexOf(grade) >= grades.indexOf("disruptive");
}

/** A property as a reader finds it. */
export function pathOf({ label, path }: PropertyChange): string {
  return label ?? path;
}

/** So many reasons for a replacement are told, where it is told first. */
const fewCauses = 6;

/** Why a resource is replaced: the properties that force it, those of the same change together. */
export function causes({ properties }: ResourceChange, code: Code): string[] {
  const byChange = new Map<string, string[]>();
  for (const property of properties.filter(({ replaces, path }) => replaces && path !== "replaceWith")) {
    const what = difference(property, code);
    byChange.set(what, [...(byChange.get(what) ?? []), code(pathOf(property))]);
  }
  const told = [...byChange].map(([what, paths]) => `${few(paths).join(", ")}: ${what}`);
  return few(told);
}

/** A list, cut where it is long. */
export function few(list: string[]): string[] {
  return list.length <= fewCauses ? list : [...list.slice(0, fewCauses), `${list.length - fewCauses} more`];
}

/** Why a resource is replaced, after what happens to it. */
export function because(change: ResourceChange, stack: StackReport, code: Code): string {
  const { replacedWith } = change;
  if (replacedWith === undefined) return reasons(change, code);
  const group = stack.changes.find(({ name, type }) => name === replacedWith && type === resourceGroup);
  // Everything is in it, and what somebody changed of it is the reason of all; a workspace's own is told with it.
  return ` together with ${code(replacedWith)}, which it is in${group ? `,${reasons(group, code)}` : ""}`;
}

const resourceGroup = "azure-native:resources:ResourceGroup";

function reasons(change: ResourceChange, code: Code): string {
  const why = causes(change, code);
  return why.length > 0 ? ` because of ${why.join("; ")}` : "";
}

/** What gives somebody access by being there. */
const grants = [
  "azure-native:authorization:RoleAssignment",
  "azure-native:network:SecurityRule",
  "databricks:Permissions",
];

/** What decides who may reach a resource, or read what is in it, and differs: it is seen whatever its grade. */
export function opened(change: ResourceChange, code: Code, stack: StackReport): string | undefined {
  const { name, type, operation, properties, isGone } = change;
  const { isDrift } = stack;
  const what = `${code(name)} (${code(type)})`;
  if (operation === "create" && !isGone && !isDrift && grants.includes(type))
    return `${what} ${happens(change, stack)}; it gives somebody access.`;
  const parts = properties.filter(({ opens }) => opens);
  if (parts.length === 0 || operation !== "update") return undefined;
  const list = few(
    parts.map((part) => `${code(pathOf(part))}: ${difference(part, code, isDrift ? "drift" : "change")}`),
  ).join("; ");
  const changes = isStopped(stack) ? "would change" : "changes";
  return `${what} ${isDrift ? "differs in" : changes} who may reach it, or read what is in it. ${list}.`;
}

/** Of the changes that a job stops at: which are accepted, and how the others are. */
export function gateLines({ gate }: DiffReport, code: Code): string[] {
  if (!gate) return [];
  const { accepted, open } = gate;
  return [
    ...(["label", "line"] as const).flatMap((kind) => {
      const texts = [...new Set(accepted.flatMap(({ by }) => (by.kind === kind ? [by.text] : [])))];
      const where = kind === "line" ? " of the description" : "";
      return texts.map((text) => {
        const stacks = accepted.filter(({ by }) => by.kind === kind && by.text === text).map(({ stack }) => stack);
        return `Accepted for ${stacks.map(code).join(", ")}, by the ${kind} ${code(text)}${where}.`;
      });
    }),
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

const driftCounts: Record<Operation, string> = {
  create: "not there yet",
  update: "that differ",
  replace: "that differ, and would be replaced",
  delete: "no longer in the code",
};

/** `2 replaced, 5 changed, 20 as they are`; `2 would be replaced, 5 changed, ...` where `up` does not get to it. */
export function counts(stack: StackReport): string {
  const { changes, unchanged, isDrift } = stack;
  const parts = byWeight.flatMap((operation) => {
    const count = changes.filter((change) => change.operation === operation && !change.isGone).length;
    return count > 0 ? [{ count, what: (isDrift ? driftCounts : done)[operation] }] : [];
  });
  const would = !isDrift && isStopped(stack) ? "would be " : "";
  const gone = changes.filter(({ isGone }) => isGone).length;
  return [
    ...(gone > 0 ? [`${gone} gone`] : []),
    ...parts.map(({ count, what }, place) => `${count} ${place === 0 ? would : ""}${what}`),
    ...(unchanged > 0 ? [`${unchanged} as ${unchanged === 1 ? "it is" : "they are"}`] : []),
  ].join(", ");
}

/** Why a stack cannot be compared, after "the". */
export const whyNot = {
  base: "base version cannot be deployed",
  head: "new version cannot be previewed",
};

/** What it means that a stack has no file any more. */
export function removedLine({ stack }: StackReport, code: Code): string {
  return (
    `${code(`Pulumi.${stack}.yaml`)} is gone, so nobody can run \`pulumi up\` for this stack any more. Nothing is deleted by that: what is ` +
    "deployed stays, and costs money, until somebody runs `pulumi destroy` with the version before."
  );
}

/** Packages of the program that have another version, in a line, and what the comparison cannot show of them. */
export function packageLine({ packages }: DiffReport, code: Code): string | undefined {
  if (packages.length === 0) return undefined;
  const changes = packages.map(
    ({ name, before = "none", after = "none" }) => `${code(name)} ${code(before)} → ${code(after)}`,
  );
  const note = hasProvider(packages)
    ? " Stand-ins answer for providers of every version: what another one does differently shows only with `--against-state`."
    : "";
  return `Packages: ${changes.join(", ")}.${note}`;
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
  // What others are replaced with is their reason.
  const owners = new Set(changes.map(({ replacedWith }) => replacedWith));
  const ofOwner = ({ name }: ResourceChange) => (owners.has(name) ? 0 : 1);
  return [...changes].sort(
    (a, b) =>
      byWeight.indexOf(a.operation) - byWeight.indexOf(b.operation) ||
      ofOwner(a) - ofOwner(b) ||
      place(a).localeCompare(place(b), "en"),
  );
}

/** `1 line`, `2 lines`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
