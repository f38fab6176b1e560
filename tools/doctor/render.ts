import pc from "picocolors";
import type { Level, Section } from "./finding";

const marks: Record<Level, [mark: string, paint: (text: string) => string]> = {
  ok: ["✓", pc.green],
  note: ["·", pc.cyan],
  problem: ["✗", pc.red],
  unknown: ["?", pc.yellow],
};

/** Sections for people: one line a finding, and below it the commands that help. */
export function toText(sections: readonly Section[]): string {
  const blocks = sections.map(({ title, findings }) => {
    const width = Math.max(...findings.map(({ subject }) => subject.length));
    const lines = findings.flatMap(({ subject, level, text, fix = [] }) => {
      const [mark, paint] = marks[level];
      const indent = " ".repeat(width + 6);
      const words = text.replaceAll("\n", `\n${indent}`);
      return [
        `  ${paint(mark)} ${subject.padEnd(width)}  ${words}`,
        ...fix.map((command) => pc.dim(`${indent}${command}`)),
      ];
    });
    return [pc.bold(title), ...lines].join("\n");
  });
  return `${blocks.join("\n\n")}\n\n${summary(sections)}`;
}

function summary(sections: readonly Section[]): string {
  const count = (level: Level) =>
    sections.flatMap(({ findings }) => findings).filter((one) => one.level === level).length;
  const problems = count("problem");
  const unknown = count("unknown");
  const more = unknown > 0 ? `, ${unknown} could not be looked at (?)` : "";
  if (problems === 0) return `Nothing has to be put right${more}.`;
  return `${problems === 1 ? "1 thing has" : `${problems} things have`} to be put right (✗)${more}.`;
}
