import { type Admin, ConfigResourceTypes, ConfigSource } from "kafkajs";
import { heldOffsets, patiently } from "../stack/kafka";

/** What the brokers say of one topic. */
export interface TopicState {
  name: string;
  partitions: PartitionState[];
  /** Settings that are not a default of Kafka or of the brokers. */
  config: Record<string, string>;
}

export interface PartitionState {
  partition: number;
  /** Id of the broker that leads it; -1 while there is none. */
  leader: number;
  /** Ids of the brokers that hold a copy. */
  replicas: number[];
  /** Those whose copy is up to date. */
  inSync: number[];
  /** Offset of the oldest record that is kept. */
  from: number;
  /** Offset that the next record gets. */
  to: number;
}

/** Topics by name. Kafka's own, which begin with two underscores, only where they are asked for by name. */
export async function describeTopics(admin: Admin, names: readonly string[]): Promise<TopicState[]> {
  const existing = await patiently(() => admin.listTopics());
  const missing = names.filter((name) => !existing.includes(name));
  if (missing.length > 0) {
    throw new Error(`There is no topic ${missing.join(", ")}. There are: ${existing.sort().join(", ") || "none"}.`);
  }
  const wanted = names.length > 0 ? [...names] : existing.filter((name) => !name.startsWith("__"));
  if (wanted.length === 0) return [];
  // First what only leaders answer: once they do, the others know who leads, too.
  const offsets = new Map(
    await Promise.all(wanted.map(async (name) => [name, await heldOffsets(admin, name)] as const)),
  );
  const [{ topics }, { resources }] = await Promise.all([
    patiently(() => admin.fetchTopicMetadata({ topics: wanted })),
    patiently(() =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: wanted.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
      }),
    ),
  ]);
  return wanted.sort().map((name): TopicState => {
    const held = new Map(offsets.get(name)?.map((range) => [range.partition, range]));
    const partitions = topics.find((topic) => topic.name === name)?.partitions ?? [];
    const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
    const own = entries.filter(({ configSource }) => configSource === ConfigSource.TOPIC_CONFIG);
    return {
      name,
      partitions: partitions
        .map(({ partitionId, leader, replicas, isr }) => ({
          ...{ partition: partitionId, leader, replicas, inSync: isr },
          ...{ from: held.get(partitionId)?.from ?? 0, to: held.get(partitionId)?.to ?? 0 },
        }))
        .sort((a, b) => a.partition - b.partition),
      config: Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue])),
    };
  });
}
