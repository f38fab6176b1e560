import { HttpError } from "../http";

/** One condition of a query: `HostRoles/state=STARTED`. */
export interface Predicate {
  /** Property path, through sub-resources where it leads there: `host_components/HostRoles/state`. */
  path: string[];
  operator: "=" | "!=" | "in";
  values: string[];
}

/** What a GET asks for. */
export interface Query {
  /** Property paths of `fields=`, undefined when everything is to be shown. */
  fields: string[][] | undefined;
  /** All have to hold. */
  predicates: Predicate[];
}

/** What Ambari also takes here, and means nothing to a client of the twin: jQuery's cache buster. */
const ignored = new Set(["_"]);

/**
 * Parses an Ambari query string: `fields=A/b,C/*` and conditions `A/b=x`, `A/b!=x`, `A/b.in(x,y)` joined by `&`.
 * Anything else of Ambari's language (`|`, `!`, comparisons, paging, sorting) is refused with a 400 that names it.
 */
export function parseQuery(queryString: string): Query {
  const query: Query = { fields: undefined, predicates: [] };
  for (const part of queryString.split("&").filter(Boolean)) {
    const text = decode(part);
    const name = text.slice(0, text.search(/[^\w/*]|$/));
    if (ignored.has(name)) continue;
    if (name === "fields") {
      query.fields = [...(query.fields ?? []), ...parseFields(text.slice("fields=".length))];
    } else {
      query.predicates.push(parsePredicate(text));
    }
  }
  return query;
}

/** Parses one condition, such as the `hosts_predicate` of a request. */
export function parsePredicate(text: string): Predicate {
  const among = /^([\w/]+)\.in\(([^()|]*)\)$/.exec(text);
  if (among) return { path: pathOf(among[1]), operator: "in", values: (among[2] ?? "").split(",") };
  const comparison = /^([\w/]+)(!?=)([^|<>]*)$/.exec(text);
  if (!comparison || controls.has(comparison[1] ?? "")) throw unsupported(text);
  const [, path, operator, value] = comparison;
  return { path: pathOf(path), operator: operator === "!=" ? "!=" : "=", values: [value ?? ""] };
}

/** Ambari's own parameters that look like a condition. */
const controls = new Set(["page_size", "from", "to", "sortBy", "minimal_response", "format", "recurse", "doAs"]);

function parseFields(text: string): string[][] {
  const fields = text.split(",").filter(Boolean);
  for (const field of fields) {
    if (!/^(\*|[\w.-]+(\/[\w.-]+)*(\/\*)?)$/.test(field)) throw unsupported(`fields=${field}`);
  }
  return fields.map(pathOf);
}

function pathOf(text = ""): string[] {
  return text.split("/").filter(Boolean);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new HttpError(400, "BadRequest", `Invalid Request: \`${text}\` is not URL-encoded correctly`);
  }
}

function unsupported(text: string): HttpError {
  return new HttpError(
    400,
    "BadRequest",
    `Invalid Request: \`${text}\` is not understood here; the twin's Ambari knows \`fields=\` and conditions ` +
      "`A/b=x`, `A/b!=x` and `A/b.in(x,y)` joined by `&`",
  );
}
