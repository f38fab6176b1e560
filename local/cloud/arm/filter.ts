import { badRequest } from "./errors";
import type { Stored } from "./kind";

/** What a list can be narrowed by, and how each compares. Azure compares names without case. */
const properties = {
  resourceType: ({ resource }: Stored, value: string) => same(resource.type, value),
  name: ({ resource }: Stored, value: string) => same(resource.name, value),
  location: ({ resource }: Stored, value: string) => same(resource.location, value),
  tagName: ({ resource }: Stored, value: string) => Object.keys(resource.tags ?? {}).some((key) => same(key, value)),
};

export type FilterProperty = keyof typeof properties;

/**
 * The `$filter` and `$top` of a list: comparisons with `eq`, joined by `and`, of the properties `known`, and the pair
 * `tagName eq 'a' and tagValue eq 'b'`. Throws the 400 of ARM for anything else, so that no filter is ignored.
 */
export function narrowed(found: Stored[], query: URLSearchParams, known: readonly FilterProperty[]): Stored[] {
  const matches = filterOf(query.get("$filter"), known);
  const top = query.get("$top");
  if (top !== null && !/^[1-9]\d*$/.test(top)) {
    throw badRequest("InvalidTopInQueryString", `\`$top\` is '${top}'; it must be a whole number from 1.`);
  }
  const chosen = found.filter(matches);
  return top === null ? chosen : chosen.slice(0, Number(top));
}

function filterOf(filter: string | null, known: readonly FilterProperty[]): (stored: Stored) => boolean {
  if (!filter) return () => true;
  const terms = filter.split(/\s+and\s+/i).map((term) => {
    const [, property = "", value = ""] = /^\s*(\w+)\s+eq\s+'([^']*)'\s*$/i.exec(term) ?? [];
    return { property, value };
  });
  const tag = terms.find(({ property }) => same(property, "tagName"))?.value;
  const conditions = terms.map(({ property, value }): ((stored: Stored) => boolean) => {
    const name = known.find((candidate) => same(candidate, property));
    if (name) return (stored) => properties[name](stored, value);
    if (tag !== undefined && same(property, "tagValue")) {
      return ({ resource }) =>
        Object.entries(resource.tags ?? {}).some(([key, held]) => same(key, tag) && held === value);
    }
    throw badRequest(
      "InvalidFilterInQueryString",
      `Invalid $filter '${filter}': the twin reads \`PROPERTY eq 'VALUE'\`, joined by \`and\`, of ${known.join(", ")}, ` +
        "and tagValue beside tagName.",
    );
  });
  return (stored) => conditions.every((condition) => condition(stored));
}

function same(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}
