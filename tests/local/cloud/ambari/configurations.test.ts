import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeCluster } from "./fakeCluster";

const cluster = "/clusters/Events";
let fake: FakeCluster;

beforeEach(async () => {
  fake = new FakeCluster();
  await fake.open();
});
afterEach(async () => {
  await fake.close();
  fake.remove();
});

async function properties(type: string, tag: string): Promise<Record<string, string>> {
  return (await fake.call("GET", `${cluster}/configurations?type=${type}&tag=${tag}`)).body.items[0]?.properties;
}

async function inForce(type: string) {
  return (await fake.call("GET", `${cluster}?fields=Clusters/desired_configs`)).body.Clusters.desired_configs[type];
}

const put = (desired_config: unknown) => fake.call("PUT", cluster, { Clusters: { desired_config } });

test("both types go in force with one call, and count one version of the service", async () => {
  const { status, body } = await put([
    { type: "kafka-env", tag: "v2", properties: { content: "x" } },
    { type: "kafka-broker", tag: "v2", properties: { listeners: "a", "num.partitions": 4 } },
  ]);
  expect(status).toBe(200);
  expect(body.resources).toMatchObject([{ service_name: "KAFKA", service_config_version: 2 }]);
  expect(body.resources[0].configurations).toHaveLength(2);
  expect(await inForce("kafka-env")).toEqual({ tag: "v2", version: 2 });
  expect(await properties("kafka-broker", "v2")).toEqual({ listeners: "a", "num.partitions": "4" });
});

test("a single configuration and a list of bodies are taken as well", async () => {
  await put({ type: "zoo.cfg", tag: "v2", properties: { tickTime: "3000" } });
  await fake.call("PUT", cluster, [
    { Clusters: { desired_config: { type: "kafka-env", tag: "a", properties: { content: "1" } } } },
    { Clusters: { desired_config: [{ type: "kafka-log4j", tag: "b", properties: { content: "2" } }] } },
  ]);
  expect([await inForce("zoo.cfg"), await inForce("kafka-env"), await inForce("kafka-log4j")]).toEqual([
    { tag: "v2", version: 2 },
    { tag: "a", version: 2 },
    { tag: "b", version: 2 },
  ]);
});

test("a tag is used once, and a refused call changes nothing", async () => {
  await put({ type: "kafka-env", tag: "v2", properties: { content: "x" } });
  const { status, body } = await put([
    { type: "kafka-log4j", tag: "v9", properties: { content: "y" } },
    { type: "kafka-env", tag: "v2", properties: { content: "z" } },
  ]);
  expect(status).toBe(500);
  expect(body.message).toContain("Configuration with tag 'v2' exists for 'kafka-env'");
  expect(await inForce("kafka-log4j")).toEqual({ tag: "INITIAL", version: 1 });
});

test("a tag without properties goes back to that version", async () => {
  await put({ type: "kafka-env", tag: "v2", properties: { content: "x" } });
  await put({ type: "kafka-env", tag: "INITIAL" });
  expect(await inForce("kafka-env")).toEqual({ tag: "INITIAL", version: 1 });
  expect((await put({ type: "kafka-env", tag: "never" })).status).toBe(404);
});

test("what is in force already makes no new version", async () => {
  const current = await properties("kafka-env", "INITIAL");
  const { status, body } = await put({ type: "kafka-env", tag: "v2", properties: current });
  expect({ status, body }).toEqual({ status: 200, body: undefined });
  expect(await inForce("kafka-env")).toEqual({ tag: "INITIAL", version: 1 });
});

test("components are stale from a change until they are restarted, and only those that it concerns", async () => {
  const stale = async () => {
    const { body } = await fake.call("GET", `${cluster}/host_components?HostRoles/stale_configs=true`);
    return body.items.map((each: { HostRoles: { component_name: string } }) => each.HostRoles.component_name);
  };
  await put({ type: "kafka-env", tag: "v2", properties: { content: "x" } });
  expect(await stale()).toEqual(["KAFKA_BROKER", "KAFKA_BROKER"]);
  const restart = await fake.call("POST", `${cluster}/requests`, {
    RequestInfo: { command: "RESTART", context: "Restart stale", operation_level: "host_component" },
    "Requests/resource_filters": [{ hosts_predicate: "HostRoles/stale_configs=true" }],
  });
  const request = await fake.finished(restart.body.Requests.id);
  expect(request.Requests).toMatchObject({
    request_status: "COMPLETED",
    task_count: 2,
    request_context: "Restart stale",
  });
  expect(await stale()).toEqual([]);
  expect(fake.brokers[0]?.started.at(-1)?.["kafka-env"]).toEqual({ content: "x" });
});

test.each([
  ["text that is not JSON", "{", "the body is not JSON"],
  ["no tag", { Clusters: { desired_config: { type: "kafka-env", properties: {} } } }, "tag"],
  [
    "a nested property",
    { Clusters: { desired_config: { type: "t", tag: "1", properties: { a: {} } } } },
    "properties/a",
  ],
  ["something else of the cluster", { Clusters: { version: "HDP-3" } }, "version"],
])("%s is 400 and named", async (_what, body, named) => {
  const answer = await fake.call("PUT", cluster, body);
  expect(answer.status).toBe(400);
  expect(answer.body.message).toContain(named);
});
