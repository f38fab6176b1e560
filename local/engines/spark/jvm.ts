import { statSync } from "node:fs";
import * as path from "node:path";
import { projectRoot, type ToolPaths } from "../../paths";
import { classpath } from "../../setup/jars";

/** Heap of a notebook's JVM in MB. The process takes about 250 MB more. */
const heapMb = 640;

const loopback = "127.0.0.1";

/** Packages of the JDK that Spark reaches into, as listed by its `JavaModuleOptions`. */
const openPackages = [
  "java.base/java.io",
  "java.base/java.lang",
  "java.base/java.lang.invoke",
  "java.base/java.lang.reflect",
  "java.base/java.net",
  "java.base/java.nio",
  "java.base/java.util",
  "java.base/java.util.concurrent",
  "java.base/java.util.concurrent.atomic",
  "java.base/jdk.internal.ref",
  "java.base/sun.nio.ch",
  "java.base/sun.nio.cs",
  "java.base/sun.security.action",
  "java.base/sun.util.calendar",
  "java.security.jgss/sun.security.krb5",
];

export interface JvmOptions {
  /** Folder that takes all temporary files of the JVM. */
  temporary: string;
  /** Class-data archive to start from. */
  archive?: string;
}

/** Spark's jars, then the notebook runner. Archives and libraries depend on this order. */
export function sparkClasspath(tools: ToolPaths): string[] {
  return [...classpath("spark", tools.jars), path.join(tools.runner, "runner.jar")];
}

/** Arguments of `java` up to the main class, each on its own. */
export function jvmArguments({ temporary, archive }: JvmOptions): string[] {
  return [
    ...openPackages.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
    "-Djdk.reflect.useDirectMethodHandle=false",
    // A run lasts seconds to minutes on a machine with few cores: the optimizing compiler would not pay off.
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",
    `-Xmx${heapMb}m`,
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    ...(archive ? [`-XX:SharedArchiveFile=${archive}`] : []),
    "-Dfile.encoding=UTF-8",
    `-Djava.io.tmpdir=${temporary}`,
    // Where Hadoop and Ivy would look for files of the user's own.
    `-Duser.home=${temporary}`,
    `-Dlog4j2.configurationFile=${path.join(projectRoot, "local", "engines", "spark", "log4j2.properties")}`,
  ];
}

/**
 * Variables for a JVM with Spark. The class path is one of them: as an argument it would fill every process list.
 * Jars of libraries come last: as on Databricks, what Spark brings wins over what a library brings.
 */
export function jvmEnvironment(
  tools: ToolPaths,
  { temporary, libraries = [], address = loopback }: { temporary: string; libraries?: string[]; address?: string },
): NodeJS.ProcessEnv {
  return {
    CLASSPATH: [...sparkClasspath(tools), ...libraries].join(path.delimiter),
    LANG: "C.UTF-8",
    // Without it Spark takes the machine's outer address for its own.
    SPARK_LOCAL_IP: address,
    SPARK_LOCAL_DIRS: temporary,
  };
}

/** Spark's configuration for a run: its own settings first, what the twin depends on last. */
export function sparkConfiguration(
  {
    volumes,
    volumesMustExist = false,
    scratch,
    address = loopback,
  }: { volumes: string; volumesMustExist?: boolean; scratch: string; address?: string },
  own: Record<string, string> = {},
): Record<string, string> {
  return {
    "spark.master": "local[2]",
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.session.timeZone": "UTC",
    // Delta splits its own log into 50 tasks for each commit, which takes a small machine seconds.
    "spark.databricks.delta.snapshotPartitions": "2",
    ...own,
    "spark.driver.host": address,
    "spark.driver.bindAddress": address,
    // Spark's own ports take Java objects from whoever connects; with this, from nobody without the run's secret.
    "spark.authenticate": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.warehouse.dir": `file:${path.join(scratch, "warehouse")}`,
    "spark.hadoop.fs.defaultFS": "dbfs:///",
    "spark.hadoop.fs.dbfs.impl": "twin.notebook.VolumesFileSystem",
    "spark.hadoop.fs.AbstractFileSystem.dbfs.impl": "twin.notebook.VolumesFileContext",
    // Hadoop sets permissions itself, by a umask of its own.
    "spark.hadoop.fs.permissions.umask-mode": "077",
    "spark.hadoop.twin.volumes": volumes,
    "spark.hadoop.twin.volumesMustExist": String(volumesMustExist),
    "spark.hadoop.twin.scratch": scratch,
  };
}

/** Throws, with the remedy, when set-up has not brought Spark and the runner. */
export function requireSpark(tools: ToolPaths): void {
  const missing = sparkClasspath(tools).filter((file) => !statSync(file, { throwIfNoEntry: false }));
  if (missing.length > 0) {
    throw new Error(
      `Spark is not set up: ${missing.length} files are missing, such as ${missing[0]}. Run \`npm start\`.`,
    );
  }
}
