import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readEndpoints } from "../../local/endpoints";
import { lockHolder } from "../../local/lock";
import { twinPaths } from "../../local/paths";
import { loadKeys } from "../../local/setup/keys";
import { startSupervisor, stopSupervisor } from "../../local/supervise";
import { ArmClient } from "./cloud/arm/client";
import { clusterBody, createAccount, createNetwork, location } from "./cloud/arm/samples";
import { processesNaming } from "./processes";

// A busy machine takes its time to start Kafka.
vi.setConfig({ testTimeout: 240_000 });

/** Addresses that no other test file uses: 10.231.0.0/16, and so 127.231.0.0/16. */
const prefix = "10.231.0.0/16";
let home: string;
let arm: ArmClient;
let group: string;
let subscription: string;

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "supervisor-"));
  await startSupervisor(home);
  arm = await connect();
});

afterAll(async () => {
  await stopSupervisor(home);
  const left = processesNaming(home);
  fs.rmSync(home, { recursive: true, force: true });
  expect(left).toEqual([]);
});

/** A client with the credentials and the authority that any other program finds in the home. */
async function connect(): Promise<ArmClient> {
  const { azure } = await loadKeys(home);
  subscription = `/subscriptions/${azure.subscriptionId}`;
  group = `${subscription}/resourceGroups/rg`;
  const client = new ArmClient(azure);
  const endpoints = readEndpoints(home);
  const ca = fs.readFileSync(path.join(twinPaths(home).keys, "ca.pem"), "utf8");
  await client.connect(`https://${endpoints?.arm.host}:${endpoints?.arm.port}`, ca);
  return client;
}

const provider = (namespace: string) => `${group}/providers/Microsoft.${namespace}`;
const stateOf = async (id: string) => (await arm.get(id)).body.properties.peeringState;

/** Ends the supervisor as a crash or the kernel would, and waits until it is gone. */
async function kill(): Promise<number> {
  const holder = lockHolder(home);
  if (!holder) throw new Error("No supervisor runs");
  process.kill(holder.pid, "SIGKILL");
  while (lockHolder(home)) await new Promise((resolve) => setTimeout(resolve, 20));
  return holder.pid;
}

const cluster = () => `${provider("HDInsight")}/clusters/stream`;

/** Process ids of Kafka brokers. */
function brokers(): (string | undefined)[] {
  return processesNaming(home)
    .filter((line) => line.includes("kafka.Kafka"))
    .map((line) => line.split(" ")[0]);
}

async function ambari(password: string, below = "") {
  const { connectivityEndpoints } = (await arm.get(cluster())).body.properties;
  const { location: host, port } = connectivityEndpoints[1];
  return arm.request("GET", `https://${host}:${port}/api/v1/clusters/stream${below}`, undefined, {
    authorization: `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`,
  });
}

describe("a supervisor", () => {
  it("is not started twice, and writes what only its user can read", async () => {
    const first = readEndpoints(home);
    expect(await startSupervisor(home)).toEqual(first);
    expect(first?.arm.host).toBe("127.0.0.1");
    expect((await fetch(`${first?.x.url}/2/tweets/search/recent?query=a`)).status).toBe(401);
    for (const file of ["endpoints.json", "supervisor.lock", "keys/keys.json", "logs/twin.log"]) {
      expect(fs.statSync(path.join(home, file)).mode & 0o077, file).toBe(0);
    }
  });

  it("says why it cannot start", async () => {
    const other = fs.mkdtempSync(path.join(os.tmpdir(), "supervisor-"));
    fs.mkdirSync(path.join(other, "arm"));
    fs.writeFileSync(path.join(other, "arm", "resources.json"), "{ torn");
    await expect(startSupervisor(other)).rejects.toThrow(/did not start[\s\S]*resources\.json/);
    await stopSupervisor(other);
    expect(processesNaming(other)).toEqual([]);
    fs.rmSync(other, { recursive: true });
  });

  it("keeps its addresses, resources and workspaces when it is killed and started again", async () => {
    await arm.put(group, { location });
    const workspace = `${provider("Databricks")}/workspaces/dbx`;
    const { properties } = await arm.create(workspace, {
      location,
      sku: { name: "premium" },
      properties: { computeMode: "Hybrid", managedResourceGroupId: `${subscription}/resourceGroups/dbx-managed` },
    });
    const before = readEndpoints(home);
    const killed = await kill();
    expect(readEndpoints(home)).toBeUndefined();
    const after = await startSupervisor(home);
    expect(after.pid).not.toBe(killed);
    expect(after).toMatchObject({ arm: before?.arm, x: before?.x });
    expect((await arm.get(workspace)).body.properties.workspaceUrl).toBe(properties.workspaceUrl);
  });
});

