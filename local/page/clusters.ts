import type { Admin } from "kafkajs";
import type { ClusterNodes } from "../cloud/hdinsight/clusters";
import { kafkaIn } from "./brokerClient";
import { find, unknown } from "./known";
import type { BrokerView, ClusterView, Known, TopicView } from "./model";
import { Rates } from "./rates";

/** The calls of kafkajs's admin client that the page makes. */
export type BrokerAdmin = Pick<
  Admin,
  "connect" | "disconnect" | "describeCluster" | "fetchTopicMetadata" | "fetchTopicOffsets"
>;

type Metadata = Awaited<ReturnType<Admin["describeCluster"]>>;

/** Looks at one cluster again and again, through a connection that it keeps. */
export class ClusterReader {
  private admin: BrokerAdmin | undefined;
  private readonly rates = new Rates();
  /** Kafka's id by address, also of brokers that have left the cluster since. */
  private readonly ids = new Map<string, number>();

  constructor(
    readonly nodes: ClusterNodes,
    private readonly makeAdmin: (nodes: ClusterNodes) => BrokerAdmin = ({ place, brokers }) =>
      kafkaIn(place, brokers).admin(),
  ) {}

  async look(): Promise<ClusterView> {
    const { name, network, zookeepers, heads, ambari, brokers } = this.nodes;
    const [answers, metadata] = await Promise.all([
      Promise.all(brokers.map((address) => this.probe(address))),
      find(() => this.ask((admin) => admin.describeCluster())),
    ]);
    const topics = metadata.known ? await find(() => this.ask((admin) => this.topics(admin))) : metadata;
    return {
      name,
      network,
      zookeepers,
      heads,
      ambari,
      brokers: brokers.map((address, index) => this.broker(address, answers[index] as Known<boolean>, metadata)),
      topics,
    };
  }

  /** Gives the connection back, until the next look. */
  async rest(): Promise<void> {
    const { admin } = this;
    this.admin = undefined;
    await admin?.disconnect().catch(() => undefined);
  }

  /** One that fails is not asked again: the next look makes a new connection, to whichever broker answers then. */
  private async ask<T>(question: (admin: BrokerAdmin) => Promise<T>): Promise<T> {
    try {
      if (!this.admin) {
        const admin = this.makeAdmin(this.nodes);
        await admin.connect();
        this.admin = admin;
      }
      return await question(this.admin);
    } catch (error) {
      await this.rest();
      throw error;
    }
  }

  /** Whether something listens where the broker should: the cluster notices a broker's death only seconds later. */
  private probe(address: string): Promise<Known<boolean>> {
    const at = address.lastIndexOf(":");
    return find(async () => {
      const socket = await this.nodes.place.connect(address.slice(0, at), Number(address.slice(at + 1)));
      socket.on("error", () => undefined).destroy();
      return true;
    }, 2_000);
  }

  private broker(address: string, answer: Known<boolean>, metadata: Known<Metadata>): BrokerView {
    const listed = metadata.known
      ? metadata.value.brokers.find(({ host, port }) => `${host}:${port}` === address)
      : undefined;
    if (listed) this.ids.set(address, listed.nodeId);
    const id = this.ids.get(address) ?? null;
    const isController = metadata.known && id !== null && metadata.value.controller === id;
    if (!answer.known) return { address, id, isController: false, state: "dead", reason: answer.reason };
    if (!metadata.known) return { address, id, isController: false, state: "unknown", reason: metadata.reason };
    if (listed) return { address, id, isController, state: "up" };
    const advertised = metadata.value.brokers.map(({ host, port }) => `${host}:${port}`).join(", ") || "no broker";
    return {
      address,
      id,
      isController: false,
      state: "alone",
      reason: `it answers, but the cluster lists ${advertised}: it is still joining, or it advertises another address`,
    };
  }

  private async topics(admin: BrokerAdmin): Promise<TopicView[]> {
    const { topics } = await admin.fetchTopicMetadata();
    const own = topics.filter(({ name }) => !name.startsWith("__")).sort((a, b) => a.name.localeCompare(b.name));
    const views: TopicView[] = [];
    for (const { name, partitions } of own) {
      const total = await find(async () => sum(await admin.fetchTopicOffsets(name)));
      views.push({
        name,
        partitions: partitions
          .map(({ partitionId, leader, replicas, isr }) => ({
            id: partitionId,
            leader: leader < 0 ? null : leader,
            replicas: [...replicas].sort((a, b) => a - b),
            inSync: [...isr].sort((a, b) => a - b),
          }))
          .sort((a, b) => a.id - b.id),
        total,
        rate: total.known ? this.rates.of(name, total.value) : unknown(total.reason),
      });
    }
    return views;
  }
}

function sum(offsets: { high: string }[]): number {
  return offsets.reduce((total, { high }) => total + Number(high), 0);
}
