import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { ToolPaths } from "../../paths";
import { runCommand } from "../../setup/command";
import { classpath, jarGroupNames } from "../../setup/jars";
import { javaBinary } from "../../setup/prerequisites";
import { jvmArguments, jvmEnvironment } from "./jvm";

export interface LibraryStatus {
  coordinate: string;
  status: "INSTALLED" | "SKIPPED" | "FAILED";
  /** Why it was skipped or failed. */
  messages: string[];
  /** Absolute paths, the library's own jar and what it depends on. */
  jars: string[];
}

const coordinateShape = /^[\w.-]+:[\w.-]+:[\w.-]+$/;

/**
 * Finds the jars of Maven coordinates: those that set-up has locked are there already, all others are resolved with
 * the Ivy inside Spark, whose cache is among the tools.
 */
export class LibraryResolver {
  /** Ivy's cache must not be written by two at once. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly tools: ToolPaths) {}

  /** One status for each coordinate, in order. A library for another Scala version is SKIPPED, as on Databricks. */
  async resolve(coordinates: string[], scala: "2.12" | "2.13"): Promise<LibraryStatus[]> {
    const statuses: LibraryStatus[] = [];
    for (const coordinate of coordinates) statuses.push(await this.resolveOne(coordinate, scala));
    return statuses;
  }

  private async resolveOne(coordinate: string, scala: string): Promise<LibraryStatus> {
    if (!coordinateShape.test(coordinate)) {
      return failed(
        coordinate,
        `\`${coordinate}\` is not a Maven coordinate: it needs the form groupId:artifactId:version`,
      );
    }
    const suffix = /_(2\.\d+|3)$/.exec(coordinate.split(":")[1])?.[1];
    if (suffix && suffix !== scala) {
      const message =
        `The library is for Scala ${suffix} and the cluster runs Scala ${scala}: it was not installed. ` +
        `Name its _${scala} build`;
      return { coordinate, status: "SKIPPED", messages: [message], jars: [] };
    }
    const locked = jarGroupNames.includes(coordinate) ? classpath(coordinate, this.tools.jars) : [];
    if (locked.length > 0 && locked.every((jar) => existsSync(jar))) return installed(coordinate, locked);
    const next = this.last.then(() => this.resolveWithIvy(coordinate));
    this.last = next.catch(() => undefined);
    return next;
  }

  private async resolveWithIvy(coordinate: string): Promise<LibraryStatus> {
    const ivy = path.join(this.tools.root, "ivy");
    const known = path.join(ivy, "resolved", `${coordinate.replaceAll(":", "_")}.json`);
    const remembered: string[] = existsSync(known) ? JSON.parse(readFileSync(known, "utf8")) : [];
    if (remembered.length > 0 && remembered.every((jar) => existsSync(jar))) return installed(coordinate, remembered);
    mkdirSync(path.dirname(known), { recursive: true });
    const temporary = mkdtempSync(path.join(ivy, "run-"));
    try {
      const result = path.join(temporary, "result.json");
      const repository = process.env.MAVEN_REPOSITORY ?? "";
      const main = ["org.apache.spark.deploy.LibraryResolver", result, ivy, coordinate, repository];
      // The caller's variables too: they say how the network is reached.
      const env = { ...process.env, ...jvmEnvironment(this.tools, { temporary }) };
      await runCommand(javaBinary(), [...jvmArguments({ temporary }), ...main], { env });
      const { jars, error } = JSON.parse(readFileSync(result, "utf8")) as { jars?: string; error?: string };
      if (!jars) return failed(coordinate, `Library resolution failed. Cause: ${error ?? "no jar was found"}`);
      const files = jars.split(path.delimiter);
      writeFileSync(known, JSON.stringify(files));
      return installed(coordinate, files);
    } catch (error) {
      return failed(coordinate, `Library resolution failed. Cause: ${(error as Error).message}`);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
}

function installed(coordinate: string, jars: string[]): LibraryStatus {
  return { coordinate, status: "INSTALLED", messages: [], jars };
}

function failed(coordinate: string, message: string): LibraryStatus {
  return { coordinate, status: "FAILED", messages: [message], jars: [] };
}
