import { isDeepStrictEqual } from "node:util";
import type { PropertyChange } from "./model";
import { inWords, leaves } from "./values";

type Part = { name: string };

/** The lists of both sides at a path, such as `securityRules`, as the engine compared them. */
export type Lists = (list: string) => [before: unknown, after: unknown];

/**
 * The same changes, with those of a list of parts that have names told by name: providers compare such a list by its places,
 * so that one rule put in front makes all behind it look like others. Where each place keeps its name, nothing is to be done.
 */
export function withNamedParts(changes: readonly PropertyChange[], lists: Lists): PropertyChange[] {
  const paths = [...new Set(changes.flatMap(({ path }) => /^(.*?)\[\d+\]/.exec(path)?.[1] ?? []))];
  return paths.reduce<PropertyChange[]>(
    (all, list) => {
      const [old, now] = lists(list).map(named);
      const isMoved = old && now && old.some(({ name }, place) => now[place] && now[place].name !== name);
      if (!isMoved) return all;
      const isIn = ({ path }: PropertyChange) => path.startsWith(`${list}[`);
      const replaces = all.some((change) => isIn(change) && change.replaces);
      return [...all.filter((change) => !isIn(change)), ...compare(list, old, now, replaces)];
    },
    [...changes],
  );
}

/** A list of which each part has a name of its own; nothing else. */
function named(list: unknown): Part[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const names = list.map((part: { name?: unknown } | null) => part?.name);
  return names.every((name) => typeof name === "string") && new Set(names).size === names.length ? list : undefined;
}

function compare(list: string, old: Part[], now: Part[], replaces: boolean): PropertyChange[] {
  const gone = old.flatMap((part, place): PropertyChange[] =>
    now.some(({ name }) => name === part.name)
      ? []
      : [{ path: `${list}[${place}]`, label: `${list}[${part.name}]`, kind: "removed", before: part, replaces }],
  );
  const others = now.flatMap((part, place): PropertyChange[] => {
    const [path, label] = [`${list}[${place}]`, `${list}[${part.name}]`];
    const before = old.find(({ name }) => name === part.name);
    if (!before) return [{ path, label, kind: "added", after: inWords(part), replaces }];
    return differing(before, part).map((change) => ({
      ...change,
      path: `${path}${change.path}`,
      label: `${label}${change.path}`,
      replaces,
    }));
  });
  const found = [...gone, ...others];
  if (found.length > 0) return found;
  // In another order they are the same, and yet a change.
  const [before, after] = [old, now].map((parts) => parts.map(({ name }) => name));
  return [{ path: list, kind: "changed", before, after, replaces }];
}

/** What differs of one part. */
function differing(old: Part, now: Part): Omit<PropertyChange, "replaces">[] {
  const [before, after] = [old, now].map((part) => new Map(leaves(part))) as [Leaves, Leaves];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => !isDeepStrictEqual(before.get(path), after.get(path)))
    .map((path) => ({
      path,
      kind: !before.has(path) ? "added" : after.has(path) ? "changed" : "removed",
      ...(before.has(path) && { before: before.get(path) }),
      ...(after.has(path) && { after: inWords(after.get(path)) }),
    }));
}

type Leaves = Map<string, unknown>;
