import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { SourceMap } from "node:module";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { CannotCompile, Compiler } from "./compile";
import type { Source } from "./source";

/** What is no part of a program, beside texts (`.md`): packages, what is made of it, and what the project keeps around it. */
const foreign = [
  "node_modules",
  "dist",
  "docs",
  "tests",
  "tools",
  "local",
  "bench",
  "examples",
  "plugin",
  "policies",
  "schemas",
];

/**
 * Writes a version's program as JavaScript into `folder`, for the engine to run there. Its packages are found beside the
 * folder: of those within, the language host reads every file on each start, to see which have plugins. The engine would compile it each
 * time, for a preview, for a deployment and for every script that the deployment runs, and that takes longer than all
 * else they do.
 *
 * @throws CannotCompile
 */
export function writeProgram({ folder: source }: Source, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const compiler = new Compiler(path.join(source, "tsconfig.json"));
  const problems: string[] = [];
  for (const file of filesBelow(source)) {
    const place = path.join(folder, file);
    mkdirSync(path.dirname(place), { recursive: true });
    if (!file.endsWith(".ts") || file.endsWith(".d.ts")) {
      copyFileSync(path.join(source, file), place);
      continue;
    }
    const text = readFileSync(path.join(source, file), "utf8");
    const { code, map, errors } = compiler.compile(text, file);
    problems.push(...errors);
    writeFileSync(place.replace(/\.ts$/, ".js"), code);
    writeFileSync(place.replace(/\.ts$/, ".js.map"), map);
  }
  if (problems.length > 0) throw new CannotCompile(problems.join("\n"));
  const packages = path.join(path.dirname(folder), "node_modules");
  rmSync(packages, { force: true });
  symlinkSync(path.join(source, "node_modules"), packages);
  const project = parse(readFileSync(path.join(source, "Pulumi.yaml"), "utf8")) as Project;
  writeFileSync(path.join(folder, "Pulumi.yaml"), stringify({ ...project, ...asJavaScript(project) }));
}

interface Project {
  runtime: string | { name: string; options?: Record<string, unknown> };
  main?: string;
}

/** How the engine is told that there is nothing to compile. */
function asJavaScript({ runtime, main }: Project): Project {
  const { name, options = {} } = typeof runtime === "string" ? { name: runtime } : runtime;
  return { main: main?.replace(/\.ts$/, ".js"), runtime: { name, options: { ...options, typescript: false } } };
}

/**
 * An error of the program in `folder` with the lines that its author wrote. Node could do that itself, and would read the
 * maps of all packages for it, each time.
 */
export function inSource(message: string, folder: string): string {
  const named = message.replace(/(?<=Running program '[^']*)\.js(?=')/g, ".ts");
  const place = new RegExp(`${folder.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}/([^\\s:()]+)\\.js:(\\d+):(\\d+)`, "g");
  return named.replaceAll(place, (whole, file: string, line: string, column: string) => {
    const map = path.join(folder, `${file}.js.map`);
    if (!existsSync(map)) return whole;
    const entry = new SourceMap(JSON.parse(readFileSync(map, "utf8"))).findEntry(Number(line) - 1, Number(column) - 1);
    if (!("originalLine" in entry)) return whole;
    return `${folder}/${file}.ts:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

/** Files of a version's program, relative to its folder. */
export function filesBelow(folder: string, below = ""): string[] {
  return readdirSync(path.join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(below, entry.name);
    if (foreign.includes(entry.name) || entry.name.startsWith(".") || entry.name.endsWith(".md")) return [];
    return entry.isDirectory() ? filesBelow(folder, file) : [file];
  });
}
