import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { projectRoot, toolPaths } from "../../local/paths";

const folder = path.join(projectRoot, "components", "kafka", "topicChanges");
const source = path.join(folder, "TopicChanges.java");
export const compiledFile = path.join(folder, "compiled.ts");

/** The client of the Kafka that HDInsight 5.1 has. */
const client = path.join(toolPaths().jars, "org/apache/kafka/kafka-clients/3.2.0/kafka-clients-3.2.0.jar");

/** Why this machine cannot compile it to the same bytes; undefined when it can. */
export function cannotCompile(): string | undefined {
  const { stdout, error } = spawnSync("javac", ["-version"], { encoding: "utf8" });
  if (error) return "there is no javac; install a JDK 17";
  return stdout.startsWith("javac 17.") ? undefined : `${stdout.trim()} is there, and a JDK 17 is needed`;
}

/** The class, for Java 8 and later, as Kafka 3.2 itself. Throws with the compiler's words. */
export function compileTopicChanges(): Buffer {
  const to = mkdtempSync(path.join(tmpdir(), "topic-changes-"));
  try {
    const options = ["--release", "8", "-Xlint:-options", "-g:none", "-d", to, "-cp", client];
    const { status, stderr, error } = spawnSync("javac", [...options, source], { encoding: "utf8" });
    if (status !== 0) throw new Error(`javac failed: ${error?.message ?? stderr}`);
    return readFileSync(path.join(to, "TopicChanges.class"));
  } finally {
    rmSync(to, { recursive: true });
  }
}

/** The module that holds the class, packed: a script carries it to the head node. */
export function moduleOf(compiled: Buffer): string {
  const packed = gzipSync(compiled, { level: 9 }).toString("base64");
  const about = "TopicChanges.java, compiled and packed (gzip, base64). Made by `npx tsx tools/topicChanges.ts`.";
  return `/** ${about} */\nexport const topicChanges =\n  "${packed}";\n`;
}

/** The class that a module of `moduleOf` holds. */
export function classIn(packed: string): Buffer {
  return gunzipSync(Buffer.from(packed, "base64"));
}
