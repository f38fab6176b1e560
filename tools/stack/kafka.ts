import { connect, isIP } from "node:net";
import { type Admin, ConfigResourceTypes, Kafka, logLevel, Partitioners } from "kafkajs";
import pRetry from "p-retry";
import { reason } from "./failure";
import type { Outputs } from "./outputs";

/** Offsets of one partition, from the first that counts up to but without `to`. */
export interface OffsetRange {
  partition: number;
  from: number;
  to: number;
}

/** One topic as the brokers describe it. */
export interface TopicReport {
  name: string;
  partitions: number;
  /** The fewest replicas that a partition has. */
  replicationFactor: number;
  minInSyncReplicas: number;
  /** The fewest in-sync replicas that a partition has. */
  inSync: number;
}

/**
 * A client of these brokers that logs nothing: standard output belongs to the report.
 *
 * @param dialled is told each address that the client connects to: the given ones, and those that brokers advertise.
 */
export function kafkaClient(brokers: string[], dialled: (address: string) => void = () => {}): Kafka {
  return new Kafka({
    clientId: "streaming-verify",
    brokers,
    logLevel: logLevel.NOTHING,
    connectionTimeout: 5_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 200, retries: 4 },
    socketFactory: ({ host, port, onConnect }) => {
      dialled(`${host}:${port}`);
      return connect({ host, port, keepAlive: true }, onConnect);
    },
  });
}

/** Runs something with an admin client, which is closed afterwards. */
export async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** What one broker said: the addresses that the cluster advertises, or what is wrong. */
type Answer = { address: string; advertised: string[] } | { address: string; miss: string };

/** Asks each broker, at its address in the outputs, for the addresses that the cluster advertises. */
export async function checkBrokers(addresses: string[]): Promise<{ answering: string[]; misses: string[] }> {
  const answers = await Promise.all(addresses.map(askBroker));
  const misses = answers.flatMap((answer) => ("miss" in answer ? [answer.miss] : []));
  const silent = answers.flatMap((answer) => ("miss" in answer ? [answer.address] : []));
  const advertised = new Set(answers.flatMap((answer) => ("advertised" in answer ? answer.advertised : [])));
  if (advertised.size > 0) {
    const unexpected = [...advertised].filter((address) => !addresses.includes(address));
    const absent = addresses.filter((address) => !advertised.has(address) && !silent.includes(address));
    misses.push(...unexpected.map((address) => wrongAddress("The cluster", address)));
    misses.push(
      ...absent.map((address) => `The cluster does not advertise ${address} of \`kafkaBrokers\`. ${refresh}`),
    );
  }
  return { answering: addresses.filter((address) => advertised.has(address) && !silent.includes(address)), misses };
}

async function askBroker(address: string): Promise<Answer> {
  const dialled = new Set<string>();
  const admin = kafkaClient([address], (to) => dialled.add(to)).admin();
  try {
    await admin.connect();
  } catch (error) {
    const look = "Look at the broker in Ambari, and at the way from here to it";
    return { address, miss: `Broker ${address} does not answer: ${reason(error)}. ${look}.` };
  }
  try {
    const { brokers } = await admin.describeCluster();
    return { address, advertised: brokers.map(({ host, port }) => `${host}:${port}`) };
  } catch (error) {
    // The question goes to the controller, at the address that it advertises.
    const elsewhere = [...dialled].find((to) => to !== address);
    const miss = elsewhere
      ? wrongAddress(`Broker ${address}`, elsewhere)
      : `Broker ${address} fails: ${reason(error)}. Look at it in Ambari.`;
    return { address, miss };
  } finally {
    await admin.disconnect();
  }
}

const refresh = "Run `pulumi up`, which reads the brokers again.";

function wrongAddress(who: string, advertised: string): string {
  const host = advertised.slice(0, advertised.lastIndexOf(":"));
  if (isIP(host))
    return `${who} sends clients to ${advertised}, which does not answer or is not in \`kafkaBrokers\`. ${refresh}`;
  return (
    `${who} sends clients to ${advertised}, a name that other networks do not resolve: IP advertising is not in effect. ` +
    "Look at `kafka-env` and `listeners` in Ambari, or run `pulumi up`."
  );
}

