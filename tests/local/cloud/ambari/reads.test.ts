import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FakeCluster } from "./fakeCluster";

const fake = new FakeCluster();
const cluster = "/clusters/Events";

beforeAll(() => fake.open());
afterAll(async () => {
  await fake.close();
  fake.remove();
});

describe("who may call", () => {
  test.each([
    ["no credentials", {}],
    ["a wrong password", { authorization: `Basic ${Buffer.from("admin:wrong").toString("base64")}` }],
    ["another user", { authorization: `Basic ${Buffer.from("root:Correct:Horse-42").toString("base64")}` }],
    ["another scheme", { authorization: "Bearer token" }],
  ])("%s is 401, also where there is nothing", async (_what, headers) => {
    for (const url of ["/api/v1/clusters", "/nothing"]) {
      const response = await fake.app.inject({ url, headers });
      expect(response.statusCode).toBe(401);
      expect(response.headers["www-authenticate"]).toContain("Basic");
    }
  });

  test("a write without X-Requested-By is refused in Ambari's words", async () => {
    const { status, body } = await fake.call("PUT", cluster, {}, { "x-requested-by": "" });
    expect({ status, body }).toEqual({
      status: 400,
      body: { status: 400, message: "CSRF protection is turned on. X-Requested-By HTTP header is required." },
    });
  });
});

describe("what is not there", () => {
  test.each([
    ["/clusters/events", "Cluster not found, clusterName=events"],
    [`${cluster}/services/HDFS`, "Service not found, clusterName=Events, serviceName=HDFS"],
    [`${cluster}/services/KAFKA/components/ZOOKEEPER_SERVER`, "ServiceComponent not found"],
    [`${cluster}/hosts/elsewhere`, "Host not found, hostname=elsewhere"],
    [`${cluster}/hosts/hn0-events.x.internal/host_components/KAFKA_BROKER`, "ServiceComponentHost not found"],
    [`${cluster}/requests/7`, "Request not found, clusterName=Events, requestId=7"],
    [`${cluster}/alerts`, "the twin's Ambari does not know GET /api/v1/clusters/Events/alerts"],
  ])("%s is 404", async (url, message) => {
    const { status, body } = await fake.call("GET", url);
    expect(status).toBe(404);
    expect(body).toEqual({ status: 404, message: expect.stringContaining(message) });
  });
});

