import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { KafkaTopics, type KafkaTopicsArgs } from "../../../components/kafka/topics";
import { deleteScript, type TopicSpec, topicsScript } from "../../../components/kafka/topicsScript";
import { isSecret, plain, Recording, settled } from "../recording";

const bootstrapServers = "10.0.0.9:9092,10.0.0.10:9092";
const tweets: TopicSpec = { name: "tweets", partitions: 4, replicationFactor: 3 };
const old: TopicSpec = { name: "old", partitions: 1, replicationFactor: 3, deleted: true };
const args: KafkaTopicsArgs = {
  topics: [tweets, old],
  bootstrapServers,
  clusterId: "11f0-22",
  ssh: { host: "events-ssh.azurehdinsight.net", port: 22, user: "sshuser", privateKey: "canary-private-key" },
};

async function record(change: Partial<KafkaTopicsArgs> = {}, opts?: () => pulumi.ComponentResourceOptions) {
  const recording = new Recording();
  const topics = new KafkaTopics("topics", { ...args, ...change }, opts?.());
  const known = await settled(topics.topics);
  await recording.finished();
  return { recording, known, script: recording.named("topics-script") };
}

describe("topics", () => {
  it("are made and changed by one script, which comes by standard input", async () => {
    const { script, recording, known } = await record();
    expect(recording.resources.map(({ name }) => name)).toEqual(["topics", "topics-script"]);
    const { connection, ...inputs } = script.inputs;
    expect(inputs).toEqual({
      create: "bash -s",
      update: "bash -s",
      stdin: topicsScript(bootstrapServers, args.topics),
      triggers: ["11f0-22"],
      addPreviousOutputInEnv: false,
    });
    expect(plain(connection)).toMatchObject({ host: "events-ssh.azurehdinsight.net", port: 22, user: "sshuser" });
    expect(script.parent).toMatch(/KafkaTopics::topics$/);
    expect(script.options.createTimeout).toBe("31m");
    // What is deleted is none of the topics that others may rely on.
    expect(known).toEqual([tweets]);
  });

  it("are made on any host that answers, however late, unless its key is known", async () => {
    const connectionOf = ({ script }: Awaited<ReturnType<typeof record>>) =>
      plain(script.inputs.connection) as Record<string, unknown>;
    const anyHost = connectionOf(await record());
    expect(anyHost).not.toHaveProperty("hostKey");
    expect(anyHost.dialErrorLimit).toBe(-1);
    const known = connectionOf(await record({ ssh: { ...args.ssh, hostKey: "ssh-ed25519 AAAA" } }));
    expect(known).toMatchObject({ hostKey: "ssh-ed25519 AAAA", dialErrorLimit: 10 });
  });

  it("have more time the more they are", async () => {
    const topics = Array.from({ length: 501 }, (_, index) => ({ ...tweets, name: `topic-${index}` }));
    expect((await record({ topics })).script.options.createTimeout).toBe("131m");
  });

  it("keep the private key secret", async () => {
    const { connection } = (await record()).script.inputs as { connection: Record<string, unknown> };
    expect(isSecret(connection) || isSecret(connection.privateKey)).toBe(true);
  });

  it("stay when the component is destroyed, unless that is asked for", async () => {
    expect((await record()).script.inputs).not.toHaveProperty("delete");
    const { script } = await record({ deleteOnDestroy: true });
    expect(script.inputs.delete).toBe(deleteScript(bootstrapServers, args.topics));
    expect(script.options.deleteBeforeReplace).toBe(true);
  });

  it("go with what they are said to go with", async () => {
    const { script } = await record({}, () => ({
      deletedWith: new pulumi.ComponentResource("streaming:test:Cluster", "cluster"),
    }));
    expect(script.options.deletedWith).toMatch(/::cluster$/);
  });

  it("of Kafka itself cannot be marked as deleted", async () => {
    const recording = new Recording();
    const topics = [{ name: "__consumer_offsets", partitions: 50, replicationFactor: 3, deleted: true }];
    expect(() => new KafkaTopics("topics", { ...args, topics })).toThrow(
      "Topics `topics`: `deleted` is set for __consumer_offsets: Kafka keeps offsets and transactions there. Leave it out.",
    );
    await recording.finished();
    expect(recording.resources.map(({ name }) => name)).not.toContain("topics-script");
  });
});
