import { lexer, type Token, type Tokens } from "marked";
import { ownName } from "../stackConfiguration";
import { type Acceptance, type DiffReport, type Gate, type Grade, grades, type StackReport } from "./model";

/**
 * By what people have accepted what a pull request does to a stack: `label accept-destructive`, for all stacks, or
 * `line Accept destructive: dev` of the description, for those it names; nothing where they have not. Who accepts
 * destructive changes accepts disruptive ones as well.
 */
export function acceptanceOf(
  { stack, grade }: Pick<StackReport, "stack" | "grade">,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Acceptance | undefined {
  const enough = grades.slice(grades.indexOf(grade)) as Grade[];
  const labels = JSON.parse(env.PULL_REQUEST_LABELS || "[]") as string[];
  const label = enough.map((each) => `accept-${each}`).find((each) => labels.includes(each));
  if (label !== undefined) return { kind: "label", text: label };
  const text = saidLines(lexer(env.PULL_REQUEST_BODY ?? "")).find((line) => {
    const [, each = "", names = ""] = /^\s*accept (\w+):(.*)$/i.exec(line) ?? [];
    const named = stackNames(names);
    return enough.includes(each.toLowerCase() as Grade) && [stack, ownName(stack)].some((name) => named.includes(name));
  });
  return text === undefined ? undefined : { kind: "line", text: text.trim() };
}

/**
 * The stacks of `dev, prod`; none of a list with a word more in it, such as "dev, not prod": of what can be meant in two
 * ways, nothing is accepted.
 */
function stackNames(list: string): string[] {
  const names = list.replace(/\.?\s*$/, "").split(",");
  const plain = names.map((name) => /^\s*(?:`([\w./-]+)`|([\w./-]+))\s*$/.exec(name));
  return plain.every((found) => found !== null) ? plain.map((found) => String(found[1] ?? found[2])) : [];
}

/**
 * Lines that a description says as its author's own, in text or in lists: without quotes, code, headings, boxes that
 * nobody ticked, and what nobody sees, since a template may come with it.
 */
function saidLines(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token): string[] => {
    if (token.type === "list") {
      const items = (token as Tokens.List).items.filter(({ task, checked }) => !task || checked);
      return items.flatMap(({ tokens: inner }) => saidLines(inner));
    }
    if (token.type !== "paragraph" && token.type !== "text") return [];
    const { tokens: inner = [] } = token as Tokens.Paragraph;
    return inner.map(asSaid).join("").split(/\r?\n/);
  });
}

function asSaid({ type, raw }: Token): string {
  if (type === "html") return "";
  // What is crossed out, say, is no line of its own even when it has several.
  return type === "text" || type === "br" || type === "escape" ? raw : raw.replaceAll(/\s*\n\s*/g, " ");
}

/**
 * Which stacks change as badly as `failOn`, and which of them people have accepted. No label makes up for a new version
 * that nobody could compare, so it is none of them. A base that cannot be deployed is: else what mends it could not get in.
 */
export function gateOf(stacks: readonly StackReport[], failOn: Grade, env = process.env): Gate {
  const bad = stacks.filter(
    ({ grade, failure }) => grades.indexOf(grade) >= grades.indexOf(failOn) && failure?.version !== "head",
  );
  return {
    failOn,
    accepted: bad.flatMap((stack) => {
      const by = acceptanceOf(stack, env);
      return by ? [{ stack: stack.stack, by }] : [];
    }),
    open: bad.filter((stack) => !acceptanceOf(stack, env)).map(({ stack, grade }) => ({ stack, grade })),
  };
}

/** How a job ends: with 2 when it cannot be told what a version does, with 1 when that is bad, unless it is accepted. */
export function exitCodeOf({ stacks, gate }: Pick<DiffReport, "stacks" | "gate">): 0 | 1 | 2 {
  const untold = stacks.filter(({ failure }) => failure);
  const isOpen = untold.some(
    ({ stack, failure }) => failure?.version === "head" || !gate?.accepted.some((each) => each.stack === stack),
  );
  if (isOpen) return 2;
  return gate && gate.open.length > 0 ? 1 : 0;
}