describe("what is shown", () => {
  test("the clusters, by their keys", async () => {
    const { body, headers } = await fake.call("GET", "/clusters");
    expect(body).toEqual({
      href: "http://10.7.0.60:8080/api/v1/clusters",
      items: [{ href: "http://10.7.0.60:8080/api/v1/clusters/Events", Clusters: { cluster_name: "Events" } }],
    });
    expect(headers["content-type"]).toContain("text/plain");
  });

  test("the configurations in force, with tag and version", async () => {
    const { body } = await fake.call("GET", `${cluster}?fields=Clusters/desired_configs`);
    expect(body.Clusters.desired_configs["kafka-broker"]).toEqual({ tag: "INITIAL", version: 1 });
    expect(Object.keys(body)).toEqual(["href", "Clusters"]);
  });

  test("a list of versions without properties, and one version with them", async () => {
    const list = await fake.call("GET", `${cluster}/configurations?type=kafka-broker`);
    expect(list.body.items).toMatchObject([{ type: "kafka-broker", tag: "INITIAL", version: 1 }]);
    expect(list.body.items[0]).not.toHaveProperty("properties");
    const one = await fake.call("GET", `${cluster}/configurations?type=kafka-broker&tag=INITIAL`);
    expect(one.body.items[0].properties).toMatchObject({
      listeners: "PLAINTEXT://localhost:9092",
      "zookeeper.connect": "zk0-events.x.internal:2181",
      "offsets.topic.replication.factor": "2",
    });
    const asked = await fake.call("GET", `${cluster}/configurations?type=kafka-env&fields=properties`);
    expect(asked.body.items[0].properties.content).toContain("JAVA_HOME");
    expect((await fake.call("GET", `${cluster}/configurations?type=yarn-site`)).body.items).toEqual([]);
  });

  test("the hosts of a component, and their addresses", async () => {
    const component = await fake.call("GET", `${cluster}/services/KAFKA/components/KAFKA_BROKER`);
    expect(component.body.ServiceComponentInfo).toMatchObject({ started_count: 2, total_count: 2, state: "STARTED" });
    expect(component.body.host_components.map((each: { HostRoles: object }) => each.HostRoles)).toEqual([
      { cluster_name: "Events", component_name: "KAFKA_BROKER", host_name: "wn0-events.x.internal" },
      { cluster_name: "Events", component_name: "KAFKA_BROKER", host_name: "wn1-events.x.internal" },
    ]);
    const hosts = await fake.call("GET", `${cluster}/hosts?fields=Hosts/ip`);
    expect(hosts.body.items.map((each: { Hosts: object }) => each.Hosts)).toContainEqual({
      cluster_name: "Events",
      host_name: "wn1-events.x.internal",
      ip: "127.7.0.63",
    });
  });

  test("a page for browsers, behind the same login, that shows text as text", async () => {
    expect((await fake.app.inject({ url: "/" })).statusCode).toBe(401);
    const stop = { RequestInfo: { context: "<b>stop</b>" }, Body: { ServiceInfo: { state: "INSTALLED" } } };
    await fake.call("PUT", `${cluster}/services/ZOOKEEPER`, stop);
    await fake.finished(1);
    await fake.call("PUT", `${cluster}/services/ZOOKEEPER`, { ServiceInfo: { state: "STARTED" } });
    await fake.finished(2);
    const authorization = `Basic ${Buffer.from("admin:Correct:Horse-42").toString("base64")}`;
    const { body, headers } = await fake.app.inject({ url: "/", headers: { authorization } });
    expect(headers["content-type"]).toContain("text/html");
    expect(body).toContain("<td>wn1-events.x.internal</td><td>127.7.0.63</td>");
    expect(body).toContain("<td>1</td><td>&lt;b&gt;stop&lt;/b&gt;</td><td>COMPLETED</td>");
  });

  test("conditions choose items, also by what stands below them", async () => {
    const names = async (query: string) => {
      const { body } = await fake.call("GET", `${cluster}/${query}`);
      return body.items.map((each: { Hosts?: { host_name: string }; HostRoles?: { host_name: string } }) =>
        (each.Hosts ?? each.HostRoles)?.host_name.slice(0, 3),
      );
    };
    expect(await names("hosts?host_components/HostRoles/component_name=KAFKA_BROKER&fields=Hosts/ip")).toEqual([
      "wn0",
      "wn1",
    ]);
    expect(await names("hosts?Hosts/ip.in(127.7.0.60,127.7.0.61)")).toEqual(["hn0", "zk0"]);
    expect(await names("host_components?HostRoles/component_name!=KAFKA_BROKER")).toEqual(["zk0"]);
    expect(await names("host_components?HostRoles/stale_configs=true")).toEqual([]);
    expect(await names("host_components?HostRoles%2Fservice_name%3DKAFKA&HostRoles/state=STARTED")).toEqual([
      "wn0",
      "wn1",
    ]);
  });

  test("fields reach into sub-resources", async () => {
    const { body } = await fake.call(
      "GET",
      `${cluster}/services/KAFKA?fields=ServiceInfo/state,components/host_components/HostRoles/state`,
    );
    expect(body.ServiceInfo).toEqual({ cluster_name: "Events", service_name: "KAFKA", state: "STARTED" });
    expect(body.components[0].host_components[1].HostRoles.state).toBe("STARTED");
    const whole = await fake.call("GET", `${cluster}/services?fields=*`);
    expect(whole.body.items[0].ServiceInfo.maintenance_state).toBe("OFF");
  });
});

describe("what is refused", () => {
  test.each([
    [
      "hosts?fields=Hosts/colour",
      "The properties [Hosts/colour] specified in the request or predicate are not supported for the resource type Host.",
    ],
    ["hosts?Host/ip=1", "The properties [Host/ip] specified"],
    ["hosts?Hosts/ip>5", "`Hosts/ip>5` is not understood"],
    ["hosts?Hosts/ip=1|Hosts/ip=2", "is not understood"],
    ["hosts?!Hosts/ip=1", "`!Hosts/ip=1` is not understood"],
    ["hosts?page_size=10", "`page_size=10` is not understood"],
    ["requests?sortBy=Requests/id.desc", "`sortBy=Requests/id.desc` is not understood"],
    ["hosts?fields=metrics[1,2]", "is not understood"],
    ["hosts?Hosts/ip.matches(.*)", "is not understood"],
  ])("%s", async (query, message) => {
    const { status, body } = await fake.call("GET", `${cluster}/${query}`);
    expect({ status, message: body.message }).toEqual({ status: 400, message: expect.stringContaining(message) });
  });
});
