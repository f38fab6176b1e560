import { randomUUID } from "node:crypto";
import type { Ambari } from "./client";

/** One of Ambari's named sets of properties, such as `kafka-broker`. */
export interface Configuration {
  type: string;
  properties: Record<string, string>;
}

/** Marks our lines in `kafka-env`; what follows tells which of them, and which version, a cluster has. */
const mark = "# streaming: advertise";
const end = "# streaming: end";

/**
 * Shell lines that Ambari runs on every node before it starts a broker, which then advertises its IP address or the name
 * that there is for that.
 *
 * Ambari writes server.properties anew at each start and sources kafka-env.sh right after, so this is the one place
 * where a broker's own address can go in and stay. The text is a Jinja template to Ambari: no double braces in it.
 */
function advertiseLines(names: BrokerNames): string {
  const named = Object.entries(names).map(([address, name]) => `  ${address}) address=${name} ;;`);
  return [
    `${mark} ${named.length > 0 ? "names" : "IP addresses"} (1)`,
    "properties=/usr/hdp/current/kafka-broker/conf/server.properties",
    "address=$(hostname -i | awk '{print $1}')",
    ...(named.length > 0 ? ['case "$address" in', ...named, "esac"] : []),
    `sed -i.bak -e '/^advertised\\.listeners=/d' -e '/^advertised\\.host\\.name=/d' "$properties" && rm -f "$properties.bak"`,
    `echo "advertised.listeners=PLAINTEXT://$address:9092" >> "$properties"`,
    end,
  ].join("\n");
}

/** Names of brokers by IP address; empty where addresses are advertised. */
export type BrokerNames = Readonly<Record<string, string>>;

/**
 * Reads the names from `KAFKA_BROKER_NAMES`, a JSON object; none when it is not set. They go into a shell script, so
 * anything but names by addresses is refused.
 */
export function namesFromEnvironment(env = process.env): BrokerNames {
  const names = JSON.parse(env.KAFKA_BROKER_NAMES || "{}") as Record<string, string>;
  for (const [address, name] of Object.entries(names)) {
    if (/^\d+(?:\.\d+){3}$/.test(address) && /^[a-z\d]+(?:[.-][a-z\d]+)*$/i.test(name)) continue;
    throw new Error(
      `\`KAFKA_BROKER_NAMES\` needs host names by IPv4 addresses, and has \`${name}\` for \`${address}\`.`,
    );
  }
  return names;
}

/** Listens on every address, so that the broker answers on the one it advertises. */
const listeners = "PLAINTEXT://0.0.0.0:9092";

/** The two configurations as they must be; the same object when there is nothing to change. */
export function advertising(
  env: Configuration,
  broker: Configuration,
  names: BrokerNames = {},
): { env: Configuration; broker: Configuration } {
  const content = withoutOurLines(env.properties.content ?? "");
  const wanted = `${content.trimEnd()}\n${advertiseLines(names)}\n`;
  return {
    env: env.properties.content === wanted ? env : { ...env, properties: { ...env.properties, content: wanted } },
    broker:
      broker.properties.listeners === listeners
        ? broker
        : { ...broker, properties: { ...broker.properties, listeners } },
  };
}

/** What HDInsight gives a new cluster; Ambari puts the node's own host name in for `localhost` at each start of a broker. */
const listenersAtCreation = "PLAINTEXT://localhost:9092";

/**
 * The two configurations as they were before `advertising`; the same objects where nothing of that is in them. Listeners
 * go back with the lines: a broker that listens on every address and is told none to advertise does not start.
 */
export function withoutAdvertising(
  env: Configuration,
  broker: Configuration,
): { env: Configuration; broker: Configuration } {
  const content = env.properties.content ?? "";
  const wanted = withoutOurLines(content);
  // Somebody else's listeners, then.
  if (wanted === content) return { env, broker };
  return {
    env: { ...env, properties: { ...env.properties, content: wanted } },
    broker:
      broker.properties.listeners === listeners
        ? { ...broker, properties: { ...broker.properties, listeners: listenersAtCreation } }
        : broker,
  };
}

/** Drops an earlier version of our lines, whatever it said. */
function withoutOurLines(content: string): string {
  const lines = content.split("\n");
  const from = lines.findIndex((line) => line.startsWith(mark));
  if (from < 0) return content;
  const to = lines.indexOf(end, from);
  return [...lines.slice(0, from), ...(to < 0 ? [] : lines.slice(to + 1))].join("\n");
}

/** The configuration of each type that is in force now. */
export async function desired(ambari: Ambari, types: string[]): Promise<Configuration[]> {
  const { Clusters } = await ambari.get<{ Clusters: { desired_configs: Record<string, { tag: string }> } }>(
    "?fields=Clusters/desired_configs",
  );
  return Promise.all(
    types.map(async (type) => {
      const current = Clusters.desired_configs[type];
      if (!current) throw new Error(`The cluster has no \`${type}\` configuration: is it a Kafka cluster?`);
      const { items } = await ambari.get<{ items: Configuration[] }>(
        `/configurations?type=${type}&tag=${encodeURIComponent(current.tag)}`,
      );
      return { type, properties: items[0].properties };
    }),
  );
}

/** Puts all configurations in force with one call, so that no broker ever starts with half of them. */
export async function apply(ambari: Ambari, configurations: Configuration[]): Promise<void> {
  const tag = `streaming-${randomUUID()}`;
  await ambari.put(
    "",
    configurations.map(({ type, properties }) => ({ Clusters: { desired_config: { type, tag, properties } } })),
  );
}
