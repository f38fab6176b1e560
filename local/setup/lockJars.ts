/**
 * Development tool behind `npm run lock:jars`: resolves `jarGroups` with Maven and writes `jars.lock.json`.
 * Users never run it and need no Maven: they download exactly what the lock names.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type JarGroup, jarGroups } from "./jarGroups";
import type { JarLock } from "./jars";

type Found = { coordinate: string; file: string };

function dependencyXml(coordinate: string, excludes: string[]): string {
  const [groupId, artifactId, version] = coordinate.split(":");
  const exclusions = excludes.map((excluded) => {
    const [group, artifact] = excluded.split(":");
    return `<exclusion><groupId>${group}</groupId><artifactId>${artifact}</artifactId></exclusion>`;
  });
  return `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version>
    <exclusions>${exclusions.join("")}</exclusions></dependency>`;
}

function pom(group: JarGroup): string {
  const dependencies = group.roots.map((root) => dependencyXml(root, group.excludes ?? []));
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>jars</artifactId><version>1</version>
  <dependencies>${dependencies.join("\n")}</dependencies></project>`;
}

/** The runtime closure of a group, as Maven resolves it, in a fresh folder in repository layout. */
function resolve(group: JarGroup, folder: string): Found[] {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "pom.xml"), pom(group));
  const jars = path.join(folder, "jars");
  const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";
  const options = ["-DincludeScope=runtime", "-Dmdep.useRepositoryLayout=true", `-DoutputDirectory=${jars}`];
  execFileSync("mvn", ["-B", "-q", goal, ...options], { cwd: folder, stdio: "inherit" });
  return readdirSync(jars, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".jar"))
    .map((file) => ({ coordinate: coordinateOf(file), file: path.join(jars, file) }))
    .sort((a, b) => (a.coordinate < b.coordinate ? -1 : 1));
}

/** `org/x/lib/1.0/lib-1.0-linux.jar` is `org.x:lib:jar:linux:1.0`; without a classifier `org.x:lib:1.0`. */
function coordinateOf(file: string): string {
  const parts = file.split(path.sep);
  const [artifactId, version, name] = parts.slice(-3);
  const group = parts.slice(0, -3).join(".");
  const classifier = name.slice(`${artifactId}-${version}-`.length, -".jar".length);
  return [group, artifactId, ...(classifier ? ["jar", classifier] : []), version].join(":");
}

const withoutVersion = (coordinate: string) => coordinate.slice(0, coordinate.lastIndexOf(":"));

function main(): void {
  const work = mkdtempSync(path.join(os.tmpdir(), "lock-jars-"));
  try {
    const lock: JarLock = { groups: {}, artifacts: {} };
    for (const [name, group] of Object.entries(jarGroups)) {
      const provided = new Set((lock.groups[group.providedBy ?? ""] ?? []).map(withoutVersion));
      const found = resolve(group, path.join(work, name.replaceAll(":", "_"))).filter(
        (jar) => !provided.has(withoutVersion(jar.coordinate)),
      );
      lock.groups[name] = found.map((jar) => jar.coordinate);
      for (const jar of found) {
        const content = readFileSync(jar.file);
        const sha256 = createHash("sha256").update(content).digest("hex");
        lock.artifacts[jar.coordinate] = { sha256, size: content.length };
      }
      console.log(`${name}: ${found.length} jars`);
    }
    lock.artifacts = Object.fromEntries(Object.entries(lock.artifacts).sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(path.join(__dirname, "jars.lock.json"), `${JSON.stringify(lock, null, 2)}\n`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

main();
