import * as fs from "node:fs";
import * as path from "node:path";
import { Kafka, logLevel } from "kafkajs";
import pRetry from "p-retry";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { KafkaCluster, KafkaClusters } from "../../../../local/cloud/hdinsight";
import { AmbariClient, recordsHeld, spec, TestHome } from "./testCluster";

const twin = new TestHome();
const addresses = ["127.7.0.21", "127.7.0.22", "127.7.0.23"];
let clusters: KafkaClusters;
let cluster: KafkaCluster;
let ambari: AmbariClient;

beforeAll(async () => {
  clusters = await twin.clusters();
  cluster = await clusters.create(spec("events", 16));
  ambari = new AmbariClient(cluster, twin.home);
});

afterAll(async () => {
  await clusters.close();
  await twin.remove();
});

function client(retries = 0): Kafka {
  return new Kafka({
    brokers: addresses.map((address) => `${address}:9092`),
    connectionTimeout: 2_000,
    retry: { retries, initialRetryTime: 200 },
    logLevel: logLevel.NOTHING,
  });
}

test("a new cluster is reached at its addresses, and sends clients on to names that they cannot resolve", async () => {
  const admin = client().admin();
  await admin.connect();
  await expect(admin.createTopics({ topics: [{ topic: "too-early" }] })).rejects.toThrow(
    /(ENOTFOUND|EAI_AGAIN) wn\d-events\.\w+\.bx\.internal\.cloudapp\.net/,
  );
  await admin.disconnect();
});

test("0.0.0.0 without an advertised address is refused by Kafka itself, and the request says so", async () => {
  const { listeners } = await ambari.properties("kafka-broker");
  await ambari.putProperties({ "kafka-broker": { listeners: "PLAINTEXT://0.0.0.0:9092" } });
  const request = await ambari.restartKafka();
  expect(request.Requests).toMatchObject({ request_status: "FAILED", failed_task_count: 3, progress_percent: 100 });
  expect(request.tasks[0].Tasks.stderr).toContain(
    "advertised.listeners cannot use the nonroutable meta-address 0.0.0.0",
  );
  await ambari.putProperties({ "kafka-broker": { listeners: listeners as string } });
});

test("a mistake in kafka-env breaks the start, and the request names it", async () => {
  const { content } = await ambari.properties("kafka-env");
  await ambari.putProperties({ "kafka-env": { content: `${content}\nexport KAFKA_HEAP_OPTS=-Xmx1potato\n` } });
  const request = await ambari.change("/services/KAFKA", { ServiceInfo: { state: "STARTED" } });
  expect(request.Requests.request_status).toBe("FAILED");
  expect(request.tasks[0].Tasks.stderr).toContain("-Xmx1potato");
  const { body } = await ambari.call("GET", "/services/KAFKA");
  expect(body.ServiceInfo.state).toBe("INSTALLED");

  await ambari.putProperties({ "kafka-env": { content: `${content}\nitems=(a b)\necho \${#items[@]}\n` } });
  const template = await ambari.change("/services/KAFKA", { ServiceInfo: { state: "STARTED" } });
  expect(template.tasks[0].Tasks.stderr).toContain("`kafka-env/content` is not a valid Jinja template");
  await ambari.putProperties({ "kafka-env": { content: content as string } });
});

test("a name of private DNS is not advertised where nothing answers it, and the request says why", async () => {
  const { content } = await ambari.properties("kafka-env");
  const line = "echo advertised.listeners=PLAINTEXT://broker-0.kafka.internal:9092 >>";
  const file = "/usr/hdp/current/kafka-broker/conf/server.properties";
  await ambari.putProperties({ "kafka-env": { content: `${content}\n${line}${file}\n` } });
  const request = await ambari.change("/services/KAFKA", { ServiceInfo: { state: "STARTED" } });
  expect(request.Requests.request_status).toBe("FAILED");
  expect(request.tasks[0].Tasks.stderr).toContain("is to advertise broker-0.kafka.internal, and without network");
  await ambari.putProperties({ "kafka-env": { content: content as string } });
});

test("after the change through Ambari and a restart, the brokers advertise their addresses and are used by them", async () => {
  await ambari.change("/services/KAFKA", { ServiceInfo: { state: "STARTED" } });
  const stale = "/host_components?HostRoles/stale_configs=true&HostRoles/component_name=KAFKA_BROKER";
  expect((await ambari.call("GET", stale)).body.items).toHaveLength(0);
  expect((await ambari.advertiseAddresses()).status).toBe(200);
  expect((await ambari.call("GET", stale)).body.items).toHaveLength(3);

  const request = await ambari.restartKafka();
  expect(request.Requests.request_status).toBe("COMPLETED");
  expect((await ambari.call("GET", stale)).body.items).toHaveLength(0);

  const kafka = client(5);
  const admin = kafka.admin();
  await admin.connect();
  const { brokers } = await admin.describeCluster();
  expect(brokers.map((broker) => `${broker.nodeId} ${broker.host}:${broker.port}`).sort()).toEqual([
    "1001 127.7.0.21:9092",
    "1002 127.7.0.22:9092",
    "1003 127.7.0.23:9092",
  ]);
  await admin.createTopics({
    topics: [{ topic: "tweets", numPartitions: 4, replicationFactor: 3 }],
    waitForLeaders: true,
  });
  await admin.disconnect();
  await produce(kafka, 100);
  await expect.poll(() => count(kafka), { timeout: 40_000 }).toBe(100);
}, 240_000);

test("a broker that was killed is noticed, messages still flow, and Ambari brings it back", async () => {
  const [pid] = fs.readFileSync(path.join(twin.home, "clusters", "events", "wn1-events", "process"), "utf8").split(" ");
  process.kill(Number(pid), "SIGKILL");
  await expect.poll(() => brokerState("wn1"), { timeout: 10_000 }).toBe("INSTALLED");
  const kafka = client(10);
  await produce(kafka, 50);

  const { body } = await ambari.call("GET", "/hosts?fields=Hosts/ip");
  const host = body.items.find(({ Hosts }: { Hosts: { ip: string } }) => Hosts.ip === "127.7.0.22").Hosts.host_name;
  const request = await ambari.change(`/hosts/${host}/host_components/KAFKA_BROKER`, {
    HostRoles: { state: "STARTED" },
  });
  expect(request.Requests).toMatchObject({ request_status: "COMPLETED", task_count: 1 });
  await expect.poll(() => count(kafka), { timeout: 40_000 }).toBe(150);
}, 240_000);

async function brokerState(name: string): Promise<string> {
  const { body } = await ambari.call("GET", "/host_components?HostRoles/service_name=KAFKA&fields=HostRoles/state");
  type Item = { HostRoles: { host_name: string; state: string } };
  return body.items.find(({ HostRoles }: Item) => HostRoles.host_name.startsWith(name)).HostRoles.state;
}

async function produce(kafka: Kafka, messages: number): Promise<void> {
  const producer = kafka.producer({ idempotent: true, retry: { retries: 15, maxRetryTime: 2_000 } });
  // Unlike Kafka's own producer, kafkajs gives up at once when the controller it asks for its id has just died.
  await pRetry(() => producer.connect(), { retries: 60, factor: 1, minTimeout: 250 });
  await producer.send({
    topic: "tweets",
    acks: -1,
    messages: Array.from({ length: messages }, (_, index) => ({ key: `${index}`, value: `message ${index}` })),
  });
  await producer.disconnect();
}

const count = (kafka: Kafka) => recordsHeld(kafka, "tweets");
