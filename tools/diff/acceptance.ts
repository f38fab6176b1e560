import { type Gate, type Grade, grades, type StackReport } from "./model";

/**
 * Whether people have accepted what a pull request does to a stack: by a label for all stacks, or by a line of the
 * description for those it names. Who accepts destructive changes accepts disruptive ones as well.
 */
export function accepted(
  { stack, grade }: Pick<StackReport, "stack" | "grade">,
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  const enough = grades.slice(grades.indexOf(grade)) as Grade[];
  const labels = JSON.parse(env.PULL_REQUEST_LABELS || "[]") as string[];
  if (enough.some((each) => labels.includes(`accept-${each}`))) return true;
  // What nobody sees is no acceptance: a template may come with it.
  const lines = (env.PULL_REQUEST_BODY ?? "").replace(/<!--[\s\S]*?(?:-->|$)/g, "").split(/\r?\n/);
  return lines.some((line) => {
    const [, each = "", names = ""] = /^\s*accept (\w+):(.*)$/i.exec(line) ?? [];
    return enough.includes(each.toLowerCase() as Grade) && names.split(/[\s,`]+/).includes(stack);
  });
}

/**
 * Which stacks change as badly as `failOn`, and which of them people have accepted. No label makes up for a new version
 * that nobody could compare, so it is none of them.
 */
export function gateOf(stacks: readonly StackReport[], failOn: Grade, env = process.env): Gate {
  const bad = stacks.filter(
    ({ grade, failure }) => grades.indexOf(grade) >= grades.indexOf(failOn) && failure?.version !== "head",
  );
  return {
    failOn,
    accepted: bad.filter((stack) => accepted(stack, env)).map(({ stack }) => stack),
    open: bad.filter((stack) => !accepted(stack, env)).map(({ stack, grade }) => ({ stack, grade })),
  };
}
