import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { readIfThere } from "../files";
import { projectRoot, type ToolPaths, toolPaths } from "../paths";
import { runCommand } from "./command";
import { classpath } from "./jars";
import lock from "./jars.lock.json";
import { javaBinary } from "./prerequisites";

export interface RunnerOptions {
  tools?: ToolPaths;
  /** Folder of the Scala sources. */
  sources?: string;
}

const defaultSources = path.join(projectRoot, "local", "engines", "spark", "runner");

function scalaFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".scala"))
    .sort()
    .map((name) => path.join(folder, name));
}

/** Changes with whatever the classes depend on: every source, and every jar they are compiled against. */
function fingerprint(folder: string): string {
  const hash = createHash("sha256");
  for (const file of scalaFiles(folder)) hash.update(path.basename(file)).update("\0").update(readFileSync(file));
  for (const coordinate of lock.groups.spark) hash.update(coordinate).update("\0");
  return hash.digest("hex");
}

/** Whether the compiled notebook runner belongs to the sources there are now. */
export function runnerIsCurrent({ tools = toolPaths(), sources = defaultSources }: RunnerOptions = {}): boolean {
  const stamp = readIfThere(path.join(tools.runner, ".fingerprint"));
  return stamp === fingerprint(sources) && existsSync(path.join(tools.runner, "runner.jar"));
}

/**
 * Compiles the notebook runner to `runner.jar` with the Scala compiler among Spark's jars, which a Java runtime alone can run.
 * The new classes take the place of the old ones at once. Rejects with the compiler's messages.
 */
export async function compileRunner({
  tools = toolPaths(),
  sources = defaultSources,
}: RunnerOptions = {}): Promise<void> {
  const stamp = fingerprint(sources);
  const fresh = `${tools.runner}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const jars = classpath("spark", tools.jars).join(path.delimiter);
  const java = ["-XX:-UsePerfData", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss8m", "-cp", jars];
  const scalac = [
    "scala.tools.nsc.Main",
    "-usejavacp",
    "-deprecation",
    "-feature",
    "-d",
    // A jar, because the class-data archive of Spark's runs cannot be made from a folder.
    path.join(fresh, "runner.jar"),
    ...scalaFiles(sources),
  ];
  try {
    await runCommand(javaBinary(), [...java, ...scalac]);
    writeFileSync(path.join(fresh, ".fingerprint"), stamp);
    const old = `${tools.runner}.old`;
    rmSync(old, { recursive: true, force: true });
    if (existsSync(tools.runner)) renameSync(tools.runner, old);
    renameSync(fresh, tools.runner);
    rmSync(old, { recursive: true, force: true });
  } catch (error) {
    throw new Error(`The notebook runner does not compile: ${(error as Error).message}`);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
