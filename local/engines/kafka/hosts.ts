import * as path from "node:path";

export type HostRole = "head" | "zookeeper" | "worker";

/** One machine of the cluster. */
export interface KafkaHost {
  role: HostRole;
  /** Fully qualified name, such as `wn0-events.<suffix>.bx.internal.cloudapp.net`. Resolves inside the cluster only. */
  name: string;
  /** Where this machine serves it. */
  address: string;
}

/** Where HDInsight has Kafka, on every node. */
export const kafkaHome = "/usr/hdp/current/kafka-broker";

/** The folder that stands for a host's disk. */
export interface HostFolders {
  root: string;
  /** What `/usr/hdp/current/kafka-broker` is on this host. */
  kafkaHome: string;
  bin: string;
  conf: string;
  logs: string;
  /** First entry of PATH: answers what must differ from the machine's own answer, such as `hostname -i`. */
  shims: string;
  /** `java.io.tmpdir`: native libraries are unpacked here. */
  tmp: string;
  /** Process id of what runs on the host, for a later supervisor. */
  record: string;
}

/** `wn0-events` of `wn0-events.<suffix>.bx.internal.cloudapp.net`. */
export function shortName(host: KafkaHost): string {
  return host.name.split(".", 1)[0] ?? host.name;
}

export function hostFolders(clusterFolder: string, host: KafkaHost): HostFolders {
  const root = path.join(clusterFolder, shortName(host));
  const home = path.join(root, "kafka-broker");
  return {
    root,
    kafkaHome: home,
    bin: path.join(home, "bin"),
    conf: path.join(home, "conf"),
    logs: path.join(root, "logs"),
    shims: path.join(root, "shims"),
    tmp: path.join(root, "tmp"),
    record: path.join(root, "process"),
  };
}

/**
 * Text that was written for a node (kafka-env, a script sent over SSH), made to mean the host's folder: nothing can be
 * mounted at `/usr/hdp/current/kafka-broker` without root, so the path is replaced in the text instead.
 */
export function mapKafkaHome(text: string, folders: HostFolders): string {
  return text.replaceAll(kafkaHome, folders.kafkaHome);
}

/**
 * Where a host keeps an absolute path of a configuration, such as `/kafka-logs` of `log.dirs`: below its own folder.
 * Throws for a path that would lead out of it.
 */
export function pathOnHost(folders: HostFolders, absolute: string): string {
  if (!absolute.startsWith("/") || path.normalize(absolute).split("/").includes("..")) {
    throw new Error(`\`${absolute}\` is not an absolute path; give one such as \`/kafka-logs\``);
  }
  return path.join(folders.root, "disk", path.normalize(absolute));
}

/** A host's names inside the cluster. `headnodehost` is HDInsight's alias of the first head node. */
function namesOf(host: KafkaHost, hosts: KafkaHost[]): string[] {
  const head = hosts.find(({ role }) => role === "head");
  return [host.name, shortName(host), ...(host === head ? ["headnodehost"] : [])];
}

/** The cluster's name service, as `-Djdk.net.hosts.file` reads it. */
export function hostsFile(hosts: KafkaHost[]): string {
  const lines = hosts.map((host) => [host.address, ...namesOf(host, hosts)].join(" "));
  return ["127.0.0.1 localhost", ...lines, ""].join("\n");
}

/** Addresses by name in lower case, for a network's name service. */
export function hostNames(hosts: KafkaHost[]): ReadonlyMap<string, string> {
  return new Map(hosts.flatMap((host) => namesOf(host, hosts).map((name) => [name.toLowerCase(), host.address])));
}

/** Refuses a folder that the shell would take apart when the mapped path stands unquoted in somebody's script. */
export function checkFolder(folder: string): void {
  if (!/^[\w@%+=:,./-]+$/.test(folder)) {
    throw new Error(
      `The cluster's folder \`${folder}\` has characters that a shell script would take apart; ` +
        "keep the project in a folder named with letters, digits, `.`, `_` and `-`",
    );
  }
}
