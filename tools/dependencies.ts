/**
 * `npm run docs:dependencies`: makes docs/dependencies.md anew, of package.json, what is installed, and the reasons in
 * dependencies/reasons.yaml. With `--check` it writes nothing, and fails where the page is stale, or where a package has no
 * reason or is loaded by nothing.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { type Manifest, problems, type Reason, table } from "./dependencies/table";
import { writeOrCheck } from "./writeOrCheck";

const root = path.join(__dirname, "..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const page = path.join(root, "docs", "dependencies.md");

const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
const reasons = parse(read("tools/dependencies/reasons.yaml")) as Record<string, Reason>;
const sources = execFileSync("git", ["ls-files", "*.ts", "*.tsx", "*.mts", "*.mjs"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((file) => file !== "" && existsSync(path.join(root, file)))
  .map(read);
const manifestOf = (name: string) => JSON.parse(read(`node_modules/${name}/package.json`)) as Manifest;

const found = problems({ ...dependencies, ...devDependencies }, reasons, sources, read);
const text = `# Dependencies

Every package that this project names itself, with what it is for. \`npm run check\` fails for one without a reason, and for
one that nothing loads. Made by \`npm run docs:dependencies\`.

## What a deployment needs

${table(dependencies ?? {}, reasons, manifestOf)}

## What the local environment, the commands and the tests need

${table(devDependencies ?? {}, reasons, manifestOf)}
`;

writeOrCheck("npm run docs:dependencies", { [page]: text });
for (const problem of found) console.error(problem);
if (found.length > 0) process.exitCode = 1;
