/** Part of `npm run check`: looks for mistakes in `.github/`, by actionlint and by the rules of `workflows/rules.ts`. */
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { actionlint } from "./workflows/actionlint";
import { securityProblems } from "./workflows/rules";

const folder = path.join(__dirname, "..", ".github");

async function main(): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.ya?ml$/.test(file))
    .sort();
  const problems: string[] = [];
  for (const file of files) {
    const text = readFileSync(path.join(folder, file), "utf8");
    const name = path.join(".github", file);
    // It knows workflows, and nothing else that is there.
    const isWorkflow = path.dirname(file) === "workflows";
    const found = isWorkflow ? await actionlint(text, name) : [];
    problems.push(...found.map(({ line, column, message }) => `${name}:${line}:${column} ${message}`));
    problems.push(...securityProblems(text).map((problem) => `${name} ${problem}`));
  }
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

void main();
