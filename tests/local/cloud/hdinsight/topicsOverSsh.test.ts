import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { Client } from "ssh2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deleteScript, type TopicSpec, topicsScript } from "../../../../components/kafka/topicsScript";
import type { KafkaCluster, KafkaClusters } from "../../../../local/cloud/hdinsight";
import { tools } from "../../../../local/engines/kafka/launchers";
import { KafkaTools, parseBrokers, parsePartitions } from "../../../../tools/rebalance/kafkaTools";
import { describeWith, missingPrograms } from "../../../needs";
import { spec, sshKey, TestHome } from "./testCluster";

const twin = new TestHome();
let clusters: KafkaClusters;
let cluster: KafkaCluster;

beforeAll(async () => {
  clusters = await twin.clusters();
  const wanted = spec("topics", 32);
  // As an operator may set it; HDInsight itself sets none.
  cluster = await clusters.create({ ...wanted, brokerConfig: { ...wanted.brokerConfig, "broker.rack": "fd-0" } });
});

afterAll(async () => {
  await clusters.close();
  await twin.remove();
});

/** Runs a command on the head node with the ssh2 client. */
function run(command: string, stdin = ""): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.on("error", reject).on("ready", () => {
      client.exec(command, (error, channel) => {
        if (error) return reject(error);
        let [stdout, stderr] = ["", ""];
        channel.on("data", (data: Buffer) => (stdout += data));
        channel.stderr.on("data", (data: Buffer) => (stderr += data));
        channel.on("close", (code: number) => {
          client.end();
          resolve({ code, stdout, stderr });
        });
        channel.end(stdin);
      });
    });
    client.connect({ ...cluster.ssh, username: "sshuser", privateKey: sshKey.privateKey });
  });
}

const servers = "wn0-topics:9092,wn1-topics:9092,wn2-topics:9092";
const topic = (more: Partial<TopicSpec> = {}): TopicSpec => ({
  name: "tweets",
  partitions: 2,
  replicationFactor: 3,
  ...more,
});

const config = { "min.insync.replicas": "2", "cleanup.policy": "compact,delete" };

test("the program's script creates topics when it comes on standard input, and changes nothing the second time", async () => {
  const script = topicsScript(servers, [topic({ config })]);
  const first = await run("bash -s", script);
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toMatch(
    /Topic: tweets\s.*PartitionCount: 2\s.*ReplicationFactor: 3\s.*cleanup.policy=compact,delete/,
  );
  const second = await run("bash -s", script);
  expect(second).toMatchObject({ code: 0, stderr: "" });
  expect(second.stdout).toBe(first.stdout);
  const third = await run(
    "bash -s",
    topicsScript(servers, [topic({ config: { ...config, "retention.ms": "60000" } })]),
  );
  expect(third).toMatchObject({ code: 0, stderr: "" });
  expect(third.stdout).toMatch(/retention.ms=60000/);
  expect(third.stdout).toMatch(/min.insync.replicas=2/);
}, 120_000);

test("what Kafka refuses is told in its words, all of it, and everything else is done", async () => {
  const bad = { "retention.ms": "soon" };
  const grown = topic({ config: { ...config, "segment.ms": "7200000" } });
  const there = topic({ name: "there" });
  await run("bash -s", topicsScript(servers, [there]));
  const declared = [
    topic({ name: "bad", config: bad }),
    topic({ name: "wide", replicationFactor: 4 }),
    topic({ name: "fine.one", config: { "retention.ms": "60000" } }),
    { ...there, config: bad },
    grown,
  ];
  const { code, stderr } = await run("bash -s", topicsScript(servers, declared));
  expect(code).toBe(1);
  expect(stderr).toMatch(/^topic bad could not be made: Invalid value soon for configuration retention.ms/m);
  expect(stderr).toMatch(/^topic wide could not be made: .*[Rr]eplication factor: 4 larger than available brokers: 3/m);
  expect(stderr).toMatch(/^topic there could not get its settings: .*Invalid value soon/m);
  expect(stderr).toContain("So not all topics are as declared yet.");
  const beside = await run("bash -s", topicsScript(servers, [grown, topic({ name: "fine_one" })]));
  expect(beside.stderr).toContain("topic fine_one cannot be made beside topic fine.one");
  const after = await run(
    "bash -s",
    topicsScript(servers, [grown, { ...there, deleted: true }, topic({ name: "fine.one", deleted: true })]),
  );
  expect(after).toMatchObject({ code: 0, stderr: "" });
  expect(after.stdout).toMatch(/Topic: tweets\s.*segment.ms=7200000/);
  expect(after.stdout).toContain("Topic fine.one is deleted");
  expect((await run("ls /tmp")).stdout).not.toContain("topics.");
}, 240_000);

test("a hundred topics are made by one program, with every character that a setting may hold", async () => {
  const many = Array.from({ length: 100 }, (_, index) => topic({ name: `many-${index}`, replicationFactor: 1 }));
  many[0].config = { "leader.replication.throttled.replicas": "0:1001,1:1002" };
  const { code, stderr, stdout } = await run("bash -s", topicsScript(servers, many));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.match(/^Topic: many-\d+\t/gm)).toHaveLength(100);
  expect(stdout).toContain("leader.replication.throttled.replicas=0:1001,1:1002");
  const gone = await run(
    "bash -s",
    topicsScript(
      servers,
      many.map((one) => ({ ...one, deleted: true })),
    ),
  );
  expect(gone).toMatchObject({ code: 0, stderr: "" });
}, 240_000);

