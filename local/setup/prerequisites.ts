import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import * as path from "node:path";
import { findOnPath, isExecutable } from "./command";

/** Java versions on which Spark 3.5 and Kafka 3.2 both run; 22 and later took away what Hadoop's client needs. */
const supported = { from: 17, to: 21 };

export interface Java {
  /** Absolute path of the `java` program. */
  binary: string;
  /** Feature version: 17 for 17.0.15. */
  version: number;
}

/** The feature version in the output of `java -version`; `undefined` when it is no such output. */
export function parseJavaVersion(output: string): number | undefined {
  const match = /version "(\d+)(?:\.(\d+))?/.exec(output);
  if (!match) return undefined;
  // Up to 8, versions were called 1.8.
  return Number(match[1] === "1" ? match[2] : match[1]);
}

/** What to look at, the user's own choice first. */
export function javaCandidates(env: NodeJS.ProcessEnv = process.env): string[] {
  const home = env.JAVA_HOME ? [path.join(env.JAVA_HOME, "bin", "java")] : [];
  const installed =
    process.platform === "darwin"
      ? below("/Library/Java/JavaVirtualMachines", "Contents/Home/bin/java")
      : below("/usr/lib/jvm", "bin/java");
  return [...new Set([...home, ...findOnPath("java", env.PATH), ...installed])].filter(isExecutable);
}

function below(folder: string, file: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => path.join(folder, name, file));
  } catch {
    return [];
  }
}

/** The first candidate that Spark and Kafka run on. Throws, naming what was found and the remedy, when there is none. */
export function findJava(candidates = javaCandidates(), platform: NodeJS.Platform = process.platform): Java {
  const unsuitable: string[] = [];
  for (const binary of candidates) {
    const { stderr, stdout, status } = spawnSync(binary, ["-XX:-UsePerfData", "-version"], {
      encoding: "utf8",
      timeout: 20_000,
    });
    const version = status === 0 ? parseJavaVersion(`${stderr}${stdout}`) : undefined;
    if (version && version >= supported.from && version <= supported.to) return { binary, version };
    unsuitable.push(`${binary} ${version ? `is Java ${version}` : "does not start"}`);
  }
  const found =
    unsuitable.length > 0 ? unsuitable.join("; ") : "no `java` in JAVA_HOME, on PATH or where systems install it";
  const remedy =
    platform === "darwin"
      ? "`brew install --cask temurin@17`"
      : "`sudo apt-get install openjdk-17-jre-headless` (Debian, Ubuntu) or your system's package of OpenJDK 17";
  throw new Error(
    `Kafka and Spark need a Java runtime, version ${supported.from} to ${supported.to}. Found: ${found}. ` +
      `Install one with ${remedy}, or set JAVA_HOME to one that you have.`,
  );
}

let java: Java | undefined;

/** Path of the Java program that everything here runs on; looked for once a process. Throws like `findJava`. */
export function javaBinary(): string {
  java ??= findJava();
  return java.binary;
}
