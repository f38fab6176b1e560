import type { Rename, ResourceChange } from "./model";

/**
 * Components of which all is deleted, while another one is created that has just the same kinds of resources in it: most
 * likely somebody renamed one, and gave it no alias. Resources take their component's alias for their own.
 * Source: https://www.pulumi.com/docs/iac/concepts/resources/options/aliases/
 */
export function renames(changes: readonly ResourceChange[]): Rename[] {
  const [deleted, created] = (["delete", "create"] as const).map((operation) =>
    byComponent(changes.filter((change) => change.operation === operation)),
  ) as [Map<string, string>, Map<string, string>];
  return [...deleted].flatMap(([before, content]): Rename[] => {
    const same = [...created].filter(([, other]) => other === content).map(([name]) => name);
    // Of two that are alike, nobody can tell which it was.
    const isPlain = [...deleted.values()].filter((other) => other === content).length === 1 && same.length === 1;
    return isPlain && same[0] !== before ? [{ before, after: same[0] as string }] : [];
  });
}

/** What changes in the outermost components, by name: types of the resources with those that they are in. */
function byComponent(changes: readonly ResourceChange[]): Map<string, string> {
  const types = new Map<string, string[]>();
  for (const { components, urn } of changes) {
    const [name] = components;
    if (name !== undefined) types.set(name, [...(types.get(name) ?? []), urn.split("::")[2] ?? ""]);
  }
  return new Map([...types].map(([name, list]) => [name, list.sort().join("\n")]));
}
