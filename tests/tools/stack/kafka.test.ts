import { type Admin, KafkaJSConnectionError, KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded } from "kafkajs";
import { describe, expect, it, vi } from "vitest";
import { checkBrokers, checkTopics, heldOffsets, patiently } from "../../../tools/stack/kafka";

/** What the brokers do, by their address: what they advertise, and whether clients can follow them. */
const brokers = vi.hoisted(() => new Map<string, { advertises: string[]; controller?: string }>());

vi.mock("kafkajs", async (original) => {
  class Kafka {
    constructor(private readonly config: { brokers: string[]; socketFactory: (to: object) => unknown }) {}

    admin() {
      const [address] = this.config.brokers;
      const broker = brokers.get(address);
      return {
        connect: async () => {
          if (!broker) throw new Error(`connect ECONNREFUSED ${address}`);
        },
        disconnect: async () => {},
        describeCluster: async () => {
          const [host, port] = (broker?.controller ?? address).split(":");
          if (broker?.controller) {
            this.config.socketFactory({ host, port: Number(port), onConnect: () => {} });
            throw new Error(`getaddrinfo ENOTFOUND ${host}`);
          }
          return { brokers: broker?.advertises.map((other) => ({ host: other.split(":")[0], port: 9092 })) };
        },
      };
    }
  }
  // kafkajs is CommonJS: all of it is in the default export.
  const { default: kafkajs } = await original<{ default: typeof import("kafkajs") }>();
  return { ...kafkajs, Kafka };
});

vi.mock("node:net", async (original) => ({ ...(await original<typeof import("node:net")>()), connect: () => ({}) }));

const all = ["10.0.0.9:9092", "10.0.0.10:9092"];

function cluster(answers: Record<string, { advertises: string[]; controller?: string }>) {
  brokers.clear();
  for (const [address, answer] of Object.entries(answers)) brokers.set(address, answer);
  return checkBrokers(all);
}

describe("brokers", () => {
  it("answer when each is there and all advertise the addresses of the outputs", async () => {
    const answers = Object.fromEntries(all.map((address) => [address, { advertises: all }]));
    expect(await cluster(answers)).toEqual({ answering: all, misses: [] });
  });

  it("that do not answer are named, and do not hide the others", async () => {
    const { answering, misses } = await cluster({ [all[0]]: { advertises: [all[0]] } });
    expect(answering).toEqual([all[0]]);
    expect(misses).toEqual([expect.stringContaining(`Broker ${all[1]} does not answer: connect ECONNREFUSED`)]);
  });

  it("that send clients to a host name are said to lack IP advertising", async () => {
    const host = "wn0-kafka.internal.cloudapp.net:9092";
    const { answering, misses } = await cluster(
      Object.fromEntries(all.map((address) => [address, { advertises: [], controller: host }])),
    );
    expect(answering).toEqual([]);
    expect(misses).toHaveLength(2);
    expect(misses[0]).toContain(`Broker ${all[0]} sends clients to ${host}`);
    expect(misses[0]).toContain("IP advertising is not in effect");
  });

  it("that advertise other addresses than the outputs are named", async () => {
    const { misses } = await cluster(
      Object.fromEntries(all.map((address) => [address, { advertises: [all[0], "10.0.0.11:9092"] }])),
    );
    expect(misses).toEqual([
      expect.stringContaining("sends clients to 10.0.0.11:9092"),
      expect.stringContaining(`does not advertise ${all[1]}`),
    ]);
  });
});

describe("topics", () => {
  const expected = { name: "tweets", partitions: 2, replicationFactor: 3, config: { "min.insync.replicas": "2" } };

  /** An admin client of brokers that hold topic `tweets` like this. */
  const admin = (topic: { replicas?: number[]; isr?: number[][]; minimum?: string; names?: string[] } = {}) => {
    const { replicas = [0, 1, 2], isr = [replicas, replicas], minimum = "2", names = ["tweets"] } = topic;
    return {
      listTopics: async () => names,
      fetchTopicMetadata: async () => ({
        topics: [
          { name: "tweets", partitions: isr.map((inSync, partitionId) => ({ partitionId, replicas, isr: inSync })) },
        ],
      }),
      describeConfigs: async () => ({
        resources: [
          { resourceName: "tweets", configEntries: [{ configName: "min.insync.replicas", configValue: minimum }] },
        ],
      }),
      fetchTopicOffsets: async () => [
        { partition: 1, low: "0", high: "4" },
        { partition: 0, low: "2", high: "9" },
      ],
    } as unknown as Admin;
  };

  it("are described as the brokers have them", async () => {
    expect(await checkTopics(admin(), [expected])).toEqual({
      topics: [{ name: "tweets", partitions: 2, replicationFactor: 3, minInSyncReplicas: 2, inSync: 3 }],
      misses: [],
    });
  });

  it.each([
    ["too few partitions", { isr: [[0, 1, 2]] }, "1 partitions instead of 2"],
    ["too few replicas", { replicas: [0, 1] }, "2 replicas instead of 3"],
    ["another minimum of in-sync replicas", { minimum: "1" }, "1 min.insync.replicas instead of 2"],
    [
      "a replica that lags behind in one partition",
      {
        isr: [
          [0, 1, 2],
          [0, 1],
        ],
      },
      "2 in-sync replicas instead of 3",
    ],
    ["no topic at all", { names: ["other"] }, "Topic tweets does not exist"],
  ])("with %s are found out", async (_, actual, miss) => {
    const { misses } = await checkTopics(admin(actual), [expected]);
    expect(misses).toContainEqual(expect.stringContaining(miss));
  });

  it("may have any minimum of in-sync replicas when the outputs ask for none", async () => {
    const { misses } = await checkTopics(admin({ minimum: "1" }), [{ ...expected, config: {} }]);
    expect(misses).toEqual([]);
  });

  it("hold what lies between their low and high watermarks", async () => {
    expect(await heldOffsets(admin(), "tweets")).toEqual([
      { partition: 0, from: 2, to: 9 },
      { partition: 1, from: 0, to: 4 },
    ]);
  });
});

describe("a question to brokers", () => {
  const gone = new KafkaJSConnectionError("connect ECONNREFUSED 10.0.0.10:9092");
  const ask = (error: Error) => vi.fn<() => Promise<string>>().mockRejectedValueOnce(error).mockResolvedValue("answer");

  it.each([
    ["the others send clients to one that is gone", gone],
    ["kafkajs has given up on such a one", new KafkaJSNumberOfRetriesExceeded(gone, { retryCount: 4, retryTime: 1 })],
  ])("is asked again when %s", async (_what, error) => {
    const question = ask(error);
    expect(await patiently(question)).toBe("answer");
    expect(question).toHaveBeenCalledTimes(2);
  });

  it("is not asked again when it is refused", async () => {
    const question = ask(new KafkaJSNonRetriableError("not allowed"));
    await expect(patiently(question)).rejects.toThrow("not allowed");
    expect(question).toHaveBeenCalledTimes(1);
  });
});
