import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** The JVM that runs ZooKeeper, the brokers and Kafka's tools, and how it is started. */
export interface Java {
  executable: string;
  home: string;
  /** Jars, in the order in which the class-data archive knows them. */
  classpath: string[];
  /** Options of every JVM of a cluster. */
  options: string[];
}

const commonOptions = [
  // Short lives on few cores: no parallel collector, no second compiler, no files in the machine's `/tmp`.
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-XX:-UsePerfData",
  // Brokers take configuration from whoever reaches them. Where `password.encoder.secret` is set, that can be a login
  // with a directory that answers with Java objects (CVE-2025-27819). Kafka needs none, so none is ever made.
  "-Djdk.serialFilter=!*",
  "-Djdk.jndi.object.factoriesFilter=!*",
];

/** @param binary a `java` program, or a link to one. */
export function kafkaJava(binary: string, classpath: string[]): Java {
  const executable = fs.realpathSync(binary);
  return { executable, home: path.dirname(path.dirname(executable)), classpath, options: commonOptions };
}

/** Where the class-data archive of exactly this JVM and these jars is kept, in the folder of tools. */
export function archiveFile(java: Java, tools: string): string {
  const hash = createHash("sha256");
  for (const file of [java.executable, ...java.classpath]) {
    const { size, mtimeMs } = fs.statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return path.join(tools, "class-data", `kafka-${hash.digest("hex").slice(0, 16)}.jsa`);
}

/** The same JVM, starting from the archive. One that does not fit is ignored, without a line on standard output. */
export function withArchive(java: Java, archive: string): Java {
  return {
    ...java,
    options: [
      ...java.options,
      "-Xshare:auto",
      `-XX:SharedArchiveFile=${archive}`,
      "-Xlog:disable",
      "-Xlog:all=error:stderr",
    ],
  };
}
