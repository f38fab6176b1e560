import { writeFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { endWith, wholeMessage } from "../stack/command";
import type { DiffReport } from "./model";
import { renderers } from "./render";

/** Flags of every command that shows a report. */
export interface ReportFlags {
  format: keyof typeof renderers;
  output?: string;
}

/** Gives a command those flags. A wrong command line ends with 2, as what cannot be told does. */
export function withReportFlags(command: Command): Command {
  return command
    .addOption(new Option("--format <format>").choices(Object.keys(renderers)).default("terminal"))
    .option("--output <file>", "write the report there, and not to the terminal")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}

/** Tells on the terminal what is being done; the report itself may go to standard output. */
export function progress(line: string): void {
  console.error(`${line} ...`);
}

/** Shows a report in the form, and at the place, that were asked for. */
export function show(report: DiffReport, { format, output }: ReportFlags): void {
  const text = renderers[format](report);
  if (output === undefined) console.log(text);
  else writeFileSync(output, `${text}\n`);
}

/** Ends the process with what `work` comes to; with its message and 2 when it fails. */
export function end(work: Promise<number>): Promise<void> {
  return endWith(work, 2, wholeMessage);
}
