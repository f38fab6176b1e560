import * as path from "node:path";

/**
 * The command line that runs one of this project's own scripts, named without its extension, in a
 * `command.local.Command`.
 *
 * In the repository that is TypeScript, run by ts-node as Pulumi itself runs the program; in the published package it is
 * the JavaScript made of it. Both need nothing that is not installed already. `dir` is relative to the program's folder,
 * so that the state file of one machine causes no difference on another.
 */
export function nodeScript(script: string): { create: string; dir: string } {
  const extension = path.extname(__filename);
  const node = extension === ".ts" ? "node --require ts-node/register/transpile-only" : "node";
  return {
    create: `${node} ${path.basename(script)}${extension}`,
    dir: path.relative(process.cwd(), path.dirname(script)) || ".",
  };
}
