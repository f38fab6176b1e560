import * as fs from "node:fs";

/** How long logs were when a start began. What came later belongs to it. */
export type LogMark = Map<string, number>;

export function markLogs(files: string[]): LogMark {
  return new Map(files.map((file) => [file, fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0]));
}

/**
 * Why a start failed, from what it wrote since the mark: the last ERROR or FATAL entry with the exception below it, and
 * what it wrote to standard error. Empty when it wrote neither.
 */
export function failureReason(mark: LogMark): string {
  const written = [...mark].map(([file, from]) => ({ file, text: readFrom(file, from) }));
  const reasons = written.map(({ file, text }) =>
    file.endsWith(".err") ? lastLines(text, 8) : lastFailure(text.split("\n")),
  );
  return reasons.filter(Boolean).join("\n");
}

/** Everything that was written since the mark. */
export function writtenSince(mark: LogMark): string {
  return [...mark].map(([file, from]) => readFrom(file, from)).join("");
}

function readFrom(file: string, from: number): string {
  if (!fs.existsSync(file)) return "";
  const content = fs.readFileSync(file);
  // A log that is shorter than it was has been rolled over.
  return content.subarray(content.length < from ? 0 : from).toString("utf8");
}

function lastFailure(lines: string[]): string {
  const at = lines.map((line) => /^\[[^\]]*\] (ERROR|FATAL) /.test(line)).lastIndexOf(true);
  if (at < 0) return "";
  const cause = lines.slice(at + 1, at + 20).filter((line) => /^(Caused by: )?[\w.$]+(Exception|Error)\b/.test(line));
  return [lines[at]?.replace(/^\[[^\]]*\] /, ""), ...cause].join("\n");
}

function lastLines(text: string, count: number): string {
  return text.trim().split("\n").slice(-count).join("\n");
}
