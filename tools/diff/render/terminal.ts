import pc from "picocolors";
import type { DiffReport, Grade, Operation, StackReport } from "../model";
import {
  type Branch,
  counts,
  difference,
  gateLines,
  gradeWord,
  guardedLine,
  happens,
  isQuiet,
  meaning,
  neededLines,
  packageLine,
  plural,
  protectionLines,
  sorted,
  title,
  tree,
  whyNot,
} from "./words";

const colors: Record<Grade, (text: string) => string> = {
  none: pc.dim,
  low: pc.green,
  disruptive: pc.yellow,
  destructive: pc.red,
};

/** The engine's own signs. */
const signs: Record<Operation, string> = {
  create: pc.green("+ "),
  update: pc.yellow("~ "),
  replace: pc.magenta("+-"),
  delete: pc.red("- "),
};

/** The report for a terminal: colors where there are any, nothing folded. */
export function toTerminal(report: DiffReport): string {
  const head = [
    `${pc.bold(report.subject)}, ${title(report)}: ${colors[report.grade](gradeWord(report.grade, report.stacks))} (${meaning(report)})`,
    ...gateLines(report, plain),
  ];
  const packages = [packageLine(report, plain)].filter((text) => text !== undefined);
  return [...head, ...packages, ...report.stacks.flatMap(stackLines), ...notebooks(report)].join("\n");
}

function stackLines(stack: StackReport): string[] {
  const { failure, configuration, topics, changes, following, outputs, policies, standIns } = stack;
  const head = `\n${pc.bold(stack.stack)}: ${colors[stack.grade](gradeWord(stack.grade, [stack]))}`;
  if (failure) {
    return [`${head}, the ${whyNot[failure.version]}:`, ...failure.message.split("\n").map((line) => `  ${line}`)];
  }
  if (isQuiet(stack)) return [`${head} (${counts(stack)})`];
  const refusal =
    stack.refusal === undefined
      ? []
      : section("`pulumi up` was tried on services that stand for Azure's, and stopped", stack.refusal.split("\n"));
  const guarded = guardedLine(stack, plain);
  const first = [...(guarded ? [guarded] : []), ...neededLines(stack, plain), ...protectionLines(stack, plain)];
  const madeUp = [...standIns.encrypted, ...standIns.missing];
  return [
    `${head} (${counts(stack)})`,
    ...first.map((line) => `  ${line}`),
    ...refusal,
    ...section(
      "Configuration",
      configuration.map(
        (change) => `${change.key}: ${difference(change, plain)}${change.isDefault ? " (default)" : ""}`,
      ),
    ),
    ...section(
      "Topics",
      topics.map(({ topic, what, grade, cost }) => `${topic} ${what}.${cost ? ` ${colors[grade](cost)}` : ""}`),
    ),
    ...(changes.length > 0 ? [pc.underline("  Resources"), ...branch(tree(sorted(changes)), "    ")] : []),
    ...section("Waiting for them, and mostly as they are", following.length > 0 ? [following.join(", ")] : []),
    ...section(
      "Outputs",
      outputs.map(
        (output) =>
          `${output.name}: ${difference(output, plain)}${output.cost ? ` ${colors[output.grade](output.cost)}` : ""}`,
      ),
    ),
    ...section(
      "Policies",
      policies.map(
        ({ policy, level, resource, message }) =>
          `${policy} (${level})${resource ? ` on ${resource}` : ""}: ${message}`,
      ),
    ),
    ...(madeUp.length > 0
      ? section("Made-up values, for what is encrypted or not in the stack file", [madeUp.join(", ")])
      : []),
  ];
}

function section(name: string, lines: string[]): string[] {
  return lines.length > 0 ? [pc.underline(`  ${name}`), ...lines.map((line) => `    ${line}`)] : [];
}

function branch({ branches, changes }: Branch, indent: string): string[] {
  return [
    ...changes.flatMap((change) => [
      `${indent}${signs[change.operation]} ${change.name} (${change.type}) is ${happens(change)}`,
      ...(change.cost ? [`${indent}   ${colors[change.grade](change.cost)}`] : []),
      ...change.properties.map(
        (property) =>
          `${indent}   ${property.path}: ${difference(property, plain)}${property.replaces ? pc.magenta(" (replaces)") : ""}`,
      ),
    ]),
    ...branches.flatMap((inner) => [`${indent}${pc.bold(inner.name)}`, ...branch(inner, `${indent}  `)]),
  ];
}

function notebooks({ notebooks: changed }: DiffReport): string[] {
  return changed.flatMap(({ file, added, removed, patch }) => [
    `\n${pc.bold(file)}: ${plural(added, "line")} added, ${removed} removed`,
    ...patch
      .split("\n")
      .map((line) => (line.startsWith("+") ? pc.green(line) : line.startsWith("-") ? pc.red(line) : line)),
  ]);
}

function plain(text: string): string {
  return text;
}