test("the same script as the command itself makes a topic grow, and refuses to make it shrink", async () => {
  const grown = await run(topicsScript(servers, [topic({ partitions: 4 })]));
  expect(grown.stderr).toBe("");
  expect(grown.stdout).toMatch(/PartitionCount: 4/);
  const shrunk = await run(topicsScript(servers, [topic({ partitions: 3 })]));
  expect(shrunk.code).toBe(1);
  expect(shrunk.stderr).toContain("topic tweets has 4 partitions and 3 are wanted");
}, 120_000);

test("Kafka's console tools produce and consume, with their data untouched", async () => {
  const bin = "/usr/hdp/current/kafka-broker/bin";
  const text = "a line about /usr/hdp/current/kafka-broker";
  await run(`${bin}/kafka-console-producer.sh --bootstrap-server ${servers} --topic tweets`, `${text}\n`);
  const consumed = await run(
    `${bin}/kafka-console-consumer.sh --bootstrap-server ${servers} --topic tweets --from-beginning --max-messages 1 --group g`,
  );
  expect(consumed.stdout).toBe(`${text}\n`);
  const group = await run(`${bin}/kafka-consumer-groups.sh --bootstrap-server ${servers} --describe --group g`);
  expect(group.stdout).toMatch(/g\s+tweets/);
}, 120_000);

test("Kafka's tools tell brokers with their racks, and partitions, as the rebalance reads them", async () => {
  const kafka = new KafkaTools(servers);
  const brokers = parseBrokers((await run("bash -s", kafka.brokers())).stdout);
  expect(brokers.map(({ id, rack }) => [id, rack]).sort()).toEqual([1001, 1002, 1003].map((id) => [id, "fd-0"]));
  const partitions = parsePartitions((await run("bash -s", kafka.topics())).stdout);
  const own = partitions.filter((one) => one.topic === "tweets");
  expect(own.map(({ partition }) => partition)).toEqual([0, 1, 2, 3]);
  for (const { leader, replicas, inSync } of own) {
    expect(leader).toBe(replicas[0]);
    expect([...inSync].sort()).toEqual([...replicas].sort());
  }
}, 120_000);

describeWith("programs", missingPrograms("ssh"))("OpenSSH", {}, () => {
  test("logs in with the key, and sees the node's name and a clean environment", async () => {
    const key = path.join(twin.home, "id_ed25519");
    fs.writeFileSync(key, sshKey.privateKey, { mode: 0o600 });
    process.env.TWIN_SECRET_CANARY = "must not be seen";
    const { host, port } = cluster.ssh;
    const options = [
      "-i",
      key,
      "-p",
      `${port}`,
      "-o",
      "StrictHostKeyChecking=no",
      "-o",
      `UserKnownHostsFile=${twin.home}/known`,
    ];
    const { stdout } = await execa("ssh", [
      ...options,
      "-F",
      "none",
      `sshuser@${host}`,
      "hostname; hostname -i; pwd; env",
    ]);
    const lines = stdout.split("\n");
    expect(lines.slice(0, 3)).toEqual([
      "hn0-topics",
      "127.7.0.32",
      path.join(twin.home, "clusters/topics/hn0-topics/home/sshuser"),
    ]);
    const names = lines.slice(3).map((line) => line.split("=")[0]);
    expect(names.filter((name) => !["PATH", "HOME", "USER", "LANG", "PWD", "SHLVL", "_"].includes(name ?? ""))).toEqual(
      [],
    );
  });
});

test("every tool on the head node is one that Kafka has", async () => {
  const results = await Promise.all(
    Object.keys(tools).map(async (script) => ({
      script,
      ...(await run(`/usr/hdp/current/kafka-broker/bin/${script} --help`)),
    })),
  );
  for (const { script, stdout, stderr } of results)
    expect(`${script} ${stdout}${stderr}`).toMatch(/Option|usage|help/i);
}, 240_000);

test("a topic that is marked is deleted, once, and another is not taken for it", async () => {
  const declared = [topic({ partitions: 4 }), topic({ name: "old.tweets" }), topic({ name: "old-tweets" })];
  expect(await run("bash -s", topicsScript(servers, declared))).toMatchObject({ code: 0 });
  const marked = topicsScript(servers, [declared[0] as TopicSpec, topic({ name: "old.tweets", deleted: true })]);
  const first = await run("bash -s", marked);
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toContain("Topic old.tweets is deleted");
  expect(first.stdout).toContain("Kept, though not declared (any more): old-tweets.");
  const second = await run("bash -s", marked);
  expect(second).toMatchObject({ code: 0, stderr: "" });
  expect(second.stdout).not.toContain("is deleted, as declared");
  expect(second.stdout).toContain("old-tweets.");
}, 120_000);

test("the program's script deletes topics, and does not mind those that are gone", async () => {
  const script = deleteScript(servers, [topic(), topic({ name: "old-tweets" }), topic({ name: "never-was" })]);
  expect(await run("bash -s", script)).toMatchObject({ code: 0, stderr: "" });
  const left = await run(`/usr/hdp/current/kafka-broker/bin/kafka-topics.sh --bootstrap-server ${servers} --list`);
  expect(left.stdout).not.toContain("tweets");
}, 120_000);
