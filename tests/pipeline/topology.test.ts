import { readFileSync } from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadKeys } from "../../local/setup/keys";
import type { LocalStack } from "../../local/stack/localStack";
import { graphOf } from "../../tools/architectureDoc/graph";
import { runEngine } from "../local/events";
import { PageVisitor } from "../local/page/visitor";
import { TestTwin } from "../local/twin";
import { filesHolding, openToOthers } from "../security/files";
import { exposedListeners } from "../security/listeners";

/** Everything a user does with a stack, one after the other: real engine, real Kafka, real Spark. */
describe("the whole topology", { timeout: 300_000 }, () => {
  let twin: TestTwin;
  let stack: LocalStack;
  let outputs: Record<string, unknown>;
  beforeAll(async () => {
    twin = await TestTwin.start(61);
    stack = await twin.stack();
  });
  afterAll(() => twin?.stop());

  const verify = async () => {
    const { stdout, stderr, exitCode } = await execa("npx", ["tsx", "tools/verify.ts", "--stack", "local", "--json"], {
      env: { STREAMING_TWIN_DIR: twin.home },
      reject: false,
    });
    return { exitCode, stderr, report: stdout ? (JSON.parse(stdout) as Record<string, never>) : undefined };
  };

  it("is previewed without a trace", async () => {
    const preview = await runEngine(stack, "preview");
    expect(preview.errors).toBe("");
    expect(preview.changes.create).toBeGreaterThan(30);
    const { stdout } = await stack.pulumi(["stack", "export"]);
    expect(JSON.parse(String(stdout)).deployment.resources ?? []).toEqual([]);
  });

  it("is deployed by `up`, with every output of the contract and no secret among them", async () => {
    const up = await runEngine(stack, "up");
    expect(up.errors).toBe("");
    expect(up.ok).toBe(true);
    outputs = await stack.outputs();
    expect(outputs).toEqual({
      resourceGroupName: "rg-streaming-local",
      resourceGroupUrl: expect.stringMatching(
        /^https:\/\/portal\.azure\.com\/#@\/resource\/subscriptions\/[^/]+\/resourceGroups\/rg-streaming-local$/,
      ),
      kafkaBrokers: ["127.61.0.9:9092", "127.61.0.10:9092", "127.61.0.11:9092"],
      bootstrapServers: "127.61.0.9:9092,127.61.0.10:9092,127.61.0.11:9092",
      zookeeperNodes: ["127.61.0.6:2181", "127.61.0.7:2181", "127.61.0.8:2181"],
      topics: [{ name: "tweets", partitions: 4, replicationFactor: 3, config: { "min.insync.replicas": "2" } }],
      kafkaDashboardUrl: "https://127.61.0.4:8443",
      sshEndpoint: "127.61.0.4:2222",
      workspaceUrl: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
      sparkClusterId: expect.stringMatching(/^[\w-]+$/),
      producerJobUrl: expect.stringMatching(/#job\/\d+$/),
      consumerJobUrl: expect.stringMatching(/#job\/\d+$/),
      peeringState: "Connected",
    });
  });

  it("has the graph that docs/architecture.md is drawn from", async () => {
    const { stdout } = await stack.pulumi(["stack", "export"]);
    const graph = `${JSON.stringify(graphOf(JSON.parse(String(stdout))), null, 2)}\n`;
    // When it differs: run this test with -u, then `npm run docs:architecture`.
    await expect(graph).toMatchFileSnapshot("../../docs/architecture/graph.json");
  });

  it("keeps every secret out of the state and of what the engine shows", async () => {
    const keys = await loadKeys(twin.home);
    const { stdout } = await stack.pulumi(["stack", "export"]);
    const shown = await runEngine(stack, "preview", ["--diff"]);
    for (const secret of [
      keys.gatewayPassword,
      keys.xBearerToken,
      keys.ssh.privateKey.split("\n")[2],
      keys.databricksToken,
    ]) {
      expect(String(stdout)).not.toContain(secret);
      expect(shown.text).not.toContain(secret);
      expect(readFileSync(path.join(twin.home, "logs", "twin.log"), "utf8")).not.toContain(secret);
    }
  });

  it("leaves files that are its user's alone, with secrets in those only that a service has to know them from", async () => {
    const { passphrase, gatewayPassword, xBearerToken, databricksToken, azure, ssh } = await loadKeys(twin.home);
    const secrets = { passphrase, gatewayPassword, xBearerToken, databricksToken, clientSecret: azure.clientSecret };
    const sshKey = ssh.privateKey.split("\n")[2] as string;
    const kept =
      /^(keys\/|(arm\/resources|clusters\/clusters)\.json: gatewayPassword|databricks\/\d+\/secrets\.json: xBearerToken)/;
    expect(filesHolding(twin.home, { ...secrets, sshKey }).filter((found) => !kept.test(found))).toEqual([]);
    expect(openToOthers(twin.home)).toEqual([]);
  });

  it("listens where only this machine's users can reach it: services, Kafka, ZooKeeper and Spark", () => {
    expect(exposedListeners(twin.home)).toEqual([]);
  });

  it("is left alone by another `up`", async () => {
    const again = await runEngine(stack, "up");
    expect(again.touched).toEqual({});
    expect(Object.keys(again.changes)).toEqual(["same"]);
  });

  it("is what the state says, as a refresh finds", async () => {
    const refresh = await runEngine(stack, "refresh", ["--expect-no-changes"]);
    expect(refresh.errors).toBe("");
    expect(refresh.ok).toBe(true);
  });

  it("carries messages from the producer to the consumer, none lost and none twice", async () => {
    const { exitCode, report, stderr } = await verify();
    expect(stderr).not.toMatch(/^- /m);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({
      brokers: outputs.kafkaBrokers,
      topics: [{ name: "tweets", partitions: 4, replicationFactor: 3, minInSyncReplicas: 2 }],
      missing: 0,
      duplicates: 0,
    });
    expect(report?.produced).toBeGreaterThan(100);
  });

  it("is shown by the page as it is: brokers, topic, peering and running jobs, and no secret", async () => {
    const { stdout } = await execa("npx", ["tsx", "local/cli.ts", "open", "--no-browser"], {
      env: { STREAMING_TWIN_DIR: twin.home },
    });
    const page = await PageVisitor.enter(stdout.split("\n")[0] ?? "");
    const snapshot = await page.snapshot(({ clusters, jobs }) => {
      const topics = clusters.known ? clusters.value[0]?.topics : undefined;
      const rates = topics?.known ? topics.value.map(({ rate }) => rate.known) : [false];
      return rates.every(Boolean) && jobs.known && jobs.value.some(({ queries }) => queries.length > 0);
    });
    expect(snapshot).toMatchObject({
      networkMode: "loopback",
      clusters: {
        value: [
          {
            brokers: (outputs.kafkaBrokers as string[]).map((address) => ({ address, state: "up" })),
            topics: { value: [{ name: "tweets", partitions: Array(4).fill({ inSync: [1001, 1002, 1003] }) }] },
          },
        ],
      },
    });
    const { networks, jobs, stack: engine } = snapshot;
    const halves = networks.known ? networks.value.flatMap(({ peerings }) => peerings.map(({ state }) => state)) : [];
    expect(halves).toEqual(["Connected", "Connected"]);
    const running = jobs.known ? jobs.value.map(({ name, run }) => [name, run.known && run.value.state]) : [];
    expect(running.sort()).toEqual([
      ["consumer-job", "RUNNING"],
      ["producer-job", "RUNNING"],
    ]);
    const resources = engine.known ? engine.value.resources : [];
    expect(resources.length).toBeGreaterThan(30);
    const shown = [JSON.stringify(snapshot), ...(await Promise.all(resources.map(({ urn }) => page.resource(urn))))];
    const { gatewayPassword, xBearerToken, databricksToken, azure, ssh } = await loadKeys(twin.home);
    for (const secret of [
      gatewayPassword,
      xBearerToken,
      databricksToken,
      azure.clientSecret,
      ssh.privateKey.split("\n")[2],
    ]) {
      expect(shown.filter((text) => text.includes(secret as string))).toEqual([]);
    }
  });

  it("takes more partitions in place, and touches nothing else", async () => {
    stack = await twin.stack({ topics: topicsWith(6) });
    const up = await runEngine(stack, "up");
    expect(up.touched).toEqual({ update: ["topics-script"] });
    const admin = new Kafka({ brokers: outputs.kafkaBrokers as string[], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: ["tweets"] });
      expect(topics[0].partitions).toHaveLength(6);
    } finally {
      await admin.disconnect();
    }
  });

  it("refuses fewer partitions, says why, and leaves the topic as it is", async () => {
    const fewer = await runEngine(await twin.stack({ topics: topicsWith(2) }), "up");
    expect(fewer.ok).toBe(false);
    expect(fewer.text).toContain("topic tweets has 6 partitions and 2 are wanted: Kafka cannot take partitions away");
  });

  it("restarts a stream whose parameters change, and still loses nothing", async () => {
    stack = await twin.stack({ topics: topicsWith(6), trigger: "1 second" });
    const up = await runEngine(stack, "up");
    expect(up.errors).toBe("");
    expect(up.touched.update).toContain("consumer-job");
    expect(up.touched.update).not.toContain("producer-job");
    const { exitCode, stderr, report } = await verify();
    expect(stderr).not.toMatch(/^- /m);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ missing: 0, duplicates: 0 });
  });

  it("goes on after the engine is killed", async () => {
    stack = await twin.stack({ topics: topicsWith(7), rate: "30", trigger: "2 seconds" });
    const running = stack.pulumi(["up", "--yes", "--skip-preview"], { reject: false });
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    running.kill("SIGKILL");
    await running;
    const up = await runEngine(stack, "up");
    expect(up.errors).toBe("");
    expect(up.ok).toBe(true);
    expect((await runEngine(stack, "up")).touched).toEqual({});
  });

  it("adds a broker while messages flow, which clients find, and keeps it", async () => {
    stack = await twin.stack({ topics: topicsWith(7), kafkaWorkers: "4" });
    const up = await runEngine(stack, "up");
    expect(up.errors).toBe("");
    expect(up.touched.update).toContain("kafka-live-apply");
    expect([...(up.touched.update ?? []), ...(up.touched.replace ?? [])]).not.toContain("kafka-cluster");
    outputs = await stack.outputs();
    expect(outputs.kafkaBrokers).toHaveLength(4);
    const admin = new Kafka({ brokers: outputs.kafkaBrokers as string[], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      const { brokers } = await admin.describeCluster();
      expect(brokers.map(({ host, port }) => `${host}:${port}`).sort()).toEqual(
        [...(outputs.kafkaBrokers as string[])].sort(),
      );
    } finally {
      await admin.disconnect();
    }
    const { exitCode, stderr, report } = await verify();
    expect(stderr).not.toMatch(/^- /m);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ missing: 0, duplicates: 0 });
    expect((await runEngine(stack, "up")).touched).toEqual({});
  });

  it("adopts a resource that exists already", async () => {
    const group = `/subscriptions/${stack.environment.ARM_SUBSCRIPTION_ID}/resourceGroups/rg-streaming-local`;
    const adopted = await stack.pulumi(
      [
        "import",
        "azure-native:resources:ResourceGroup",
        "adopted",
        group,
        "--yes",
        "--protect=false",
        "--generate-code=false",
      ],
      { reject: false },
    );
    expect(String(adopted.stdout)).toContain("1 imported");
    const { stdout } = await stack.pulumi(["stack", "export"]);
    expect(String(stdout)).toContain("::adopted");
    await stack.pulumi(["state", "delete", urnOf(String(stdout), "adopted"), "--yes"]);
  });

  it("replaces the Kafka cluster, old before new, when its machines change", async () => {
    stack = await twin.stack({ kafkaWorkerSize: "Standard_E8ads_v5" });
    const up = await runEngine(stack, "up");
    expect(up.errors).toBe("");
    expect(up.touched.replace ?? up.touched["create-replacement"]).toContain("kafka-cluster");
    const { exitCode, stderr, report } = await verify();
    expect(stderr).not.toMatch(/^- /m);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ missing: 0, duplicates: 0 });
  });

  it("is gone after `destroy`", async () => {
    const destroy = await runEngine(stack, "destroy");
    expect(destroy.errors).toBe("");
    const { stdout } = await stack.pulumi(["stack", "export"]);
    expect(JSON.parse(String(stdout)).deployment.resources ?? []).toEqual([]);
  });
});

const topicsWith = (partitions: number) => [
  { name: "tweets", partitions, replicationFactor: 3, config: { "min.insync.replicas": "2" } },
];

function urnOf(state: string, name: string): string {
  const { resources } = (JSON.parse(state) as { deployment: { resources: { urn: string }[] } }).deployment;
  return resources.find(({ urn }) => urn.endsWith(`::${name}`))?.urn ?? "";
}