describe("the cloud that it runs", () => {
  it("makes a network, storage, a Kafka cluster that answers, and a peering, and takes them all away", async () => {
    await arm.put(group, { location });
    const network = await createNetwork(arm, group, prefix);
    const place = { network, account: "supervised", key: await createAccount(arm, group, "supervised") };
    const made = await arm.create(cluster(), clusterBody(place));
    expect(made.properties.connectivityEndpoints).toMatchObject([
      { name: "SSH", location: "127.231.0.4" },
      { name: "HTTPS", location: "127.231.0.4" },
    ]);

    expect(await ambari("Str0ng!Passw0rd")).toMatchObject({
      status: 200,
      body: { Clusters: { cluster_name: "stream" } },
    });

    const workspaceHalf = `${provider("Databricks")}/workspaces/dbx/virtualNetworkPeerings/kafka`;
    const peered = await arm.create(workspaceHalf, { properties: { remoteVirtualNetwork: { id: network.vnet } } });
    const remote = peered.properties.databricksVirtualNetwork;
    await arm.create(`${network.vnet}/virtualNetworkPeerings/databricks`, {
      properties: { remoteVirtualNetwork: remote },
    });
    expect(await stateOf(workspaceHalf)).toBe("Connected");
  });

  it("gives the cluster a fourth broker and another gateway password, while the brokers it had go on", async () => {
    const before = brokers();
    await arm.finish(await arm.post(`${cluster()}/roles/workernode/resize`, { targetInstanceCount: 4 }));
    const login = { "restAuthCredential.username": "admin", "restAuthCredential.password": "An0ther!Passw0rd" };
    await arm.finish(await arm.post(`${cluster()}/updateGatewaySettings`, login));
    expect(brokers()).toHaveLength(4);
    expect(brokers()).toEqual(expect.arrayContaining(before));
    expect((await ambari("Str0ng!Passw0rd")).status).toBe(401);
    const { body } = await ambari("An0ther!Passw0rd", "/services/KAFKA/components/KAFKA_BROKER");
    expect(body.host_components).toHaveLength(4);
  });

  it("still answers, with the same brokers, after the supervisor was killed and started again", async () => {
    const before = brokers();
    await kill();
    await startSupervisor(home);
    expect(brokers()).toEqual(before);
    const { properties } = (await arm.get(cluster())).body;
    expect(properties.clusterState).toBe("Running");
  });

  it("is gone without a trace once the group is deleted", async () => {
    await arm.destroy(group);
    expect((await arm.get(group)).status).toBe(404);
    expect(processesNaming(home).filter((line) => line.includes("java"))).toEqual([]);
  });
});

describe("stopping", () => {
  it("ends what a killed supervisor left running as well", async () => {
    await arm.put(group, { location });
    const network = await createNetwork(arm, group, prefix);
    const place = { network, account: "leftover", key: await createAccount(arm, group, "leftover") };
    await arm.create(`${provider("HDInsight")}/clusters/leftover`, clusterBody(place));
    await kill();
    expect(processesNaming(home).length).toBeGreaterThan(3);
    await stopSupervisor(home);
    expect(processesNaming(home)).toEqual([]);
    expect(readEndpoints(home)).toBeUndefined();
  });
});
