import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import { formerKeys } from "./formerKeys";
import { type Key, type KeyName, keys, type Values } from "./keys";
import { hiddenValue, keyName, type Problem, removeCommand, type Step, setCommand, show } from "./problems";

/** The texts of namespace `streaming`, by key without the namespace, and which of them Pulumi keeps encrypted. */
export interface RawConfig {
  texts: Readonly<Record<string, string>>;
  isEncrypted(key: string): boolean;
}

/** Checks each key by itself: the values that are good, and a problem for each that is not. */
export function parseKeys(raw: RawConfig): { values: Partial<Values>; problems: Problem[] } {
  const values: Partial<Record<KeyName, unknown>> = {};
  const problems: Problem[] = [];
  for (const [name, key] of Object.entries(keys) as [KeyName, Key][]) {
    // A default of "" in Pulumi.yaml stands for "not set": the CLI insists on a default for what is not required.
    const text = raw.texts[name] || undefined;
    const result = check(key, text);
    if (!result.success) problems.push(...result.error.issues.flatMap((issue) => toProblems(name, key, raw, issue)));
    else if (key.secret && text !== undefined && !raw.isEncrypted(name)) problems.push(inClear(name, key));
    else values[name] = result.data;
  }
  return { values: values as Partial<Values>, problems };
}

/** A key that nothing reads: most likely a slip of the pen, so that the default is used unnoticed. */
export function unknownKeys(raw: RawConfig): Problem[] {
  const known = Object.keys(keys);
  return Object.keys(raw.texts)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const former = formerKeys[name]?.(raw.texts[name]);
      if (former) return { key: keyName(name), got: "a key of an earlier version", ...former };
      const nearest = closest(name, known);
      const isNear = distance(name.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, nearest.length / 3);
      return {
        key: keyName(name),
        got: "a key that this program does not have",
        needs: isNear ? `perhaps \`${keyName(nearest)}\`` : "one of the keys that `Pulumi.yaml` describes",
        fix: [removeCommand(name), ...(isNear ? [setCommand(nearest, "VALUE")] : [])],
      };
    });
}

function inClear(name: KeyName, key: Key): Problem {
  return {
    key: keyName(name),
    got: "a secret in clear text (not shown)",
    needs: "to be encrypted: it is in the stack file for all to read, so choose a new one",
    fix: key.commands ?? [setCommand(name, key.example)],
  };
}

/** A key that must be there and is not is refused as an empty one is, so that the message says what it needs. */
function check(key: Key, text: string | undefined) {
  const result = key.schema.safeParse(text);
  return result.success || text !== undefined ? result : key.schema.safeParse("");
}

function toProblems(name: KeyName, key: Key, raw: RawConfig, issue: z.core.$ZodIssue): Problem[] {
  const text = raw.texts[name] || undefined;
  const path = issue.path as Step[];
  const isSecret = key.secret || raw.isEncrypted(name);
  if (issue.code === "unrecognized_keys") {
    // A slip in the name of the part that is secret has its value.
    const hide = isSecret || key.secretPart !== undefined;
    return issue.keys.map((field) => ({
      key: keyName(name, [...path, field]),
      got: hide ? hiddenValue : show(at(text, [...path, field])),
      needs: `to be left out, because there are ${issue.message}`,
      fix: [removeCommand(name, [...path, field])],
    }));
  }
  if (issue.code === "invalid_key") {
    const needs = issue.issues[0].message;
    return [{ key: keyName(name, path), got: show(path.at(-1)), needs, fix: [removeCommand(name, path)] }];
  }
  const hide = text !== undefined && (isSecret || (key.secretPart !== undefined && path.includes(key.secretPart)));
  return [
    {
      key: keyName(name, path),
      got: hide ? hiddenValue : show(at(text, path)),
      needs: issue.message,
      fix: fixes(name, key, text, issue),
    },
  ];
}

function fixes(name: KeyName, key: Key, text: string | undefined, issue: z.core.$ZodIssue): string[] {
  const path = issue.path as Step[];
  if (path.length > 0) {
    // Whoever finds what is wrong may know a good value that the example has no room for.
    const known = issue.code === "custom" ? issue.params?.example : undefined;
    return [setCommand(name, known ?? exampleAt(key.example, path), path)];
  }
  // The CLI cannot add to a list where there is a text.
  const first = text !== undefined && Array.isArray(key.example) ? [removeCommand(name)] : [];
  return [...first, ...(key.commands ?? [setCommand(name, key.example)])];
}

/** The part of a structured value that a path leads to; all of a value that is no JSON. */
function at(text: string | undefined, path: readonly Step[]): unknown {
  if (path.length === 0 || text === undefined) return text;
  return walk(JSON.parse(text), path);
}

/** The same part of the example, whose lists have one element that stands for all. */
function exampleAt(example: unknown, path: readonly Step[]): unknown {
  return (
    walk(
      example,
      path.map((step) => (typeof step === "number" ? 0 : step)),
    ) ?? "VALUE"
  );
}

function walk(value: unknown, path: readonly Step[]): unknown {
  return path.reduce((part, step) => (part as Record<Step, unknown> | undefined)?.[step], value);
}
