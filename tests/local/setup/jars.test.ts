import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { jarGroups } from "../../../local/setup/jarGroups";
import { classpath, downloadJars, type JarLock, jarGroupNames, jarPath, missingJars } from "../../../local/setup/jars";
import lockFile from "../../../local/setup/jars.lock.json";
import { serve, temporaryFolder } from "./loopback";

const lock: JarLock = lockFile;

function madeLock(contents: Record<string, string>): JarLock {
  const artifacts = Object.entries(contents).map(([coordinate, text]) => {
    const sha256 = createHash("sha256").update(text).digest("hex");
    return [coordinate, { sha256, size: text.length }];
  });
  return { groups: { all: Object.keys(contents) }, artifacts: Object.fromEntries(artifacts) };
}

const contents = { "org.x:core_2.12:1.0": "core", "org.x:native:jar:linux-x86_64:2.0": "native", "a.b:c:3": "c" };

function repository(response: Record<string, string>) {
  return serve((url, _, answer) => {
    const found = response[url];
    answer.writeHead(found === undefined ? 404 : 200).end(found);
  });
}

const repositoryFiles = {
  "/maven2/org/x/core_2.12/1.0/core_2.12-1.0.jar": "core",
  "/maven2/org/x/native/2.0/native-2.0-linux-x86_64.jar": "native",
  "/maven2/a/b/c/3/c-3.jar": "c",
};

describe("downloadJars", () => {
  it("fills a Maven layout from any repository, and then finds nothing missing", async () => {
    const { url } = await repository(repositoryFiles);
    const jars = await temporaryFolder();
    const locked = madeLock(contents);
    const seen: number[] = [];
    const done = await downloadJars({
      jars,
      locked,
      repository: `${url}/maven2`,
      onProgress: (progress) => seen.push(progress.bytes),
    });
    expect(done).toEqual({ bytes: 11, totalBytes: 11, files: 3, totalFiles: 3 });
    expect(seen.at(-1)).toBe(11);
    expect(readFileSync(path.join(jars, "org/x/native/2.0/native-2.0-linux-x86_64.jar"), "utf8")).toBe("native");
    expect(missingJars(jars, locked)).toEqual([]);
  });

  it("fetches only what is missing", async () => {
    const { url, requests } = await repository(repositoryFiles);
    const jars = await temporaryFolder();
    const { "a.b:c:3": _, ...some } = contents;
    await downloadJars({ jars, locked: madeLock(some), repository: `${url}/maven2/` });
    await downloadJars({ jars, locked: madeLock(contents), repository: `${url}/maven2/` });
    expect(requests).toHaveLength(3);
  });

  it("names the jar, what the repository answered, and the remedy", async () => {
    const { url } = await repository({});
    const failed = downloadJars({
      jars: await temporaryFolder(),
      locked: madeLock({ "a.b:c:3": "c" }),
      repository: url,
    });
    await expect(failed).rejects.toThrow(/`a\.b:c:3`.* 404 .*MAVEN_REPOSITORY/);
  });
});

describe("the lock", () => {
  it("has every group that jarGroups names, with its roots", () => {
    expect(jarGroupNames).toEqual(Object.keys(jarGroups));
    for (const [name, group] of Object.entries(jarGroups))
      expect(lock.groups[name]).toEqual(expect.arrayContaining(group.roots));
  });

  it("has a hash and a size for every jar, and no jar that no group wants", () => {
    const used = new Set(Object.values(lock.groups).flat());
    expect([...used].sort()).toEqual(Object.keys(lock.artifacts).sort());
    for (const artifact of Object.values(lock.artifacts)) expect(artifact.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("brings no jar with a library that Spark has, and no second logging back end", () => {
    const name = (coordinate: string) => coordinate.split(":").slice(0, 2).join(":");
    const spark = new Set(lock.groups.spark.map(name));
    const libraries = jarGroupNames.filter((group) => group.includes(":"));
    for (const library of libraries) expect(lock.groups[library].filter((jar) => spark.has(name(jar)))).toEqual([]);
    const bindings = ["slf4j-reload4j", "slf4j-log4j12", "log4j-slf4j-impl", "log4j-slf4j2-impl", "logback-classic"];
    for (const group of ["kafka", "spark"]) {
      expect(lock.groups[group].filter((jar) => bindings.includes(jar.split(":")[1]))).toHaveLength(1);
    }
  });
});

describe("classpath", () => {
  it("is made of absolute paths in Maven layout", () => {
    const jars = path.resolve("/jars");
    expect(classpath("kafka", jars)).toContain(
      path.join(jars, "org/apache/kafka/kafka_2.13/3.2.0/kafka_2.13-3.2.0.jar"),
    );
    expect(jarPath("io.x:y:jar:linux:1", jars)).toBe(path.join(jars, "io/x/y/1/y-1-linux.jar"));
  });

  it("names the groups there are when it is asked for another", () => {
    expect(() => classpath("org.x:y_2.13:1")).toThrow(/`org\.x:y_2\.13:1`.*kafka, spark/);
  });
});
