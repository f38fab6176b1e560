import type { ResourceState } from "./events";
import type { PropertyChange } from "./model";
import { at } from "./values";

const inList = /^(.*\blibraries)\[\d+\]/;

/**
 * The same changes, with those of a list of libraries told by library: the provider compares such a list by its places, so
 * that one that is taken out makes all behind it look like others.
 */
export function withLibraries(
  changes: readonly PropertyChange[],
  before: ResourceState | undefined,
  after: ResourceState | undefined,
): PropertyChange[] {
  const lists = [...new Set(changes.flatMap(({ path }) => inList.exec(path)?.[1] ?? []))];
  const told = lists.flatMap((list) => {
    const [old, now] = [before, after].map((state) => coordinates(at(state?.inputs, list) ?? at(state?.outputs, list)));
    const found = old && now ? compare(list, old, now) : [];
    // In another order they are the same libraries, and yet a change.
    return found.length > 0 ? [{ list, changes: found }] : [];
  });
  const kept = changes.filter(({ path }) => !told.some(({ list }) => list === inList.exec(path)?.[1]));
  return [...kept, ...told.flatMap((each) => each.changes)];
}

/** Coordinates of a list of libraries from Maven; nothing where one of them comes from elsewhere. */
function coordinates(list: unknown): string[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const all = list.map((library: { maven?: { coordinates?: unknown } } | null) => library?.maven?.coordinates);
  return all.every((each) => typeof each === "string") ? (all as string[]) : undefined;
}

function compare(list: string, old: readonly string[], now: readonly string[]): PropertyChange[] {
  const [gone, added] = [old.filter((each) => !now.includes(each)), now.filter((each) => !old.includes(each))];
  const common = { replaces: false };
  const of = (library: string) => `${list}[${nameOf(library)}]`;
  const successor = (library: string) => added.find((other) => nameOf(other) === nameOf(library));
  return [
    ...gone.map((before): PropertyChange => {
      const after = successor(before);
      const change = { path: of(before), ...common, before };
      return after === undefined ? { ...change, kind: "removed" } : { ...change, kind: "changed", after };
    }),
    ...added
      .filter((after) => !gone.some((before) => successor(before) === after))
      .map((after): PropertyChange => ({ path: of(after), kind: "added", after, ...common })),
  ];
}

/** A library without its version and without the Scala that it is built for: `spark-streaming-kafka-0-10`. */
function nameOf(library: string): string {
  const [, artifact = library] = library.split(":");
  return artifact.replace(/_\d+\.\d+$/, "");
}
