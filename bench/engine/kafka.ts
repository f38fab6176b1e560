import * as path from "node:path";
import { execa } from "execa";
import { Kafka, logLevel } from "kafkajs";
import {
  type Configurations,
  defaultConfigurations,
  KafkaEngine,
  type KafkaHost,
  kafkaJava,
  withClassData,
} from "../../local/engines/kafka";
import { toolPaths } from "../../local/paths";
import { classpath } from "../../local/setup/jars";
import { javaBinary } from "../../local/setup/prerequisites";

/** First three octets of the hosts' addresses, which nothing else here uses: a bench runs beside an environment that is up. */
const block = "127.250.1";

const zookeeper: KafkaHost = { role: "zookeeper", name: "zk0.bench.internal", address: `${block}.4` };
const workers: KafkaHost[] = [5, 6, 7].map((octet, index) => ({
  role: "worker",
  name: `wn${index}.bench.internal`,
  address: `${block}.${octet}`,
}));

/** Three real brokers, at addresses that notebooks reach without any network around them. */
export class BenchKafka {
  readonly brokers = workers.map(({ address }) => `${address}:9092`).join(",");
  private readonly clients = new Kafka({ brokers: this.brokers.split(","), logLevel: logLevel.NOTHING });

  private constructor(private readonly engine: KafkaEngine) {}

  static async start(folder: string): Promise<BenchKafka> {
    const java = await withClassData(kafkaJava(javaBinary(), classpath("kafka")), toolPaths().root, () => undefined);
    const engine = new KafkaEngine({ folder, hosts: [zookeeper, ...workers], java });
    const kafka = new BenchKafka(engine);
    engine.install();
    try {
      for (const server of engine.of("ZOOKEEPER_SERVER")) await server.start(configurations(zookeeper));
      await Promise.all(engine.of("KAFKA_BROKER").map((broker) => broker.start(configurations(broker.host))));
      return kafka;
    } catch (error) {
      await kafka.stop();
      throw error;
    }
  }

  /** Makes a topic with three replicas, two of which have to be in sync. */
  async createTopic(topic: string, numPartitions: number): Promise<void> {
    const configEntries = [{ name: "min.insync.replicas", value: "2" }];
    await this.admin((admin) =>
      admin.createTopics({
        waitForLeaders: true,
        topics: [{ topic, numPartitions, replicationFactor: 3, configEntries }],
      }),
    );
  }

  deleteTopic(topic: string): Promise<void> {
    return this.admin((admin) => admin.deleteTopics({ topics: [topic] }));
  }

  /** Number of records in a topic. */
  async size(topic: string): Promise<number> {
    const offsets = await this.admin((admin) => admin.fetchTopicOffsets(topic));
    return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  }

  /** Runs one of Kafka's own tools on the first broker's host, and returns what it printed. */
  async tool(script: string, args: readonly string[]): Promise<string> {
    const [host] = workers;
    const { stdout } = await execa(path.join(this.engine.folders(host).bin, script), args, {
      env: { ...this.engine.environment(host), KAFKA_HEAP_OPTS: "-Xmx640m" },
      extendEnv: false,
      stdin: "ignore",
    });
    return stdout;
  }

  async stop(): Promise<void> {
    await this.engine.stop(2_000);
  }

  private async admin<T>(work: (admin: ReturnType<Kafka["admin"]>) => Promise<T>): Promise<T> {
    const admin = this.clients.admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

function configurations({ address }: KafkaHost): Configurations {
  const listeners = `PLAINTEXT://${address}:9092`;
  return defaultConfigurations({
    zookeepers: [zookeeper.name],
    brokers: workers.length,
    brokerConfig: { listeners, "advertised.listeners": listeners },
  });
}
