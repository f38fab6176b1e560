/** What stands for a value that is known only once things exist. The engine writes one of these in its place.
 * Source: https://pkg.go.dev/github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin (`UnknownStringValue` ...) */
const unknowns = [
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

/** How the report calls such a value. */
export const unknown = "[known after up]";

/** How the engine and the report call a value that nobody is to see. */
export const secret = "[secret]";

function isUnknown(value: unknown): boolean {
  return typeof value === "string" && unknowns.includes(value);
}

/** The same value with the engine's signs for unknown ones in words. */
export function inWords(value: unknown): unknown {
  if (isUnknown(value)) return unknown;
  if (Array.isArray(value)) return value.map(inWords);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inWords(item)]));
}

/** Whether any part of a value is known only once things exist. */
export function hasUnknown(value: unknown): boolean {
  return JSON.stringify(inWords(value) ?? null).includes(unknown);
}

/** The part of a value that a path of the engine leads to, such as `roles[0].size` or `tags["a.b"]`. */
export function at(value: unknown, path: string): unknown {
  const steps = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)];
  return steps.reduce<unknown>((part, [, quoted, index, name]) => {
    // Of a whole that is not shown, or not known yet, no part is either.
    if (part === null || typeof part !== "object") {
      return part === secret || part === unknown || isUnknown(part) ? part : undefined;
    }
    return (part as Record<string, unknown>)[quoted ?? index ?? (name as string)];
  }, value);
}

/**
 * A path in which parts of a list go by their names, where they have some: `rules[2].ports` is `rules[ssh].ports`. A number
 * stays where the two values have parts of different names there.
 */
export function labelOf(path: string, before: unknown, after: unknown): string {
  return path.replaceAll(/\[\d+\]/g, (step, offset: number) => {
    const place = path.slice(0, offset) + step;
    const names = [before, after].map((value) => (at(value, place) as { name?: unknown } | undefined)?.name);
    const [name, ...others] = new Set(names.filter((each) => typeof each === "string"));
    return name !== undefined && others.length === 0 && /^[\w.-]{1,40}$/.test(name) ? `[${name}]` : step;
  });
}

/** Every leaf of a value with its path; empty lists and objects are leaves. */
export function leaves(value: unknown, path = ""): [path: string, value: unknown][] {
  if (value === null || typeof value !== "object" || Object.keys(value).length === 0) return [[path, value]];
  return Object.entries(value).flatMap(([key, item]) => {
    const step = Array.isArray(value) ? `[${key}]` : /^[\w-]+$/.test(key) ? `.${key}` : `["${key}"]`;
    return leaves(item, `${path}${step}`);
  });
}
