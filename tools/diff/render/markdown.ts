import {
  type DiffReport,
  type Grade,
  grades,
  type NotebookChange,
  type ResourceChange,
  type StackReport,
} from "../model";
import { difference } from "./differences";
import { gradeWord, isQuiet, isStopped, meaning } from "./grades";
import { code, escaped, fence, fold, prose } from "./marks";
import { fitted, type Part } from "./room";
import { stopsOf } from "./stops";
import {
  type Branch,
  because,
  counts,
  gateLines,
  happens,
  happensInList,
  isSerious,
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

/** GitHub takes 65,536 characters in a comment; the rest is for what is put around the report. */
const limit = 60_000;

/** Most characters of one message. */
const longestMessage = 6000;

const signs: Record<Grade, string> = { none: "⚪", low: "🟢", disruptive: "🟠", destructive: "🔴" };

/** What decides who gets in is no question of how much stops. */
const openSign = "🔓";

/** Which parts of the report get their room first: all that a reader has to know, before all that can be looked up. */
const ranks = { head: 0, heading: 1, destructive: 2, lead: 3, disruptive: 4, message: 5, list: 6, folded: 7 };

/**
 * The report as a comment of a pull request: what disturbs first and in full, all else folded. Where it would be longer
 * than a comment may be, what is folded goes first, and what tells of lost data last; a note counts what is left out.
 */
export function toMarkdown(report: DiffReport): string {
  const head = [
    `### ${signs[report.grade]} ${report.subject}: ${gradeWord(report.grade, report.stacks)}`,
    `${prose(title(report))}. ${sentence(meaning(report))}`,
    ...gateLines(report, code),
  ].map((text): Part => ({ text, rank: ranks.head, what: "line of the head" }));
  const packages = [packageLine(report, code)].flatMap((text): Part[] =>
    text === undefined ? [] : [{ text, rank: ranks.lead, what: "the packages" }],
  );
  const stacks = report.stacks.filter((stack) => !isQuiet(stack)).flatMap(parts);
  const all = [...head, ...overview(report), ...packages, ...stacks, ...report.notebooks.map(notebook)];
  return fitted(all, limit, "`npm run diff` shows all of it.");
}

function overview({ stacks }: DiffReport): Part[] {
  const row = (text: string, rank: number): Part => ({ text, rank, list: "overview", what: "row of the table" });
  return [
    row("| Stack | Risk | Resources |\n| --- | --- | --- |", ranks.head),
    ...stacks.map((stack) => {
      const { grade, failure, isRemoved } = stack;
      const cells = failure ? "cannot be compared" : isRemoved ? "no file any more" : counts(stack);
      const name = code(stack.stack).replaceAll("|", "\\|");
      return row(`| ${name} | ${signs[grade]} ${gradeWord(grade, [stack])} | ${cells} |`, headingRank(grade));
    }),
  ];
}

/** Of many stacks, the worst are the last to be left out. */
function headingRank(grade: Grade): number {
  return ranks.heading + (grades.length - 1 - grades.indexOf(grade)) / 10;
}

/** All of a stack: what somebody has to see in sight, the rest folded. */
function parts(stack: StackReport): Part[] {
  const name = code(stack.stack);
  const heading: Part = {
    text: `#### ${signs[stack.grade]} ${prose(stack.stack)}: ${gradeWord(stack.grade, [stack])}`,
    rank: headingRank(stack.grade),
    what: "stack",
  };
  const all = [...risks(stack), ...details(stack)];
  return [heading, ...all.map((part) => ({ ...part, what: `${part.what} of ${name}`, below: heading }))];
}

/** Everything that disturbs, worst first, each with its cause and its cost. */
function risks(stack: StackReport): Part[] {
  const lead = (text: string): Part => ({ text, rank: ranks.lead, what: "explanation" });
  const message = (text: string): Part => ({
    text: fence(text.length > longestMessage ? `${text.slice(0, longestMessage)}...` : text, ""),
    rank: ranks.message,
    what: "message",
  });
  if (stack.isRemoved) return [lead(removedLine(stack, code))];
  if (stack.failure) {
    return [
      lead(`The ${whyNot[stack.failure.version]}, so there is nothing to compare:`),
      message(stack.failure.message),
    ];
  }
  const list = "lines";
  const listed = (lines: string[], rank: number): Part[] =>
    lines.map((text) => ({ text: `- ${text}`, rank, list, what: "line" }));
  const { guarded, policies, refusal, renames, notCompared, protection, ...others } = stopsOf(stack, code);
  const needed = others.needed.map((text) => `${signs.disruptive} ${text}`);
  const serious = lines(stack).filter(isSerious);
  // What stops nothing, and has more to say than that it happens.
  const notes = sorted(stack.changes).filter(
    (change) => change.cost && !isSerious(change) && opened(change, code, stack) === undefined,
  );
  const openings = sorted(stack.changes).flatMap((change) => opened(change, code, stack) ?? []);
  const isHarmless = serious.length + needed.length === 0 && !isStopped(stack);
  const light = stack.changes.length + stack.topics.length + stack.outputs.length;
  return [
    ...(guarded === undefined ? [] : [lead(guarded)]),
    ...(policies.lead ? [lead(policies.lead[0])] : []),
    ...listed(policies.fresh, ranks.lead),
    ...(policies.lead && stack.changes.length > 0 ? [lead(policies.lead[1])] : []),
    ...(refusal ? [lead(refusal.before), message(refusal.message), lead(refusal.after)] : []),
    ...renames.map(lead),
    ...notCompared.map(lead),
    ...listed(needed, ranks.lead),
    ...[...serious]
      .sort((a, b) => grades.indexOf(b.grade) - grades.indexOf(a.grade))
      .map(
        ({ grade, text, shorter }): Part => ({
          text: `- ${signs[grade]} ${text}`,
          shorter: `- ${signs[grade]} ${shorter}`,
          rank: grade === "destructive" ? ranks.destructive : ranks.disruptive,
          list,
          what: `${grade} change`,
          isLoss: grade === "destructive",
        }),
      ),
    ...listed(
      notes.map((change) => `${signs.low} ${changeLine(change, stack).text}`),
      ranks.list,
    ),
    ...listed(
      openings.map((text) => `${openSign} ${text}`),
      ranks.disruptive,
    ),
    ...listed(protection, ranks.lead),
    ...(isHarmless && light > 0 && !stack.isDrift ? [lead(harmless(stack))] : []),
  ];
}

function harmless(stack: StackReport): string {
  return `Nothing stops${stack.changes.length > 0 ? `: ${counts(stack)}` : ""}.`;
}

interface Line {
  grade: Grade;
  text: string;
  shorter: string;
}

function changeLine(change: ResourceChange, stack: StackReport): Line {
  const what = `**${code(change.name)}** (${code(change.type)}) ${happens(change, stack)}`;
  const shorter = `${what}.${after(change.cost)}`;
  return { grade: change.grade, text: `${what}${because(change, stack, code)}.${after(change.cost)}`, shorter };
}

/** What happens to resources, topics and outputs, a line for each. */
function lines(stack: StackReport): Line[] {
  return [
    ...sorted(stack.changes).map((change) => changeLine(change, stack)),
    ...stack.topics.map(({ topic, what, grade, cost }) => {
      const text = `topic ${code(topic)} ${prose(what)}.${after(cost)}`;
      return { grade, text, shorter: `topic ${code(topic)}.${after(cost)}` };
    }),
    ...stack.outputs.map((output) => {
      const what = `output ${code(output.name)}`;
      const text = `${what}: ${difference(output, code, voiceOf(stack))}.${after(output.cost)}`;
      return {
        grade: output.grade,
        text,
        shorter: `${what} ${isStopped(stack) ? "would be " : ""}${output.kind}.${after(output.cost)}`,
      };
    }),
  ];
}

function details(stack: StackReport): Part[] {
  const { changes, outputs, topics, configuration, standIns, following } = stack;
  const folded = (what: string, lines: string[], shorter?: string[]): Part[] => {
    if (lines.length === 0) return [];
    const text = (list: string[]) => fold(`${what} (${lines.length})`, list.join("\n"));
    return [{ what, text: text(lines), ...(shorter && { shorter: text(shorter) }), rank: ranks.folded }];
  };
  /** In sight where it is short. */
  const listed = (what: string, lines: string[]): Part[] =>
    lines.length > 0 && lines.length <= 5 && lines.join("").length <= 1200
      ? [{ what, text: `**${what}**\n\n${lines.join("\n")}`, rank: ranks.list }]
      : folded(what, lines);
  const madeUp = [
    ...standIns.encrypted.map((key) => `- ${code(key)} is encrypted`),
    ...standIns.missing.map((key) => `- ${code(key)} is not in the stack file`),
  ];
  const resources = (isShort: boolean) => branch(stack, tree(sorted(changes)), "", isShort).join("\n");
  const resourcesPart = (isShort: boolean) => fold(`Resources (${changes.length})`, resources(isShort));
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
      ? [{ what: "Resources", text: resourcesPart(false), shorter: resourcesPart(true), rank: ranks.folded }]
      : []),
    ...(following.length > 0
      ? [
          {
            what: "what waits for them",
            text: fold(
              `Waiting for them, and mostly as they are (${following.length})`,
              following.map(code).join(", "),
            ),
            rank: ranks.folded,
          },
        ]
      : []),
    ...folded(
      "Outputs",
      outputs.map((output) => `- ${code(output.name)}: ${difference(output, code, voiceOf(stack))}`),
    ),
    ...folded(
      "Policies that the base version breaks, too",
      stopsOf(stack, code).policies.old.map((text) => `- ${text}`),
    ),
    ...(changes.length > 0 ? folded("Made-up values", madeUp) : []),
  ];
}

/** @param isShort whether only the resources are named, and not what differs of them */
function branch(stack: StackReport, { branches, changes }: Branch, indent: string, isShort: boolean): string[] {
  return [
    ...changes.flatMap((change) => [
      `${indent}- ${code(change.name)} (${prose(change.type)}) ${happensInList(change, stack)}`,
      ...(isShort ? [] : change.properties).map(
        (property) =>
          `${indent}  - ${code(pathOf(property))}: ${difference(property, code, stack.isDrift ? "drift" : "change")}${property.replaces ? " (replaces)" : ""}`,
      ),
    ]),
    ...branches.flatMap((inner) => [`${indent}- ${code(inner.name)}`, ...branch(stack, inner, `${indent}  `, isShort)]),
  ];
}

function notebook({ file, added, removed, patch }: NotebookChange): Part {
  const what = `<code>${escaped(file)}</code>: ${plural(added, "line")} added, ${removed} removed`;
  const text = fold(what, fence(patch, "diff"));
  return { what: code(file), text, rank: ranks.folded };
}

function after(cost: string | undefined): string {
  return cost ? ` ${cost}` : "";
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}
