import { afterEach, beforeEach, expect, test } from "vitest";
import { StartFailure } from "../../../../local/engines/kafka";
import { FakeCluster } from "./fakeCluster";

const cluster = "/clusters/Events";
const kafka = `${cluster}/services/KAFKA`;
let fake: FakeCluster;

beforeEach(async () => {
  fake = new FakeCluster();
  await fake.open();
});
afterEach(async () => {
  await fake.close();
  fake.remove();
});

const state = (value: string, RequestInfo: object = { context: "test" }) => ({
  RequestInfo,
  Body: { ServiceInfo: { state: value } },
});
const onService = {
  context: "test",
  operation_level: { level: "SERVICE", cluster_name: "Events", service_name: "KAFKA" },
};

test("a service is stopped and started by requests, which name Ambari's own address", async () => {
  const stop = await fake.call("PUT", kafka, state("INSTALLED"));
  expect(stop).toMatchObject({
    status: 202,
    body: { href: "http://10.7.0.60:8080/api/v1/clusters/Events/requests/1", Requests: { id: 1, status: "Accepted" } },
  });
  const stopped = await fake.finished(1);
  expect(stopped.Requests).toMatchObject({
    request_status: "COMPLETED",
    progress_percent: 100,
    task_count: 2,
    failed_task_count: 0,
    request_context: "test",
  });
  expect(fake.brokers.map(({ running }) => running)).toEqual([false, false]);
  expect((await fake.call("GET", kafka)).body.ServiceInfo.state).toBe("INSTALLED");

  // Without RequestInfo, the properties stand in the body itself.
  expect((await fake.call("PUT", kafka, { ServiceInfo: { state: "STARTED" } })).status).toBe(202);
  await fake.finished(2);
  expect((await fake.call("GET", kafka)).body.ServiceInfo.state).toBe("STARTED");
});

test("what is so already is 200 without a request", async () => {
  expect(await fake.call("PUT", kafka, state("STARTED"))).toMatchObject({ status: 200, body: undefined });
  expect((await fake.call("GET", `${cluster}/requests`)).body.items).toEqual([]);
});

test("while a request runs, it is in progress and the component is starting", async () => {
  let goOn: () => void = () => undefined;
  const [broker] = fake.brokers;
  if (!broker) throw new Error("no broker");
  await fake.call("PUT", `${cluster}/hosts/${broker.host.name}/host_components/KAFKA_BROKER`, {
    HostRoles: { state: "INSTALLED" },
  });
  await fake.finished(1);
  broker.onStart = () => new Promise((resolve) => (goOn = resolve));
  await fake.call("PUT", kafka, state("STARTED"));
  await expect
    .poll(async () => (await fake.call("GET", `${cluster}/requests/2`)).body.Requests)
    .toMatchObject({
      request_status: "IN_PROGRESS",
      progress_percent: 0,
      end_time: -1,
    });
  const { body } = await fake.call("GET", `${cluster}/hosts/${broker.host.name}/host_components/KAFKA_BROKER`);
  expect(body.HostRoles).toMatchObject({ state: "STARTING", desired_state: "STARTED" });
  goOn();
  expect((await fake.finished(2)).Requests).toMatchObject({ request_status: "COMPLETED", task_count: 1 });
});

test.each([
  ["FAILED", new StartFailure("The broker ended. Because.")],
  ["TIMEDOUT", new StartFailure("The broker does not serve.", true)],
])("a broker that does not come up makes the request %s, with the reason", async (status, failure) => {
  await fake.call("PUT", kafka, state("INSTALLED"));
  await fake.finished(1);
  const broker = fake.brokers[1];
  if (broker) broker.onStart = () => Promise.reject(failure);
  await fake.call("PUT", kafka, state("STARTED"));
  const request = await fake.finished(2);
  expect(request.Requests.request_status).toBe(status);
  expect(request.tasks[1].Tasks).toMatchObject({ status, stderr: failure.message, host_name: broker?.host.name });
  expect(request.tasks[0].Tasks.status).toBe("COMPLETED");
  const task = await fake.call("GET", `${cluster}/requests/2/tasks/${request.tasks[1].Tasks.id}?fields=Tasks/stderr`);
  expect(task.body.Tasks.stderr).toBe(failure.message);
});

