import { type Grade, grades, type StackReport } from "./model";

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
  const lines = (env.PULL_REQUEST_BODY ?? "").replace(/<!--[\s\S]*?(?:-->|$)/g, "").split("\n");
  return lines.some((line) => {
    const [, each = "", names = ""] = /^\s*accept (\w+):(.*)$/i.exec(line) ?? [];
    return enough.includes(each.toLowerCase() as Grade) && names.split(/[\s,`]+/).includes(stack);
  });
}
