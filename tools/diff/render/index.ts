import type { DiffReport } from "../model";
import { toMarkdown } from "./markdown";
import { toTerminal } from "./terminal";

/** The forms that a report comes in. */
export const renderers = {
  terminal: toTerminal,
  markdown: toMarkdown,
  json: (report: DiffReport) => JSON.stringify(report, null, 2),
} satisfies Record<string, (report: DiffReport) => string>;
