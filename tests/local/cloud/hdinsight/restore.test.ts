import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { execa } from "execa";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, expect, test } from "vitest";
import type { KafkaCluster } from "../../../../local/cloud/hdinsight";
import { processesNaming } from "../../processes";
import { AmbariClient, recordsHeld, spec, TestHome } from "./testCluster";

const twin = new TestHome();
const folder = path.join(twin.home, "clusters", "keeper");
const kafka = new Kafka({ brokers: ["127.7.0.69:9092"], logLevel: logLevel.NOTHING });

afterAll(() => twin.remove());

/** Process ids by node. */
function pids(): Record<string, number> {
  const nodes = fs.readdirSync(folder).filter((name) => fs.existsSync(path.join(folder, name, "process")));
  return Object.fromEntries(
    nodes.map((node) => [node, Number(fs.readFileSync(path.join(folder, node, "process"), "utf8").split(" ")[0])]),
  );
}

const messages = () => recordsHeld(kafka, "kept");

test("a supervisor that is killed leaves its processes to the next one, with configuration and data", async () => {
  const script = path.join(__dirname, "shortLivedSupervisor.ts");
  const first = execa("npx", ["tsx", script, twin.home, JSON.stringify(spec("keeper", 64))], { reject: false });
  await new Promise<void>((resolve) => first.stdout.on("data", (text) => `${text}`.includes("created") && resolve()));
  const before = pids();
  expect(Object.keys(before).sort()).toEqual(
    ["wn0", "wn1", "wn2", "zk0", "zk1", "zk2"].map((node) => `${node}-keeper`),
  );
  for (const line of processesNaming("shortLivedSupervisor")) process.kill(Number(line.split(" ")[0]), "SIGKILL");
  await first;

  const clusters = await twin.clusters();
  await clusters.restore();
  expect(pids()).toEqual(before);
  const ambari = new AmbariClient(clusters.get("keeper") as KafkaCluster, twin.home);
  await ambari.advertiseAddresses();
  expect((await ambari.restartKafka()).Requests.request_status).toBe("COMPLETED");

  const admin = kafka.admin();
  await admin.connect();
  const topic = { topic: "kept", numPartitions: 3, replicationFactor: 3 };
  await admin.createTopics({ topics: [topic], waitForLeaders: true });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: "kept", messages: Array.from({ length: 30 }, (_, index) => ({ value: `${index}` })) });
  await producer.disconnect();
  expect(await messages()).toBe(30);
  await clusters.close();
}, 240_000);

test("after everything was killed, as by a power cut, the cluster comes back with its data", async () => {
  const clusters = await twin.clusters();
  await clusters.restore();
  expect(await messages()).toBe(30);
  for (const pid of Object.values(pids())) process.kill(pid, "SIGKILL");
  await clusters.close();

  const next = await twin.clusters();
  await next.restore();
  expect(await messages()).toBe(30);
  const ambari = new AmbariClient(next.get("keeper") as KafkaCluster, twin.home);
  const { body } = await ambari.call("GET", "/host_components?HostRoles/state=STARTED");
  expect(body.items).toHaveLength(6);
  await next.close();
  expect(processesNaming(twin.home)).toEqual([]);
}, 240_000);

test("what was stopped through Ambari stays stopped after a restart of the twin", async () => {
  const clusters = await twin.clusters();
  await clusters.restore();
  const ambari = new AmbariClient(clusters.get("keeper") as KafkaCluster, twin.home);
  await ambari.change("/services/KAFKA", { ServiceInfo: { state: "INSTALLED" } });
  await clusters.close();
  const next = await twin.clusters();
  await next.restore();
  const after = new AmbariClient(next.get("keeper") as KafkaCluster, twin.home);
  expect((await after.call("GET", "/services/KAFKA")).body.ServiceInfo.state).toBe("INSTALLED");
  expect((await after.call("GET", "/services/ZOOKEEPER")).body.ServiceInfo.state).toBe("STARTED");

  await next.delete("keeper");
  expect(fs.existsSync(folder)).toBe(false);
  expect(next.get("keeper")).toBeUndefined();
  expect(processesNaming(twin.home)).toEqual([]);
  await next.delete("keeper");
}, 240_000);

test("a port that is taken stops the creation, with address, port and remedy, and leaves nothing", async () => {
  const squatter = net.createServer();
  await new Promise<void>((resolve) => squatter.listen(9092, "127.7.0.70", resolve));
  const clusters = await twin.clusters();
  try {
    await expect(clusters.create(spec("keeper", 64))).rejects.toThrow(
      /^Port 9092 of 127\.7\.0\.70 is taken, and node wn1-keeper\..* needs it\. Stop what listens there .*ss -ltnp/,
    );
    expect(clusters.get("keeper")).toBeUndefined();
    expect(fs.existsSync(folder)).toBe(false);
  } finally {
    await new Promise((resolve) => squatter.close(resolve));
  }
});

test("a broker configuration that Kafka refuses fails the creation with Kafka's reason, and leaves nothing", async () => {
  const clusters = await twin.clusters();
  const broken = { ...spec("keeper", 64), brokerConfig: { "num.partitions": "many" } };
  await expect(clusters.create(broken)).rejects.toThrow(/num\.partitions/);
  expect(fs.existsSync(folder)).toBe(false);
  expect(processesNaming(twin.home)).toEqual([]);
}, 120_000);

test.each([
  ["a name that is no folder", { name: "../x" }, "Cluster name `../x`"],
  ["no workers", { workers: [] }, "no `workers`"],
  ["an address outside 10.0.0.0/8", { heads: ["192.168.0.4"] }, "192.168.0.4"],
])("%s is refused", async (_what, change, message) => {
  const clusters = await twin.clusters();
  await expect(clusters.create({ ...spec("keeper", 64), ...change })).rejects.toThrow(message);
});
