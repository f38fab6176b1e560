import type { DiffReport } from "../model";
import { isStopped } from "./grades";
import { toMarkdown } from "./markdown";
import { toTerminal } from "./terminal";

/** The forms that a report comes in. */
export const renderers = {
  terminal: toTerminal,
  markdown: toMarkdown,
  json: toJson,
} satisfies Record<string, (report: DiffReport) => string>;

/** The report as it is; of what `up` refuses or does not get to, it says that it is only planned. */
function toJson(report: DiffReport): string {
  const stacks = report.stacks.map((stack) => (isStopped(stack) ? { ...stack, isOnlyPlanned: true } : stack));
  return JSON.stringify({ ...report, stacks }, null, 2);
}
