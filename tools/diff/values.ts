import { unknownTokens } from "../../local/plugins/rpc/wire";

/** How the report calls such a value. */
export const unknown = "[known after up]";

/** How the engine and the report call a value that nobody is to see. */
export const secret = "[secret]";

/** Whether it is what the engine writes in place of a value that is known only once things exist. */
function isUnknown(value: unknown): boolean {
  return typeof value === "string" && unknownTokens.has(value);
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
