import pc from "picocolors";
import type { DiffReport, Grade, Operation, StackReport } from "../model";
import { difference } from "./differences";
import { gradeWord, isQuiet, meaning } from "./grades";
import { stopsOf } from "./stops";
import {
  type Branch,
  because,
  counts,
  gateLines,
  happens,
  opened,
  packageLine,
  pathOf,
  plural,
  removedLine,
  sorted,
  title,
  tree,
  voiceOf,
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
  const { failure, topics, changes, following, outputs, standIns } = stack;
  const head = `\n${pc.bold(stack.stack)}: ${colors[stack.grade](gradeWord(stack.grade, [stack]))}`;
  if (failure) {
    const message = failure.message.split("\n").map((line) => `  ${line}`);
    return [`${head}, the ${whyNot[failure.version]}:`, ...message, ...configurationLines(stack)];
  }
  if (stack.isRemoved) return [head, `  ${removedLine(stack, plain)}`, ...configurationLines(stack)];
  if (isQuiet(stack)) return [`${head} (${counts(stack)})`];
  const { guarded, policies, refusal, renames, notCompared, needed, protection } = stopsOf(stack, plain);
  const first = [
    ...[guarded, policies.lead?.join(" ")].filter((line) => line !== undefined),
    ...(refusal ? [refusal.before, ...refusal.message.split("\n").map((line) => `  ${line}`), refusal.after] : []),
    ...renames,
    ...notCompared,
    ...needed,
    ...protection,
    ...sorted(changes).flatMap((change) => opened(change, plain, stack) ?? []),
  ];
  const madeUp = [...standIns.encrypted, ...standIns.missing];
  return [
    `${head} (${counts(stack)})`,
    ...first.map((line) => `  ${line}`),
    ...section("Policies", policies.fresh),
    ...configurationLines(stack),
    ...section(
      "Topics",
      topics.map(({ topic, what, grade, cost }) => `${topic} ${what}.${cost ? ` ${colors[grade](cost)}` : ""}`),
    ),
    ...(changes.length > 0 ? [pc.underline("  Resources"), ...branch(stack, tree(sorted(changes)), "    ")] : []),
    ...section("Waiting for them, and mostly as they are", following.length > 0 ? [following.join(", ")] : []),
    ...section(
      "Outputs",
      outputs.map(
        (output) =>
          `${output.name}: ${difference(output, plain, voiceOf(stack))}${output.cost ? ` ${colors[output.grade](output.cost)}` : ""}`,
      ),
    ),
    ...section("Policies that the base version breaks, too", policies.old),
    ...(madeUp.length > 0
      ? section("Made-up values, for what is encrypted or not in the stack file", [madeUp.join(", ")])
      : []),
  ];
}

function configurationLines({ configuration }: StackReport): string[] {
  return section(
    "Configuration",
    configuration.map((change) => `${change.key}: ${difference(change, plain)}${change.isDefault ? " (default)" : ""}`),
  );
}

function section(name: string, lines: string[]): string[] {
  return lines.length > 0 ? [pc.underline(`  ${name}`), ...lines.map((line) => `    ${line}`)] : [];
}

function branch(stack: StackReport, { branches, changes }: Branch, indent: string): string[] {
  return [
    ...changes.flatMap((change) => [
      `${indent}${signs[change.operation]} ${change.name} (${change.type}) ${happens(change, stack)}${change.replacedWith ? because(change, stack, plain) : ""}`,
      ...(change.cost ? [`${indent}   ${colors[change.grade](change.cost)}`] : []),
      ...change.properties.map(
        (property) =>
          `${indent}   ${pathOf(property)}: ${difference(property, plain, stack.isDrift ? "drift" : "change")}${property.replaces ? pc.magenta(" (replaces)") : ""}`,
      ),
    ]),
    ...branches.flatMap((inner) => [`${indent}${pc.bold(inner.name)}`, ...branch(stack, inner, `${indent}  `)]),
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
