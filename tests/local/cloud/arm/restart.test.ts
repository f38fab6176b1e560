import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createNetwork, group, location, provider, subscription, TestArm } from "./twin";

let arm: TestArm;
const never = { pace: () => 60_000 };
const vnet = `${provider("Network")}/virtualNetworks/v`;
const workspace = `${provider("Databricks")}/workspaces/dbx`;
const managed = `${subscription}/resourceGroups/dbx-managed`;

beforeEach(async () => {
  arm = await TestArm.start();
  await arm.put(group, { location });
});
afterEach(() => arm.stop());

async function restartWith(options = {}): Promise<void> {
  await arm.service.close();
  await arm.restart(options);
}

describe("after a restart", () => {
  it("resources, keys and tokens are as before", async () => {
    const ids = await createNetwork(arm);
    const account = `${provider("Storage")}/storageAccounts/kept`;
    await arm.create(account, { location, kind: "StorageV2", sku: { name: "Standard_LRS" } });
    const before = [(await arm.get(ids.vnet)).body, (await arm.post(`${account}/listKeys`)).body];
    const { token } = arm;
    await restartWith();
    arm.token = (await arm.login({ scope: "https://management.azure.com/.default" })).body.access_token;
    expect([(await arm.get(ids.vnet)).body, (await arm.post(`${account}/listKeys`)).body]).toEqual(before);
    expect(token).not.toBe("");
  });

  it("a creation that was under way goes on under the same operation", async () => {
    await restartWith(never);
    const response = await arm.put(workspace, {
      location,
      sku: { name: "premium" },
      properties: { computeMode: "Hybrid", managedResourceGroupId: managed },
    });
    const operation = new URL(response.headers["azure-asyncoperation"] ?? "");
    expect(arm.databricks.workspaces.size).toBe(0);
    await restartWith({});
    await arm.service.settled();
    const poll = await arm.request("GET", `${operation.pathname}${operation.search}`);
    expect(poll.body.status).toBe("Succeeded");
    expect((await arm.get(workspace)).body.properties.provisioningState).toBe("Succeeded");
    expect(arm.databricks.workspaces.get(workspace)).toBe("dbx");
  });

  it("a deletion that was under way goes on", async () => {
    await arm.create(vnet, { location, properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } } });
    await restartWith(never);
    await arm.delete(group);
    expect((await arm.get(group)).body.properties.provisioningState).toBe("Deleting");
    await restartWith({});
    await arm.service.settled();
    expect((await arm.get(group)).status).toBe(404);
  });

  it("work that a shutdown tears down is not recorded as having failed", async () => {
    let fail = (_error: Error) => {};
    arm.kafka.gate = new Promise((_resolve, reject) => {
      fail = reject;
    });
    const name = await startCluster();
    while (arm.kafka.specs.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await arm.service.close();
    fail(new Error("the engine was stopped"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    arm.kafka.gate = Promise.resolve();
    await arm.restart({});
    await arm.service.settled();
    expect((await arm.get(name)).body.properties).toMatchObject({ provisioningState: "Succeeded" });
  });
});

describe("what is on disk", () => {
  it("can be read by the user alone", async () => {
    const folder = path.join(arm.home, "arm");
    await arm.create(vnet, { location, properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } } });
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    const files = fs.readdirSync(folder);
    expect(files.sort()).toEqual(["operations.json", "resources.json"]);
    for (const file of files) expect(fs.statSync(path.join(folder, file)).mode & 0o777).toBe(0o600);
  });
});

async function startCluster(): Promise<string> {
  const ids = await createNetwork(arm);
  const account = `${provider("Storage")}/storageAccounts/clusterstore`;
  await arm.create(account, { location, kind: "StorageV2", sku: { name: "Standard_LRS" } });
  const { keys } = (await arm.post(`${account}/listKeys`)).body;
  const login = { linuxOperatingSystemProfile: { username: "sshuser", password: "Ssh-Secret-1" } };
  const role = (name: string, targetInstanceCount: number) => ({
    name,
    targetInstanceCount,
    hardwareProfile: { vmSize: "Standard_E4ads_v5" },
    osProfile: login,
    virtualNetworkProfile: { id: ids.vnet, subnet: ids.subnet },
    ...(name === "workernode" && { dataDisksGroups: [{ disksPerNode: 1 }] }),
  });
  const id = `${provider("HDInsight")}/clusters/interrupted`;
  const response = await arm.put(id, {
    location,
    properties: {
      clusterVersion: "5.1",
      clusterDefinition: {
        kind: "Kafka",
        configurations: {
          gateway: {
            "restAuthCredential.isEnabled": "true",
            "restAuthCredential.username": "admin",
            "restAuthCredential.password": "Str0ng!Passw0rd",
          },
        },
      },
      computeProfile: { roles: [role("headnode", 2), role("workernode", 1), role("zookeepernode", 3)] },
      storageProfile: {
        storageaccounts: [
          { name: "clusterstore.blob.core.windows.net", isDefault: true, container: "c01", key: keys[0].value },
        ],
      },
    },
  });
  expect(response.status, JSON.stringify(response.body)).toBe(201);
  return id;
}
