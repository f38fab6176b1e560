import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Agent, fetch } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FaultRule } from "../../local/cloud/faults";
import { loadKeys } from "../../local/setup/keys";
import { ControlPlaneStack } from "../local/controlPlaneStack";
import { runEngine } from "../local/events";

/** What a change of the workspace's network does to a stack that is deployed, by the real engine. */
describe("the workspace's network", { timeout: 240_000 }, () => {
  let stack: ControlPlaneStack;
  const octets = { kafkaAddressSpace: "10.73.0.0/16", kafkaSubnetPrefix: "10.73.0.0/24" };
  const own = [
    "databricks-network-nsg",
    "databricks-network-nat-ip",
    "databricks-network-nat",
    "databricks-network-vnet",
  ];
  const injected = { databricksNetwork: "injected" };

  const folder = mkdtempSync(path.join(tmpdir(), "faults-"));
  const rules = path.join(folder, "faults.json");
  const faults = (...given: FaultRule[]) => writeFileSync(rules, JSON.stringify(given));

  beforeAll(async () => {
    process.env.STREAMING_TWIN_FAULTS = rules;
    stack = await ControlPlaneStack.start();
  }, 120_000);
  afterAll(async () => {
    await stack?.stop();
    delete process.env.STREAMING_TWIN_FAULTS;
    rmSync(folder, { recursive: true });
  });

  const run = (operation: "up" | "preview" | "refresh", config: Record<string, unknown> = {}) =>
    stack.done(operation, { ...octets, ...config });

  /** What is in force in Ambari: the line that begins the program's own in `kafka-env`, and where brokers listen. */
  async function advertised(): Promise<[ours: string | undefined, listeners: string]> {
    const { kafkaDashboardUrl } = (await stack.outputs()) as { kafkaDashboardUrl: string };
    const { gatewayPassword } = await loadKeys(stack.home);
    const ca = readFileSync(stack.environment.NODE_EXTRA_CA_CERTS, "utf8");
    const agent = new Agent({ connect: { ca } });
    const authorization = `Basic ${Buffer.from(`admin:${gatewayPassword}`).toString("base64")}`;
    const get = async (resource: string) => {
      const url = `${kafkaDashboardUrl}/api/v1/clusters/kafkalocal${resource}`;
      const response = await fetch(url, { dispatcher: agent, headers: { authorization } });
      expect(response.status).toBe(200);
      // biome-ignore lint/suspicious/noExplicitAny: Ambari's answers are looked at property by property.
      return (await response.json()) as any;
    };
    try {
      const { Clusters } = await get("?fields=Clusters/desired_configs");
      const properties = async (type: string) =>
        (await get(`/configurations?type=${type}&tag=${Clusters.desired_configs[type].tag}`)).items[0].properties;
      const { content } = await properties("kafka-env");
      return [/^# streaming: advertise.*$/m.exec(content)?.[0], (await properties("kafka-broker")).listeners];
    } finally {
      await agent.close();
    }
  }

  it("is Databricks' own at first, and the program makes none for it", async () => {
    const { create = [] } = await run("up");
    expect(create).toEqual(expect.arrayContaining(["databricks-workspace", "peering-from-databricks"]));
    expect(create.filter((name) => name.startsWith("databricks-network"))).toEqual([]);
  });

  it("becomes one of the stack's in one `up`, which replaces the workspace and the peering, and leaves Kafka alone", async () => {
    const preview = await run("preview", injected);
    expect(preview["delete-replaced"]).toContain("databricks-workspace");
    const touched = await run("up", injected);
    expect(touched.create).toEqual(expect.arrayContaining([...own, "peering-from-databricks"]));
    expect(touched["create-replacement"]).toEqual(
      expect.arrayContaining(["databricks-workspace", "peering-to-databricks", "consumer-job", "twitter-bearer-token"]),
    );
    expect(
      Object.values(touched)
        .flat()
        .filter((name) => name.startsWith("kafka")),
    ).toEqual([]);
    expect(await stack.outputs()).toMatchObject({ peeringState: "Connected" });
  });

  it("has nothing to do a second time, nor after a refresh", async () => {
    expect(await run("up", injected)).toEqual({});
    await run("refresh", injected);
    expect(await run("up", injected)).toEqual({});
  });

  it("keeps the rules that Databricks holds in its security group when the program changes that group", async () => {
    const tagged = { ...injected, tags: { team: "data" } };
    const { update = [] } = await run("up", tagged);
    expect(update).toContain("databricks-network-nsg");
    await run("refresh", tagged);
    expect(await run("up", tagged)).toEqual({});
  });

  it("is another one when its ranges move, with a new workspace in it: Azure moves no subnet that is in use", async () => {
    const moved = { ...injected, databricksAddressSpace: "10.150.0.0/16" };
    const preview = await run("preview", moved);
    expect(preview.replace).toEqual(expect.arrayContaining(["databricks-network-vnet", "databricks-workspace"]));
    const touched = await run("up", moved);
    expect(touched["create-replacement"]).toEqual(
      expect.arrayContaining(["databricks-network-vnet", "databricks-workspace", "consumer-job"]),
    );
    expect(await stack.outputs()).toMatchObject({ peeringState: "Connected" });
    expect(await run("up", moved)).toEqual({});
  });

  it("may have brokers that advertise names in it, then nothing, then addresses, each told so before the zone goes", async () => {
    const names = { ...injected, kafkaAdvertise: "names" };
    await run("up", names);
    expect(await advertised()).toEqual(["# streaming: advertise names (1)", "PLAINTEXT://0.0.0.0:9092"]);

    stack.config = { ...octets, ...injected, kafkaAdvertise: "none" };
    const { ok, errors, text } = await runEngine(stack, "up");
    expect(ok, errors).toBe(true);
    const done = text.split("\n").flatMap((line) => {
      const [, type, op, urn] =
        /"(resOutputsEvent|resourcePreEvent)".*?"op":"([^"]+)","urn":"([^"]+)"/.exec(line) ?? [];
      return urn ? [`${type === "resourcePreEvent" ? "begins" : "has done"} ${op} ${urn.split("::").at(-1)}`] : [];
    });
    const told = done.indexOf("has done create-replacement kafka-addresses-advertise");
    expect(told).toBeGreaterThan(-1);
    for (const name of ["zone", "broker-0", "kafka-link"]) {
      expect(done.indexOf(`begins delete kafka-addresses-names-${name}`)).toBeGreaterThan(told);
    }
    expect(await advertised()).toEqual([undefined, "PLAINTEXT://localhost:9092"]);
    expect(await run("up", { ...injected, kafkaAdvertise: "none" })).toEqual({});

    await run("up", injected);
    expect(await advertised()).toEqual(["# streaming: advertise IP addresses (1)", "PLAINTEXT://0.0.0.0:9092"]);
    await run("up", { ...injected, kafkaAdvertise: "none" });
    expect(await advertised()).toEqual([undefined, "PLAINTEXT://localhost:9092"]);
  });

  it("has brokers that are told again when a change of what they advertise failed half-way and is set back", async () => {
    const none = { ...injected, kafkaAdvertise: "none" };
    const answer = { status: 403, code: "Forbidden", message: "Not today.", headers: {} };
    faults({ name: "restart", method: "PUT", path: "/services/KAFKA", times: 9, answer });
    await expect(run("up", injected)).rejects.toThrow("Ambari answered 403");
    // Brokers that start for another reason advertise addresses from here on, while the state says that they do not.
    expect(await advertised()).toEqual(["# streaming: advertise IP addresses (1)", "PLAINTEXT://0.0.0.0:9092"]);
    faults();
    expect((await run("up", none))["create-replacement"]).toEqual(["kafka-addresses-advertise"]);
    expect(await advertised()).toEqual([undefined, "PLAINTEXT://localhost:9092"]);
    expect(await run("up", none)).toEqual({});
  });

  it("is managed again after one more `up`", async () => {
    await run("up");
    expect(await stack.outputs()).toMatchObject({ peeringState: "Connected" });
    expect(await run("up")).toEqual({});
  });

  it("is destroyed with the stack, after the workspace that is in it", async () => {
    await run("up", injected);
    const { ok, errors, touched } = await runEngine(stack, "destroy");
    expect(errors).toBe("");
    expect(ok).toBe(true);
    const order = touched.delete ?? [];
    expect(order).toEqual(expect.arrayContaining([...own, "databricks-workspace"]));
    expect(order.indexOf("databricks-workspace")).toBeLessThan(order.indexOf("databricks-network-vnet"));
  });
});
