import { isRetiredSize } from "../settings/retiredSizes";
import { type Rule, typeOf } from "./rule";

export const retiredSizes: Rule = {
  name: "retired-sizes",
  description: "Kafka's nodes have VM sizes that HDInsight still offers.",
  check: (resource) => {
    if (typeOf(resource) !== "azure-native:hdinsight:Cluster") return [];
    const roles: { name?: string; hardwareProfile?: { vmSize?: string } }[] =
      resource.props.properties?.computeProfile?.roles ?? [];
    return roles
      .filter(({ hardwareProfile }) => isRetiredSize(hardwareProfile?.vmSize ?? ""))
      .map(({ name, hardwareProfile }) => `Role \`${name}\` has size ${hardwareProfile?.vmSize}, which is retired.`);
  },
};

/** A topic in the script that makes the topics: `ensure 'tweets' 4 3 'min.insync.replicas=2'`. */
const declaration = /^ensure '((?:[^']|'\\'')+)' \d+ (\d+)(.*)$/gm;

export const replication: Rule = {
  name: "replication",
  description: "Topics and brokers keep copies enough that no event is lost with one broker.",
  settings: {
    replicas: { type: "integer", minimum: 1, default: 2, description: "Fewest copies of a partition." },
    inSync: { type: "integer", minimum: 1, default: 1, description: "Fewest copies that have to have an event." },
  },
  check: (resource, { replicas, inSync }) => {
    const problems: string[] = [];
    const compare = (what: string, got: number, least: number) => {
      if (got < least) problems.push(`${what} is ${got}: make it at least ${least}.`);
    };
    if (typeOf(resource) === "azure-native:hdinsight:Cluster") {
      const broker = resource.props.properties?.clusterDefinition?.configurations?.["kafka-broker"] ?? {};
      // Kafka's own default is one of each.
      compare("The brokers' `default.replication.factor`", Number(broker["default.replication.factor"] ?? 1), replicas);
      compare("The brokers' `min.insync.replicas`", Number(broker["min.insync.replicas"] ?? 1), inSync);
    }
    if (typeOf(resource) === "command:remote:Command" && typeof resource.props.stdin === "string") {
      for (const [, topic, copies, config] of resource.props.stdin.matchAll(declaration)) {
        compare(`The replication factor of topic \`${topic}\``, Number(copies), replicas);
        const [, least] = /'min\.insync\.replicas=(\d+)'/.exec(config) ?? [];
        if (least) compare(`\`min.insync.replicas\` of topic \`${topic}\``, Number(least), inSync);
      }
    }
    return problems;
  },
};