/** Compares topics with what the outputs say of them. */
export async function checkTopics(
  admin: Admin,
  expected: Outputs["topics"],
): Promise<{ topics: TopicReport[]; misses: string[] }> {
  const existing = await admin.listTopics();
  const there = expected.filter(({ name }) => existing.includes(name));
  const absent = expected.filter(({ name }) => !existing.includes(name));
  const topics = await describeTopics(
    admin,
    there.map(({ name }) => name),
  );
  return {
    topics,
    misses: [
      ...absent.map(({ name }) => `Topic ${name} does not exist. Run \`pulumi up\`, which creates it.`),
      ...there.flatMap((topic, index) => topicMisses(topic, topics[index])),
    ],
  };
}

async function describeTopics(admin: Admin, names: string[]): Promise<TopicReport[]> {
  if (names.length === 0) return [];
  const minimum = "min.insync.replicas";
  const metadata = await admin.fetchTopicMetadata({ topics: names });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name, configNames: [minimum] })),
  });
  return names.map((name) => {
    const partitions = metadata.topics.find((topic) => topic.name === name)?.partitions ?? [];
    const config = resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
    return {
      name,
      partitions: partitions.length,
      replicationFactor: Math.min(...partitions.map(({ replicas }) => replicas.length)),
      minInSyncReplicas: Number(config.find(({ configName }) => configName === minimum)?.configValue),
      inSync: Math.min(...partitions.map(({ isr }) => isr.length)),
    };
  });
}

function topicMisses(expected: Outputs["topics"][number], actual: TopicReport): string[] {
  const minimum = expected.config["min.insync.replicas"];
  const compared: [string, number, number][] = [
    ["partitions", actual.partitions, expected.partitions],
    ["replicas", actual.replicationFactor, expected.replicationFactor],
    [
      "min.insync.replicas",
      actual.minInSyncReplicas,
      minimum === undefined ? actual.minInSyncReplicas : Number(minimum),
    ],
    ["in-sync replicas", actual.inSync, expected.replicationFactor],
  ];
  return compared
    .filter(([, found, wanted]) => found !== wanted)
    .map(([what, found, wanted]) => {
      const look = what.startsWith("in-sync") ? "Look at the brokers in Ambari." : "Run `pulumi up`.";
      return `Topic ${expected.name} has ${found} ${what} instead of ${wanted}. ${look}`;
    });
}

/** Sends marked records, of which the broker must have taken each one. Returns when each was sent, by its id. */
export async function sendMarked(
  kafka: Kafka,
  topic: string,
  run: string,
  count: number,
): Promise<Map<string, number>> {
  // kafkajs 2 warns of its new partitioner unless one is named; this is the one that the Java client has, too.
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const sent = new Map<string, number>();
  try {
    await producer.connect();
    const messages = Array.from({ length: count }, (_, index) => {
      const id = `${run}-${index}`;
      const now = new Date();
      sent.set(id, now.getTime());
      return { key: id, value: JSON.stringify(markedEvent(id, now)) };
    });
    await producer.send({ topic, acks: -1, messages });
  } finally {
    await producer.disconnect();
  }
  return sent;
}

/** An event as the producer notebook sends them, recognisable by its id and source. */
function markedEvent(id: string, sentAt: Date) {
  return {
    id,
    source: "verify",
    text: `Marked record ${id}`,
    hashtags: [],
    authorId: null,
    createdAt: null,
    sentAt: sentAt.toISOString(),
    rating: null,
  };
}

/**
 * Asks brokers, and for some half a minute again while that fails for a reason that passes by itself: for so long the others
 * may send clients to one that is gone, or to one that leads no more. kafkajs marks such errors, but gives up sooner, or
 * does not try again at all.
 */
export function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const passes = (error: unknown): boolean => {
    const { retriable, cause } = error as { retriable?: boolean; cause?: unknown };
    return retriable === true || (cause !== undefined && passes(cause));
  };
  const again = { retries: 60, factor: 1, minTimeout: 500, maxRetryTime: 30_000 };
  return pRetry(ask, { ...again, shouldRetry: ({ error }) => passes(error) });
}

/** What the topic holds at this moment. */
export async function heldOffsets(admin: Admin, topic: string): Promise<OffsetRange[]> {
  const partitions = await patiently(() => admin.fetchTopicOffsets(topic));
  return partitions
    .map(({ partition, low, high }) => ({ partition, from: Number(low), to: Number(high) }))
    .sort((a, b) => a.partition - b.partition);
}
