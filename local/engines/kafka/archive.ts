import { randomInt } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { HostProcess } from "../../hostProcess";
import { isAlive } from "../../process";
import { defaultConfigurations } from "./defaults";
import { KafkaEngine } from "./engine";
import type { KafkaHost } from "./hosts";
import { archiveFile, type Java, withArchive } from "./java";

/**
 * A JVM that starts from a class-data archive (AppCDS) of Kafka's classes: ZooKeeper, brokers and every call of a Kafka
 * tool start in about half the processor time. The archive is made once for each Java and set of jars (about ten
 * seconds: a small cluster runs, to learn which classes are needed) and kept in `tools`, shared by every twin.
 * Where it cannot be made, the JVM is returned as it is and `onFailure` is told why.
 */
export async function withClassData(java: Java, tools: string, onFailure: (reason: Error) => void): Promise<Java> {
  const archive = archiveFile(java, tools);
  try {
    if (!fs.existsSync(archive)) await buildArchive(java, tools, archive);
    return withArchive(java, archive);
  } catch (error) {
    onFailure(error as Error);
    return java;
  }
}

/** Ends the processes of a making of the archive that was killed half-way, and removes what it left in `tools`. */
export async function sweepTrainings(tools: string): Promise<void> {
  const folder = path.join(tools, "class-data");
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  for (const name of names) {
    const owner = /^training-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const cluster = path.join(folder, name, "cluster");
    for (const host of fs.existsSync(cluster) ? fs.readdirSync(cluster) : []) {
      await new HostProcess(path.join(cluster, host, "process")).stop({ grace: 0 });
    }
    fs.rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

async function buildArchive(java: Java, tools: string, archive: string): Promise<void> {
  await sweepTrainings(tools);
  fs.mkdirSync(path.dirname(archive), { recursive: true });
  const folder = fs.mkdtempSync(path.join(path.dirname(archive), `training-${process.pid}-`));
  try {
    await train(java, folder);
    const lists = fs.readdirSync(folder).filter((name) => name.endsWith(".classes"));
    const classes = new Set(lists.flatMap((name) => fs.readFileSync(path.join(folder, name), "utf8").split("\n")));
    const list = path.join(folder, "all");
    fs.writeFileSync(list, [...classes].sort().join("\n"));
    const unfinished = path.join(folder, "kafka.jsa");
    await execa(java.executable, [
      ...java.options,
      "-Xshare:dump",
      `-XX:SharedClassListFile=${list}`,
      `-XX:SharedArchiveFile=${unfinished}`,
      "-cp",
      java.classpath.join(path.delimiter),
    ]);
    // Two that come at once both build one; the later replaces what the earlier put there, and both are good.
    fs.renameSync(unfinished, archive);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a cluster of one broker and a Kafka tool; every JVM notes the classes that it loaded. */
async function train(java: Java, folder: string): Promise<void> {
  const block = `127.${randomInt(200, 250)}.${randomInt(1, 255)}`;
  const host = (role: KafkaHost["role"], name: string, index: number): KafkaHost => ({
    role,
    name: `${name}.training.internal`,
    address: `${block}.${index}`,
  });
  const hosts = [1, 2, 3].map((index) => host("zookeeper", `zk${index}`, index)).concat(host("worker", "wn0", 4));
  const engine = new KafkaEngine({
    folder: path.join(folder, "cluster"),
    hosts,
    java: { ...java, options: [...java.options, `-XX:DumpLoadedClassList=${folder}/%p.classes`] },
  });
  const worker = hosts[3] as KafkaHost;
  const configurations = defaultConfigurations({
    zookeepers: hosts.slice(0, 3).map(({ name }) => name),
    brokers: 1,
    brokerConfig: {},
  });
  engine.install();
  try {
    await Promise.all(engine.of("ZOOKEEPER_SERVER").map((server) => server.start(configurations)));
    await Promise.all(engine.of("KAFKA_BROKER").map((broker) => broker.start(configurations)));
    await execa(
      path.join(engine.folders(worker).bin, "kafka-topics.sh"),
      ["--bootstrap-server", `${worker.name}:9092`, "--create", "--topic", "training", "--partitions", "1"],
      { env: engine.environment(worker), extendEnv: false },
    );
  } finally {
    await engine.stop();
  }
}
