import { type HostFolders, type KafkaHost, pathOnHost } from "./hosts";

/** Ambari leaves ids up to 1000 to the operator, and HDInsight's brokers count on from there, in the order of workers. */
export const firstBrokerId = 1001;

export function brokerId(workers: KafkaHost[], host: KafkaHost): number {
  return firstBrokerId + workers.indexOf(host);
}

/**
 * What Ambari writes to server.properties at every start of a broker: the `kafka-broker` configuration, with the host's
 * name in place of `localhost`, and what differs between hosts. Throws for a missing key that Ambari cannot do without.
 */
export function serverProperties(
  config: Record<string, string>,
  host: KafkaHost,
  id: number,
  folders: HostFolders,
): Record<string, string> {
  const required = (key: string) => {
    const value = config[key];
    if (value === undefined) throw new Error(`Configuration parameter '${key}' was not found in \`kafka-broker\``);
    return value;
  };
  const properties: Record<string, string> = {
    ...config,
    "broker.id": String(id),
    // Kafka refuses a fixed id in the range that it would otherwise give out itself.
    "broker.id.generation.enable": "false",
    listeners: required("listeners").replaceAll("localhost", host.name),
    "zookeeper.connect": required("zookeeper.connect"),
    "log.dirs": logFolders(required("log.dirs"), folders).join(","),
  };
  const advertised = config["advertised.listeners"];
  if (advertised !== undefined) properties["advertised.listeners"] = advertised.replaceAll("localhost", host.name);
  return properties;
}

/** The folders of `log.dirs` on the host. */
export function logFolders(logDirs: string, folders: HostFolders): string[] {
  return logDirs
    .split(",")
    .map((folder) => folder.trim())
    .filter(Boolean)
    .map((folder) => pathOnHost(folders, folder));
}

/** `key=value` lines, sorted, unescaped: as Ambari's PropertiesFile writes them. */
export function formatProperties(properties: Record<string, string>): string {
  return Object.entries(properties)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

/** Ports of `listeners`, whatever their protocol and address. */
export function listenerPorts(listeners: string): number[] {
  return [...listeners.matchAll(/:(\d+)\s*(?:,|$)/g)].map((match) => Number(match[1]));
}

/** The port on which a broker with this server.properties can be asked without keys, if there is one. */
export function plaintextPort(properties: string): number | undefined {
  const port = /^listeners=(?:.*,)?\s*PLAINTEXT:\/\/[^:,]*:(\d+)/m.exec(properties)?.[1];
  return port === undefined ? undefined : Number(port);
}
