import * as path from "node:path";

/**
 * The command line that runs one of this project's TypeScript scripts in a `command.local.Command`.
 *
 * `dir` is relative to the program's folder, so that the state file of one machine causes no difference on another.
 * ts-node is what Pulumi itself runs the program with, so nothing more needs to be installed.
 */
export function nodeScript(scriptPath: string): { create: string; dir: string } {
  return {
    create: `node --require ts-node/register/transpile-only ${path.basename(scriptPath)}`,
    dir: path.relative(process.cwd(), path.dirname(scriptPath)) || ".",
  };
}
