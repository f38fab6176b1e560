import type { DeclaredTopic } from "./declaredTopics";

/** What the script refuses in a topic: fewer partitions, another number of replicas, a name too like another one's. */
export type Reason = "partitions" | "replicas" | "name";

/**
 * What the topics' script refuses (`check` in components/kafka/topicsScript.ts), in its order and its words. Where topics
 * are only written down and no Kafka is behind them, its tools tell it of none, so that it refuses nothing.
 */
export function refusals(
  before: readonly DeclaredTopic[],
  after: readonly DeclaredTopic[],
): { topic: string; reason: Reason; line: string }[] {
  const there = before.filter(({ deleted }) => !deleted);
  return after
    .filter(({ deleted }) => !deleted)
    .flatMap(({ name: topic, partitions, replicationFactor }) => {
      const old = there.find(({ name }) => name === topic);
      const other = there.find(({ name }) => !old && inMetrics(name) === inMetrics(topic))?.name;
      const line = (reason: Reason, text: string) => ({ topic, reason, line: `  topic ${topic} ${text}` });
      return [
        ...(old && old.partitions > partitions
          ? [
              line(
                "partitions",
                `has ${old.partitions} partitions and ${partitions} are wanted: Kafka cannot take partitions away. Declare at least ${old.partitions}, or move to a new topic.`,
              ),
            ]
          : []),
        ...(old && old.replicationFactor !== replicationFactor
          ? [
              line(
                "replicas",
                `has replication factor ${old.replicationFactor} and ${replicationFactor} is wanted: it is fixed when a topic is created. Declare ${old.replicationFactor}, or move to a new topic.`,
              ),
            ]
          : []),
        ...(other !== undefined
          ? [
              line(
                "name",
                `cannot be made beside topic ${other}: their metrics have one name, so Kafka refuses it. Choose another name, or delete ${other} in a deployment before.`,
              ),
            ]
          : []),
      ];
    });
}

/** All that the script says when it refuses; nothing where it does not. */
export function refusalMessage(before: readonly DeclaredTopic[], after: readonly DeclaredTopic[]): string | undefined {
  const lines = refusals(before, after).map(({ line }) => line);
  if (lines.length === 0) return undefined;
  return ["Nothing was changed, because these topics cannot be made as declared:", ...lines].join("\n");
}

/** In the names of metrics, Kafka has one sign for both. */
function inMetrics(topic: string): string {
  return topic.replaceAll(".", "_");
}
