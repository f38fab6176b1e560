import { isDeepStrictEqual } from "node:util";
import { diffLines } from "diff";
import type { OutputChange, PropertyChange } from "../model";
import { leaves, unknown } from "../values";

/** Longest text, and longest object, that is shown whole. */
const longest = 120;
const longestObject = 240;

/** A value in one line. */
export function show(value: unknown): string {
  if (value === undefined) return "(nothing)";
  const isText = typeof value === "string";
  const text = isText ? value : (rule(value) ?? JSON.stringify(withoutMarks(value)));
  const longestHere = isText ? longest : longestObject;
  if (text === unknown) return text;
  const lines = text.split("\n").length;
  if (lines > 1) return "(several lines)";
  if (text.length > longest && /^[\w+/=]+$/.test(text)) return `(${text.length} characters)`;
  return text.length > longestHere ? `${text.slice(0, longestHere - 3)}...` : text;
}

/**
 * A rule of a network security group as people say it: `by-hand: Allow Inbound Tcp from * to port 22, priority 900`.
 * Source: https://learn.microsoft.com/rest/api/virtualnetwork/security-rules/get
 */
function rule(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("access" in value && "direction" in value)) return undefined;
  const of = value as Record<string, unknown>;
  const list = (...names: string[]) => names.flatMap((name) => of[name] ?? []).join(", ") || "*";
  const from = list("sourceAddressPrefix", "sourceAddressPrefixes");
  const to = list("destinationAddressPrefix", "destinationAddressPrefixes");
  const ports = list("destinationPortRange", "destinationPortRanges");
  return (
    `${of.name}: ${of.access} ${of.direction} ${of.protocol} from ${from} to ${to === "*" ? "" : `${to} `}port ${ports}, ` +
    `priority ${of.priority}`
  );
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

type Difference = Pick<PropertyChange | OutputChange, "kind" | "before" | "after">;
/** Marks a text as a name or a value. */
export type Code = (text: string) => string;

/** How the two sides of a difference are told. */
interface Voice {
  added: (now: string) => string;
  removed: (old: string) => string;
  changed: (old: string, now: string) => string;
}

const ofChange: Voice = {
  added: (now) => `${now} (new)`,
  removed: (old) => `${old} (removed)`,
  changed: (old, now) => `${old} → ${now}`,
};

/** Of what `up` does not get to. */
const ofPlan: Voice = {
  added: (now) => `${now} (would be new)`,
  removed: (old) => `${old} (would be removed)`,
  changed: (old, now) => `${old} (would be ${now})`,
};

/** Here the old side is what is there, and the new one what the code says. */
const ofDrift: Voice = {
  added: (now) => `${now} is missing`,
  removed: (old) => `${old} is not in the code`,
  changed: (old, now) => `${old}, in the code ${now}`,
};

const voices = { change: ofChange, plan: ofPlan, drift: ofDrift };

/** What differs of a property or an output, in one line. `code` marks values. */
export function difference(
  { kind, before, after }: Difference,
  code: Code,
  how: keyof typeof voices = "change",
): string {
  const voice = voices[how];
  if (kind === "added") return voice.added(code(show(after)));
  if (kind === "removed") return voice.removed(code(show(before)));
  const parts = partsThatDiffer(before, after);
  if (parts) {
    return parts.map(({ path, ...part }) => `${path ? `${code(path)} ` : ""}${difference(part, code, how)}`).join(", ");
  }
  const lines = linesThatDiffer(before, after);
  if (lines) return lines;
  const [old, now] = [show(before), show(after)];
  // Cut short, or secret, both sides can look alike.
  return old === now ? `${code(now)} (another one)` : voice.changed(code(old), code(now));
}

/** How much of a text of several lines differs, such as a script's. */
function linesThatDiffer(before: unknown, after: unknown): string | undefined {
  if (![before, after].every((text) => typeof text === "string" && text.includes("\n"))) return undefined;
  const parts = diffLines(before as string, after as string);
  const count = (kind: "added" | "removed") => parts.reduce((sum, part) => (part[kind] ? sum + part.count : sum), 0);
  const [added, removed] = [count("added"), count("removed")];
  return added + removed > 0 ? `${added} line${added === 1 ? "" : "s"} added, ${removed} removed` : undefined;
}

/** So many parts are told each by itself; of more, the whole is easier to read. */
const fewParts = 4;

/** What differs of a list or an object, where that is little of it; nothing where the whole has to be shown. */
function partsThatDiffer(before: unknown, after: unknown): (Difference & { path: string })[] | undefined {
  if (typeof before !== "object" || typeof after !== "object" || !before || !after) return undefined;
  if (Array.isArray(before) !== Array.isArray(after)) return undefined;
  const isIn = (list: unknown[], item: unknown) => list.some((each) => isDeepStrictEqual(each, item));
  if (Array.isArray(before) && Array.isArray(after) && before.length !== after.length) {
    const parts = [
      ...before
        .filter((item) => !isIn(after, item))
        .map((item) => ({ path: "", kind: "removed" as const, before: item })),
      ...after.filter((item) => !isIn(before, item)).map((item) => ({ path: "", kind: "added" as const, after: item })),
    ];
    return parts.length > 0 && parts.length <= fewParts ? parts : undefined;
  }
  const [old, now] = [before, after].map((value) => new Map(leaves(value))) as [
    Map<string, unknown>,
    Map<string, unknown>,
  ];
  const paths = [...new Set([...old.keys(), ...now.keys()])].filter(
    (path) => !isDeepStrictEqual(old.get(path), now.get(path)),
  );
  const isLittle = paths.length > 0 && paths.length <= fewParts && paths.length < Math.max(old.size, now.size);
  if (!isLittle) return undefined;
  return paths.map((path) => ({
    path: path.replace(/^\./, ""),
    kind: !old.has(path) ? "added" : now.has(path) ? "changed" : "removed",
    before: old.get(path),
    after: now.get(path),
  }));
}
