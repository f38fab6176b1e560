import type { Refusal } from "./model";
import { nameOf } from "./resources";

/**
 * How the command provider begins what a script of the program printed before it failed: with the script's whole command
 * line, which says nothing to a reader.
 * Source: https://github.com/pulumi/pulumi-command/tree/v1.2.1/provider/pkg/provider/local
 */
const commandLine =
  /^(?:exit status \d+|signal: \w+|Process exited with status \d+)[^\n]*?: running "(?:[^"\\]|\\.)*":[ \n]*/gm;

/** Why a deployment stopped half-way, and at which resources. */
export function refusalOf(failure: string, failed: readonly string[]): Refusal {
  const message = failure.replaceAll(commandLine, "").trim();
  // Without a word of its own, a script has at least its status.
  return { message: message || failure.trim(), resources: [...new Set(failed.map(nameOf))].sort() };
}
