/**
 * `ok`: as it should be. `note`: works, and is worth knowing. `problem`: has to be put right. `unknown`: could not be
 * looked at, which is never the same as ok.
 */
export type Level = "ok" | "note" | "problem" | "unknown";

/** What was found out about one thing. */
export interface Finding {
  subject: string;
  level: Level;
  /** One line, without the subject. */
  text: string;
  /** Commands that put it right, in order. */
  fix?: string[];
}

/** Findings under one heading. */
export interface Section {
  title: string;
  findings: Finding[];
}

export const ok = (subject: string, text: string): Finding => ({ subject, level: "ok", text });
export const note = (subject: string, text: string, fix?: string[]): Finding => make("note", subject, text, fix);
export const problem = (subject: string, text: string, fix?: string[]): Finding => make("problem", subject, text, fix);
export const unknown = (subject: string, text: string, fix?: string[]): Finding => make("unknown", subject, text, fix);

function make(level: Level, subject: string, text: string, fix?: string[]): Finding {
  return { subject, level, text, ...(fix && { fix }) };
}

/** What a check that failed by itself says: nothing is known then. */
export function failed(subject: string, error: unknown, fix?: string[]): Finding {
  return unknown(subject, firstLine(error), fix);
}

/** The first line of what an error says, with the reason below it: `fetch failed` alone helps nobody. */
export function firstLine(error: unknown): string {
  const { message, cause } = error as Error;
  const reason = cause instanceof Error ? ` (${cause.message})` : "";
  return `${message.split("\n")[0]}${reason}`;
}
