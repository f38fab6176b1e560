import {
  type DiffReport,
  type Grade,
  grades,
  type NotebookChange,
  type ResourceChange,
  type StackReport,
} from "../model";
import {
  type Branch,
  causes,
  counts,
  difference,
  gateLines,
  gradeWord,
  guardedLine,
  happens,
  isQuiet,
  isSerious,
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

/** GitHub takes 65,536 characters in a comment; the rest is for what is put around the report. */
const limit = 60_000;

const signs: Record<Grade, string> = { none: "⚪", low: "🟢", disruptive: "🟠", destructive: "🔴" };

/**
 * The report as a comment of a pull request: what disturbs first and in full, all else folded. Where it would be longer
 * than a comment may be, it loses folded parts from its end, and says which.
 */
export function toMarkdown(report: DiffReport): string {
  const head = [
    `### ${signs[report.grade]} ${report.subject}: ${gradeWord(report.grade, report.stacks)}`,
    `${title(report)}. ${sentence(meaning(report))}`,
    ...gateLines(report, code),
    overview(report),
    ...[packageLine(report, code)].filter((text) => text !== undefined),
  ];
  const stacks = report.stacks
    .filter((stack) => !isQuiet(stack))
    .map((stack) => ({
      open: [`#### ${signs[stack.grade]} ${stack.stack}: ${gradeWord(stack.grade, [stack])}`, ...risks(stack)],
      folded: details(stack),
    }));
  const notebooks = report.notebooks.map(notebook);
  const open = [...head, ...stacks.flatMap((stack) => stack.open)];
  let room = limit - cut(open.join("\n\n")).length;
  const left: string[] = [];
  const fit = ({ what, text }: Folded) => {
    if (text.length + 200 < room) {
      room -= text.length + 2;
      return [text];
    }
    left.push(what);
    return [];
  };
  const body = [
    ...head,
    ...stacks.flatMap(({ open, folded }) => [...open, ...folded.flatMap(fit)]),
    ...notebooks.flatMap(fit),
  ].join("\n\n");
  const rest =
    left.length > 0
      ? `\n\nToo long for a comment, and left out: ${left.join(", ")}. \`npm run diff\` shows all of it.`
      : "";
  return cut(body) + rest;
}

interface Folded {
  what: string;
  text: string;
}

function overview({ stacks }: DiffReport): string {
  const rows = stacks.map((stack) => {
    const cells = stack.failure ? "cannot be compared" : counts(stack);
    return `| \`${stack.stack}\` | ${signs[stack.grade]} ${gradeWord(stack.grade, [stack])} | ${cells} |`;
  });
  return ["| Stack | Risk | Resources |", "| --- | --- | --- |", ...rows].join("\n");
}

/** Everything that disturbs, worst first, each with its cause and its cost. */
function risks(stack: StackReport): string[] {
  if (stack.failure) {
    const { version, message } = stack.failure;
    return [`The ${whyNot[version]}, so there is nothing to compare:\n\n${fence(message, "")}`];
  }
  const refusal =
    stack.refusal === undefined
      ? []
      : [`\`pulumi up\` was tried on services that stand for Azure's, and stopped:\n\n${fence(stack.refusal, "")}`];
  const guarded = guardedLine(stack, code);
  const needed = neededLines(stack, code).map((text) => `- ${signs.disruptive} ${text}`);
  const lines = [
    ...sorted(stack.changes).map((change) => ({ grade: change.grade, text: risk(change) })),
    ...stack.topics.map(({ topic, what, grade, cost }) => ({
      grade,
      text: `topic ${code(topic)} ${prose(what)}.${after(cost)}`,
    })),
    ...stack.outputs.map((output) => ({
      grade: output.grade,
      text: `output ${code(output.name)}: ${difference(output, code)}.${after(output.cost)}`,
    })),
  ];
  const serious = lines.filter(isSerious);
  const light = lines.length - serious.length;
  const bad = [...serious].sort((a, b) => grades.indexOf(b.grade) - grades.indexOf(a.grade));
  const findings = stack.policies.map(
    ({ policy, level, resource, message }) =>
      `- policy **${code(policy)}** (${level})${resource ? ` on ${code(resource)}` : ""}: ${code(line(message))}`,
  );
  const protection = protectionLines(stack, code).map((text) => `- ${text}`);
  const isStopped =
    guarded !== undefined || stack.refusal !== undefined || stack.policies.some(({ level }) => level === "mandatory");
  const isHarmless = bad.length === 0 && needed.length === 0 && !isStopped;
  return [
    ...(guarded === undefined ? [] : [guarded]),
    ...refusal,
    ...[needed, bad.map(({ grade, text }) => `- ${signs[grade]} ${text}`), findings, protection].flatMap((list) =>
      list.length > 0 ? [list.join("\n")] : [],
    ),
    ...(isHarmless && light > 0 ? [`Nothing stops: ${counts(stack)}.`] : []),
  ];
}

function risk(change: ResourceChange): string {
  const why = causes(change, code);
  const because = why.length > 0 ? ` because of ${why.join("; ")}` : "";
  return `**${code(change.name)}** (${code(change.type)}) is ${happens(change)}${because}.${after(change.cost)}`;
}

function details(stack: StackReport): Folded[] {
  const { changes, outputs, topics, configuration, standIns, stack: name } = stack;
  const folded = (what: string, lines: string[]): Folded[] =>
    lines.length === 0
      ? []
      : [{ what: `${what} of ${name}`, text: fold(`${what} (${lines.length})`, lines.join("\n")) }];
  /** In sight where it is short. */
  const listed = (what: string, lines: string[]): Folded[] =>
    lines.length > 0 && lines.length <= 5 && lines.join("").length <= 1200
      ? [{ what: `${what} of ${name}`, text: `**${what}**\n\n${lines.join("\n")}` }]
      : folded(what, lines);
  const madeUp = [
    ...standIns.encrypted.map((key) => `- ${code(key)} is encrypted`),
    ...standIns.missing.map((key) => `- ${code(key)} is not in the stack file`),
  ];
  return [
    ...listed(
      "Configuration",
      configuration.map(
        (change) => `- ${code(change.key)}: ${difference(change, code)}${change.isDefault ? " (default)" : ""}`,
      ),
    ),
    ...listed(
      // The others are above.
      "Topics",
      topics
        .filter((topic) => !isSerious(topic))
        .map(({ topic, what, cost }) => `- ${code(topic)} ${prose(what)}.${after(cost)}`),
    ),
    ...(changes.length > 0
      ? [
          {
            what: `Resources of ${name}`,
            text: fold(`Resources (${changes.length})`, branch(tree(sorted(changes)), "").join("\n")),
          },
        ]
      : []),
    ...(stack.following.length > 0 ? [waiting(stack)] : []),
    ...folded(
      "Outputs",
      outputs.map((output) => `- ${code(output.name)}: ${difference(output, code)}`),
    ),
    ...(changes.length > 0 ? folded("Made-up values", madeUp) : []),
  ];
}

function waiting({ following, stack }: StackReport): Folded {
  const what = "Waiting for them, and mostly as they are";
  return { what: `${what} in ${stack}`, text: fold(`${what} (${following.length})`, following.map(code).join(", ")) };
}

function branch({ branches, changes }: Branch, indent: string): string[] {
  return [
    ...changes.flatMap((change) => [
      `${indent}- ${code(change.name)} (${change.type}) is ${happens(change)}${isSerious(change) || !change.cost ? "" : `. ${change.cost}`}`,
      ...change.properties.map(
        (property) =>
          `${indent}  - ${code(property.path)}: ${difference(property, code)}${property.replaces ? " (replaces)" : ""}`,
      ),
    ]),
    ...branches.flatMap((inner) => [`${indent}- ${code(inner.name)}`, ...branch(inner, `${indent}  `)]),
  ];
}

function notebook({ file, added, removed, patch }: NotebookChange): Folded {
  return {
    what: file,
    text: fold(`${code(file)}: ${plural(added, "line")} added, ${removed} removed`, fence(patch, "diff")),
  };
}

function fold(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** Text as code, whatever is in it: no Markdown, no HTML, no mention of anybody. */
function code(value: string): string {
  const text = line(value);
  const ticks = "`".repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  return ticks.length > 1 ? `${ticks} ${text} ${ticks}` : `\`${text}\``;
}

function fence(text: string, language: string): string {
  const ticks = "`".repeat(1 + Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  return `${ticks}${language}\n${text}\n${ticks}`;
}

/** A sentence with values of the configuration in it: they stay in its line, and are no HTML. */
function prose(text: string): string {
  return line(text).replaceAll("<", "&lt;");
}

function line(text: string): string {
  return text.replace(/\s+/g, " ");
}

function after(cost: string | undefined): string {
  return cost ? ` ${cost}` : "";
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

function cut(text: string): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 40)}\n\n... (cut)`;
}
