import * as path from "node:path";
import { execa } from "execa";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Ambari } from "../../../../components/kafka/ambari/client";
import { advertising } from "../../../../components/kafka/ambari/kafkaConfiguration";

const base = "/api/v1/clusters/events";

/** An Ambari whose answers a test decides; the twin's own is tried by the pipeline tests. */
describe("the scripts that talk to Ambari", () => {
  let server: FastifyInstance;
  let url: string;
  beforeEach(async () => {
    server = fastify();
    // As Ambari does, whatever the client calls it.
    server.addContentTypeParser("text/plain", { parseAs: "string" }, (_, body, done) =>
      done(null, JSON.parse(body as string)),
    );
    server.get(`${base}/services/KAFKA/components/KAFKA_BROKER`, () => hosts("wn1", "wn0", "wn2"));
    server.get(`${base}/services/ZOOKEEPER/components/ZOOKEEPER_SERVER`, () => hosts("zk0"));
    server.get(`${base}/hosts`, () => ({
      items: [
        ["wn0", "10.0.0.9"],
        ["wn1", "10.0.0.10"],
        ["wn2", "10.0.0.100"],
        ["zk0", "10.0.0.6"],
      ].map(([host_name, ip]) => ({ Hosts: { host_name, ip } })),
    }));
  });
  afterEach(() => server.close());
  const hosts = (...names: string[]) => ({ host_components: names.map((host_name) => ({ HostRoles: { host_name } })) });
  const listen = async () => {
    url = await server.listen({ host: "127.0.0.1", port: 0 });
  };

  const run = (script: string, env: Record<string, string> = {}) =>
    execa("node", ["--require", "ts-node/register/transpile-only", script], {
      cwd: path.resolve("components/kafka/ambari"),
      reject: false,
      env: {
        AMBARI_URL: url,
        AMBARI_CLUSTER: "events",
        AMBARI_USER: "admin",
        AMBARI_PASSWORD: "Canary-1!",
        AMBARI_POLL_MS: "10",
        ...env,
      },
    });

  it("list node addresses in numerical order", async () => {
    await listen();
    const { stdout } = await run("nodeAddresses.ts");
    expect(JSON.parse(stdout)).toEqual({ brokers: ["10.0.0.9", "10.0.0.10", "10.0.0.100"], zookeepers: ["10.0.0.6"] });
  });

  it("say which settings to look at when Ambari refuses the login, and never the password", async () => {
    server.addHook("onRequest", async (_, reply) => reply.code(403).send({ message: "no" }));
    await listen();
    const { exitCode, stderr } = await run("nodeAddresses.ts");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Check `gatewayUser` and `gatewayPassword`");
    expect(stderr).not.toContain("Canary");
  });

  it("name what is missing in their environment", async () => {
    url = "";
    const { exitCode, stderr } = await run("advertiseIps.ts", { AMBARI_CLUSTER: "" });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("`AMBARI_URL`, `AMBARI_CLUSTER`");
  });

  it("fail, out of maintenance mode, when Ambari could not restart Kafka", async () => {
    const maintenance: string[] = [];
    server.get(base, () => ({
      Clusters: { desired_configs: { "kafka-env": { tag: "t" }, "kafka-broker": { tag: "t" } } },
    }));
    server.get(`${base}/configurations`, (request) => ({
      items: [
        {
          type: (request.query as { type: string }).type,
          properties: { content: "", listeners: "PLAINTEXT://localhost:9092" },
        },
      ],
    }));
    server.put(base, (_, reply) => reply.code(200).send());
    server.get(`${base}/host_components`, () => ({ items: [] }));
    server.put(`${base}/services/KAFKA`, (request, reply) => {
      const { ServiceInfo } = (
        request.body as { Body: { ServiceInfo: { state?: string; maintenance_state?: string } } }
      ).Body;
      if (!ServiceInfo.maintenance_state) return reply.code(202).send({ Requests: { id: 7, status: "Accepted" } });
      maintenance.push(ServiceInfo.maintenance_state);
      return reply.code(200).send();
    });
    server.get(`${base}/requests/7`, () => ({
      Requests: { request_status: "FAILED", request_context: "Stopping Kafka", progress_percent: 30 },
    }));
    await listen();
    const { exitCode, stderr } = await run("advertiseIps.ts");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Ambari's request 7 (Stopping Kafka) ended FAILED");
    expect(maintenance).toEqual(["ON", "OFF"]);
  });

  it("take Kafka out of the maintenance mode that a restart, cut short, has left it in", async () => {
    const env = advertising(
      { type: "kafka-env", properties: { content: "" } },
      { type: "kafka-broker", properties: { listeners: "PLAINTEXT://localhost:9092" } },
    );
    server.get(base, () => ({
      Clusters: { desired_configs: { "kafka-env": { tag: "t" }, "kafka-broker": { tag: "t" } } },
    }));
    server.get(`${base}/configurations`, (request) => {
      const { type } = request.query as { type: "kafka-env" | "kafka-broker" };
      return { items: [type === "kafka-env" ? env.env : env.broker] };
    });
    const started = { state: "STARTED", stale_configs: false };
    server.get(`${base}/host_components`, () => ({ items: [{ HostRoles: { host_name: "wn0", ...started } }] }));
    server.get(`${base}/services/KAFKA`, () => ({ ServiceInfo: { maintenance_state: "ON" } }));
    const changes: unknown[] = [];
    server.put(`${base}/services/KAFKA`, (request, reply) => {
      changes.push((request.body as { Body: unknown }).Body);
      return reply.code(200).send();
    });
    await listen();
    const { exitCode, stderr, stdout } = await run("advertiseIps.ts");
    expect(stderr).toContain("cut short");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ changed: [], restarted: false });
    expect(changes).toEqual([{ ServiceInfo: { maintenance_state: "OFF" } }]);
  });

  it("take back what brokers were told to advertise, with one restart, and leave brokers alone that were told nothing", async () => {
    const created = {
      env: { type: "kafka-env", properties: { content: "a=1\n" } },
      broker: { type: "kafka-broker", properties: { listeners: "PLAINTEXT://localhost:9092", "log.dirs": "/data" } },
    };
    let inForce = advertising(created.env, created.broker);
    const states: string[] = [];
    server.get(base, () => ({
      Clusters: { desired_configs: { "kafka-env": { tag: "t" }, "kafka-broker": { tag: "t" } } },
    }));
    server.get(`${base}/configurations`, (request) => {
      const { type } = request.query as { type: string };
      return { items: [type === "kafka-env" ? inForce.env : inForce.broker] };
    });
    server.put(base, (request, reply) => {
      const changes = request.body as { Clusters: { desired_config: typeof created.env } }[];
      const [env, broker] = changes.map(({ Clusters: { desired_config: c } }) => ({
        type: c.type,
        properties: c.properties,
      }));
      inForce = { env, broker };
      return reply.code(200).send();
    });
    const started = { state: "STARTED", stale_configs: false };
    server.get(`${base}/host_components`, () => ({ items: [{ HostRoles: { host_name: "wn0", ...started } }] }));
    server.get(`${base}/services/KAFKA`, () => ({ ServiceInfo: { maintenance_state: "OFF" } }));
    server.put(`${base}/services/KAFKA`, (request, reply) => {
      const { ServiceInfo } = (request.body as { Body: { ServiceInfo: { state?: string } } }).Body;
      if (ServiceInfo.state) states.push(ServiceInfo.state);
      return reply.code(200).send();
    });
    await listen();
    for (const [changed, restarted] of [
      [["kafka-env", "kafka-broker"], true],
      [[], false],
    ]) {
      const { stdout, stderr } = await run("advertiseIps.ts", { KAFKA_ADVERTISE: "none" });
      expect(JSON.parse(stdout), stderr).toMatchObject({ changed, restarted });
    }
    expect(inForce).toEqual(created);
    expect(states).toEqual(["INSTALLED", "STARTED"]);
  });

  it("ask again when the gateway is not there yet", async () => {
    let asked = 0;
    server.get(`${base}/slow`, (_, reply) => (++asked < 3 ? reply.code(502).send("bad gateway") : { up: true }));
    await listen();
    const ambari = new Ambari(
      { url, cluster: "events", user: "a", password: "b" },
      { retries: 3, minTimeout: 1, maxTimeout: 1 },
    );
    expect(await ambari.get("/slow")).toEqual({ up: true });
    expect(asked).toBe(3);
  });
});
