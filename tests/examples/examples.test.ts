import { readdirSync, readFileSync } from "node:fs";
import { Agent } from "node:https";
import * as path from "node:path";
import { WorkspaceClient } from "@databricks/sdk-experimental";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot, toolPaths } from "../../local/paths";
import { loadKeys } from "../../local/setup/keys";
import { writeConfiguration } from "../../local/stack/configuration";
import type { LocalEnvironment } from "../../local/stack/environment";
import { azureClients, createNetwork, location } from "../clients/azure";
import { createNetwork as createNetworkByRest } from "../local/cloud/arm/samples";
import { ControlPlaneStack } from "../local/controlPlaneStack";
import { runEngine } from "../local/events";
import { TestTwin } from "../local/twin";
import { Consumer } from "./consumer";
import { ExampleStack } from "./exampleStack";

/** The examples, outside of the repository and with the packed package, on the real engine. */
describe("the examples", { timeout: 300_000 }, () => {
  let twin: TestTwin;
  let consumer: Consumer;
  let kafka: ExampleStack;
  let environment: LocalEnvironment;

  beforeAll(async () => {
    consumer = await Consumer.create();
    twin = await TestTwin.start(105);
    ({ environment } = await twin.stack());
  }, 300_000);
  afterAll(async () => {
    await twin?.stop();
    consumer?.remove();
  });

  it("are all tested here", () => {
    expect(readdirSync(path.join(projectRoot, "examples")).sort()).toEqual([
      "another-stack",
      "existing-workspace",
      "injected-workspace",
      "kafka-existing-network",
      "kafka-only",
    ]);
  });

  it("kafka-only deploys a cluster with its topic, and nothing of Databricks", async () => {
    const { ssh, gatewayPassword } = await loadKeys(twin.home);
    kafka = await ExampleStack.create(
      consumer.example("kafka-only"),
      environment,
      {
        "azure-native:location": location,
        clusterName: "kafkaonly",
        operatorAddress: "127.0.0.0/8",
        sshPublicKey: ssh.publicKey,
        addressSpace: "10.105.0.0/16",
        subnetPrefix: "10.105.0.0/24",
      },
      { gatewayPassword, sshPrivateKey: ssh.privateKey },
    );
    const up = await runEngine(kafka, "up");
    expect(up.errors).toBe("");
    expect(up.ok).toBe(true);
    expect(up.text).not.toContain("databricks:");
    expect(await kafka.outputs()).toEqual({
      bootstrapServers: "127.105.0.9:9092,127.105.0.10:9092,127.105.0.11:9092",
      topics: [{ name: "orders", partitions: 6, replicationFactor: 3, config: { "retention.ms": "86400000" } }],
    });
    expect((await runEngine(kafka, "up")).touched).toEqual({});
  });

  it("kafka-existing-network puts a cluster into the subnet named, makes no network, and leaves that one there", async () => {
    // What flows is for the others: this one is about what is deployed.
    const plane = await ControlPlaneStack.start();
    try {
      const arm = await plane.arm();
      const { azure, ssh, gatewayPassword } = await loadKeys(plane.home);
      const group = `/subscriptions/${azure.subscriptionId}/resourceGroups/hub`;
      await arm.put(group, { location });
      const hub = await createNetworkByRest(arm, group, "10.106.0.0/16", "hub-network");
      const folder = consumer.example("kafka-existing-network");
      const settings = {
        networkGroup: "hub",
        networkName: "hub-network",
        subnetName: "kafka",
        clusterName: "kafkahub",
      };
      const config = { ...settings, sshPublicKey: ssh.publicKey };
      // The engine's folders and passphrase, which the local stack makes with its configuration.
      await writeConfiguration(plane.home, toolPaths(), {});
      const stack = await ExampleStack.create(folder, plane.environment, config, { gatewayPassword });

      const up = await runEngine(stack, "up");
      expect(up.errors).toBe("");
      expect(up.touched.create).toContain("kafka-cluster");
      expect(up.touched.create?.filter((name) => name.startsWith("kafka-network"))).toEqual([]);
      expect(await stack.outputs()).toEqual({
        bootstrapServers: "10.106.0.9:9092,10.106.0.10:9092,10.106.0.11:9092",
      });
      const kept = readFileSync(path.join(plane.home, "arm", "resources.json"), "utf8");
      expect(kept.match(new RegExp(`"subnet": *"${hub.subnet}"`, "gi"))).toHaveLength(3);
      expect(await stack.state()).not.toContain(gatewayPassword);
      expect((await runEngine(stack, "up")).touched).toEqual({});

      const destroy = await runEngine(stack, "destroy");
      expect(destroy.errors).toBe("");
      expect((await arm.get(hub.vnet)).body.properties.subnets).toHaveLength(1);
    } finally {
      await plane.stop();
    }
  });

  it("injected-workspace puts a workspace into a network of its own, and peers that with the network named", async () => {
    const azure = await azureClients(twin.home);
    await azure.resources.resourceGroups.createOrUpdate("kafkas", { location });
    await createNetwork(azure, "kafkas", "kafkas-network", "10.107.0.0/16");
    const stack = await ExampleStack.create(consumer.example("injected-workspace"), environment, {
      kafkaNetworkGroup: "kafkas",
      kafkaNetworkName: "kafkas-network",
      workspaceName: "injected",
      authType: "pat",
    });
    const up = await runEngine(stack, "up");
    expect(up.errors).toBe("");
    const outputs = await stack.outputs();
    expect(outputs).toEqual({ workspaceUrl: expect.stringMatching(/^https:/), peeringState: "Connected" });
    const half = await azure.network.virtualNetworkPeerings.get("kafkas", "kafkas-network", "to-databricks");
    expect(half.remoteVirtualNetwork?.id).toMatch(/\/virtualNetworks\/spark-network-vnet/);
    expect((await runEngine(stack, "up")).touched).toEqual({});
  });

  it("another-stack reads brokers and topic from that stack, and its client gets a message through", async () => {
    const folder = consumer.example("another-stack");
    const stack = await ExampleStack.create(folder, environment, { streamingStack: "organization/kafka-only/test" });
    const up = await runEngine(stack, "up");
    expect(up.errors).toBe("");
    const outputs = await stack.outputs();
    expect(outputs).toEqual({ bootstrapServers: (await kafka.outputs()).bootstrapServers, topic: "orders" });
    const client = await execa("npx", ["tsx", "client.ts"], { cwd: folder, env: outputs as Record<string, string> });
    expect(client.stdout).toMatch(/^Received from orders: hello [\da-f-]{36}$/m);
  });

  it("existing-workspace runs its notebook in a workspace that Pulumi did not make", async () => {
    const { resources, databricks, subscription } = await azureClients(twin.home);
    await resources.resourceGroups.createOrUpdate("others", { location });
    const workspace = await databricks.workspaces.beginCreateOrUpdateAndWait("others", "existing", {
      location,
      sku: { name: "premium" },
      managedResourceGroupId: `/subscriptions/${subscription}/resourceGroups/existing-managed`,
    });
    const workspaceUrl = `https://${workspace.workspaceUrl}`;
    const stack = await ExampleStack.create(consumer.example("existing-workspace"), environment, {
      workspaceUrl,
      authType: "pat",
      user: "operator@example.com",
    });
    const up = await runEngine(stack, "up");
    expect(up.errors).toBe("");
    const { jobUrl } = await stack.outputs();

    const agent = new Agent({ ca: readFileSync(stack.environment.NODE_EXTRA_CA_CERTS), keepAlive: true });
    const login = { host: workspaceUrl, token: stack.environment.DATABRICKS_TOKEN, authType: "pat" as const };
    const { jobs } = new WorkspaceClient(login, { agent, product: "examples", productVersion: "1.0.0" });
    const { run_id } = await (await jobs.runNow({ job_id: Number(/\d+$/.exec(String(jobUrl))?.[0]) })).wait();
    const run = await jobs.getRun({ run_id: run_id ?? 0 });
    expect(run.state).toMatchObject({ life_cycle_state: "TERMINATED", result_state: "SUCCESS" });
    const output = await jobs.getRunOutput({ run_id: run.tasks?.[0]?.run_id ?? 0 });
    expect(output.notebook_output?.result).toBe("The sum of 1 to 1000 is 500500");
  });
});