test("ZooKeeper is restarted before the brokers, and they are left alone when it fails", async () => {
  const [zookeeper] = fake.components;
  if (zookeeper) zookeeper.onStart = () => Promise.reject(new StartFailure("No quorum."));
  const before = fake.brokers[0]?.started.length;
  const { body } = await fake.call("POST", `${cluster}/requests`, {
    RequestInfo: { command: "RESTART" },
    "Requests/resource_filters": [
      { service_name: "ZOOKEEPER" },
      { component_name: "KAFKA_BROKER", hosts: "wn0-events.x.internal" },
    ],
  });
  const request = await fake.finished(body.Requests.id);
  expect(request.tasks.map(({ Tasks }: { Tasks: { status: string } }) => Tasks.status)).toEqual(["FAILED", "ABORTED"]);
  expect(request.Requests).toMatchObject({ request_status: "FAILED", aborted_task_count: 1, failed_task_count: 1 });
  expect(fake.brokers[0]?.started.length).toBe(before);
});

test("a service in maintenance mode is passed over, unless the call says that it means the service", async () => {
  await fake.call("PUT", kafka, { RequestInfo: { context: "on" }, Body: { ServiceInfo: { maintenance_state: "ON" } } });
  expect((await fake.call("GET", kafka)).body.ServiceInfo.maintenance_state).toBe("ON");
  const component = await fake.call("GET", `${cluster}/hosts/wn0-events.x.internal/host_components/KAFKA_BROKER`);
  expect(component.body.HostRoles.maintenance_state).toBe("IMPLIED_FROM_SERVICE");

  expect((await fake.call("PUT", kafka, state("INSTALLED"))).status).toBe(200);
  expect(fake.brokers[0]?.running).toBe(true);
  expect((await fake.call("PUT", kafka, state("INSTALLED", onService))).status).toBe(202);
  await fake.finished(1);
  expect(fake.brokers[0]?.running).toBe(false);
});

test.each([
  ["an unknown state", { ServiceInfo: { state: "PAUSED" } }, "STARTED"],
  ["an unknown property", { ServiceInfo: { colour: "red" } }, "colour"],
  [
    "a level without the cluster",
    state("INSTALLED", { operation_level: { level: "SERVICE", service_name: "KAFKA" } }),
    "Mandatory key operation_level/cluster_name for operation level is not specified",
  ],
  [
    "an unknown level",
    state("INSTALLED", { operation_level: { level: "RACK", cluster_name: "Events" } }),
    "Wrong operation level value: RACK",
  ],
])("%s is 400", async (_what, body, message) => {
  const answer = await fake.call("PUT", kafka, body);
  expect(answer.status).toBe(400);
  expect(answer.body.message).toContain(message);
});

test.each([
  [
    "another command",
    { RequestInfo: { command: "DECOMMISSION" }, "Requests/resource_filters": [{ service_name: "KAFKA" }] },
    "RESTART",
  ],
  [
    "an empty filter",
    { RequestInfo: { command: "RESTART" }, "Requests/resource_filters": [{}] },
    "empty resource filter",
  ],
  [
    "a condition that is not understood",
    { RequestInfo: { command: "RESTART" }, "Requests/resource_filters": [{ hosts_predicate: "a>b" }] },
    "`a>b`",
  ],
])("a request with %s is 400", async (_what, body, message) => {
  const answer = await fake.call("POST", `${cluster}/requests`, body);
  expect(answer.status).toBe(400);
  expect(answer.body.message).toContain(message);
});

test("a request that the twin's end cut short is ABORTED for the next supervisor, and what was wanted is known", async () => {
  await fake.call("PUT", kafka, state("INSTALLED"));
  await fake.finished(1);
  const [broker] = fake.brokers;
  if (broker) broker.onStart = () => new Promise(() => undefined);
  await fake.call("PUT", kafka, state("STARTED"));
  await expect
    .poll(async () => (await fake.call("GET", `${cluster}/requests/2`)).body.Requests.request_status)
    .toBe("IN_PROGRESS");

  // A SIGKILL: nothing is closed, only the folder stays.
  await fake.app.close();
  await fake.open();
  const { Requests, tasks } = await fake.finished(2);
  expect(Requests.request_status).toBe("ABORTED");
  expect(tasks[0].Tasks.stderr).toContain("The twin ended while this ran");
  const component = await fake.call("GET", `${cluster}/hosts/${broker?.host.name}/host_components/KAFKA_BROKER`);
  expect(component.body.HostRoles).toMatchObject({ state: "INSTALLED", desired_state: "STARTED" });
});

test("closing breaks off a start under way", async () => {
  await fake.call("PUT", kafka, state("INSTALLED"));
  await fake.finished(1);
  for (const broker of fake.brokers) {
    broker.onStart = (signal) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener("abort", () => reject(new StartFailure("broken off"))),
      );
  }
  await fake.call("PUT", kafka, state("STARTED"));
  await fake.requests.close();
  expect((await fake.finished(2)).Requests.request_status).toBe("ABORTED");
});
