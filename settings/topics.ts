import { z } from "zod";
import { defaultBrokerConfig } from "../components/kafka/brokerConfig";
import { isTopicName, topicNameNeeds } from "./forms";
import { keyName, type Problem, removeCommand, setCommand, show } from "./problems";
import { topicConfig } from "./topicConfig";

/** Used when the stack file has no `topics`. Two in-sync replicas of three: one broker may be away without a loss. */
export const defaultTopics = [
  { name: "tweets", partitions: 4, replicationFactor: 3, config: { "min.insync.replicas": "2" } },
];

/** HDInsight's limit for one broker, replicas included. */
const partitionsPerBroker = 2000;

const whole = (max: number, unit: string) => {
  const needs = `a whole number of ${unit} from 1 to ${max}`;
  return z.int(needs).min(1, needs).max(max, needs);
};

const topic = z.strictObject(
  {
    name: z.string(topicNameNeeds).refine(isTopicName, topicNameNeeds),
    partitions: whole(partitionsPerBroker * 30, "partitions"),
    replicationFactor: whole(100, "replicas"),
    config: topicConfig.default({}),
    deleted: z.boolean("true, to delete the topic, or false").optional(),
  },
  { error: "name, partitions, replicationFactor, config and deleted, and nothing else" },
);

const needsTopics = "a list of topics, each with name, partitions, replicationFactor and config";

/** The `topics` of a stack file. */
export const topicList = z.array(topic, needsTopics).min(1, "at least one topic");

type Topic = z.output<typeof topic>;

/** What topics must be to each other and to the cluster. */
export function topicProblems({
  topics,
  kafkaWorkers: workers,
}: {
  topics?: Topic[];
  kafkaWorkers?: number;
}): Problem[] {
  if (!topics) return [];
  return [
    ...topics.flatMap((topic, index) => (topic.deleted ? [] : replicaProblems(topic, index, workers))),
    ...nameProblems(topics),
    ...topics.flatMap(internalProblems),
    ...loadProblems(
      topics.filter(({ deleted }) => !deleted),
      workers,
    ),
  ];
}

function replicaProblems({ replicationFactor, config }: Topic, index: number, workers?: number): Problem[] {
  const problems: Problem[] = [];
  if (workers !== undefined && replicationFactor > workers) {
    problems.push({
      key: keyName("topics", [index, "replicationFactor"]),
      got: show(replicationFactor),
      needs: `at most the number of brokers (\`streaming:kafkaWorkers\`: ${workers}), since each replica lives on a broker of its own`,
      fix: [setCommand("kafkaWorkers", String(replicationFactor))],
    });
  }
  const path = [index, "config", "min.insync.replicas"];
  const inherited = Number(defaultBrokerConfig["min.insync.replicas"]);
  const minimum = Number(config["min.insync.replicas"] ?? inherited);
  if (minimum > replicationFactor && config["min.insync.replicas"] === undefined) {
    problems.push({
      key: keyName("topics", [index, "replicationFactor"]),
      got: show(replicationFactor),
      needs:
        `at least the brokers' \`min.insync.replicas\` (${inherited}), or a \`min.insync.replicas\` of the topic's own, ` +
        "at most as large as its replicationFactor: with fewer replicas, no acks=all write ever succeeds",
      fix: [setCommand("topics", replicationFactor, path)],
    });
  } else if (minimum > replicationFactor) {
    problems.push({
      key: keyName("topics", path),
      got: show(minimum),
      needs: `at most the topic's replicationFactor (${replicationFactor}): with more, no acks=all write ever succeeds`,
      fix: [setCommand("topics", Math.max(1, replicationFactor - 1), path)],
    });
  }
  return problems;
}

/** Kafka names metrics after topics and writes "." as "_" there, so it refuses names that differ in nothing else. */
function nameProblems(topics: Topic[]): Problem[] {
  const metricName = (topic: Topic) => topic.name.replaceAll(".", "_");
  return topics.flatMap((topic, index) => {
    const first = topics.findIndex((other) => metricName(other) === metricName(topic));
    if (first === index) return [];
    return [
      {
        key: keyName("topics", [index, "name"]),
        got: show(topic.name),
        needs: `a name that differs from that of topics[${first}] (${show(topics[first].name)}) in more than "." and "_"`,
        fix: [setCommand("topics", `${topic.name.slice(0, 240)}-${index + 1}`, [index, "name"])],
      },
    ];
  });
}

/** Offsets and transactions are in topics that Kafka makes for itself. */
function internalProblems({ name, deleted }: Topic, index: number): Problem[] {
  if (!deleted || !name.startsWith("__")) return [];
  return [
    {
      key: keyName("topics", [index, "deleted"]),
      got: show(deleted),
      needs: `to be left out for a topic of Kafka's own (${name})`,
      fix: [removeCommand("topics", [index, "deleted"])],
    },
  ];
}

function loadProblems(topics: Topic[], workers?: number): Problem[] {
  if (workers === undefined) return [];
  const replicas = topics.reduce((sum, { partitions, replicationFactor }) => sum + partitions * replicationFactor, 0);
  if (replicas <= workers * partitionsPerBroker) return [];
  return [
    {
      key: keyName("topics"),
      got: `${replicas} partitions, replicas included`,
      needs: `at most ${partitionsPerBroker} on each of the ${workers} brokers (\`streaming:kafkaWorkers\`)`,
      fix: [setCommand("kafkaWorkers", String(Math.ceil(replicas / partitionsPerBroker)))],
    },
  ];
}
