import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unsupportedCalls } from "../../local/cloud/unsupported";
import { TestTwin } from "../local/twin";
import { type Azure, all, azureClients, createNetwork, location } from "./azure";

/** Azure Resource Manager as Azure's own SDKs see it, with their pollers, pages and errors. */

let twin: TestTwin;
let azure: Azure;
const group = "clients";

beforeAll(async () => {
  twin = await TestTwin.start(69);
  azure = await azureClients(twin.home);
  await azure.resources.resourceGroups.createOrUpdate(group, { location });
});
afterAll(() => twin.stop());

const names = (resources: { name?: string }[]) => resources.map(({ name }) => name).sort();

describe("resource groups", () => {
  it("are created, read, changed, listed and deleted", async () => {
    const { resourceGroups } = azure.resources;
    const made = await resourceGroups.createOrUpdate("short-lived", {
      location: "West Europe",
      tags: { team: "data" },
    });
    expect(made).toMatchObject({ name: "short-lived", location, properties: { provisioningState: "Succeeded" } });
    expect(await resourceGroups.get("short-lived")).toEqual(made);
    expect((await resourceGroups.update("short-lived", { tags: { team: "events" } })).tags).toEqual({ team: "events" });
    expect(names(await all(resourceGroups.list()))).toEqual([group, "short-lived"]);
    expect(names(await all(resourceGroups.list({ filter: "tagName eq 'team'" })))).toEqual(["short-lived"]);
    await resourceGroups.beginDeleteAndWait("short-lived");
    expect((await resourceGroups.checkExistence("short-lived")).body).toBe(false);
    expect((await resourceGroups.checkExistence(group)).body).toBe(true);
  });

  it("take what is in them along", async () => {
    await azure.resources.resourceGroups.createOrUpdate("full", { location });
    await createNetwork(azure, "full", "net", "10.64.0.0/16");
    await azure.resources.resourceGroups.beginDeleteAndWait("full");
    expect(names(await all(azure.network.virtualNetworks.listAll()))).toEqual([]);
  });
});

describe("networks", () => {
  it("are created with what a cluster needs, and read as they were made", async () => {
    const vnet = await createNetwork(azure, group, "net", "10.63.0.0/16");
    expect(vnet).toMatchObject({ provisioningState: "Succeeded", addressSpace: { addressPrefixes: ["10.63.0.0/16"] } });
    const subnet = await azure.network.subnets.get(group, "net", "kafka");
    expect(subnet).toMatchObject({
      addressPrefix: "10.63.0.0/24",
      networkSecurityGroup: { id: expect.stringMatching(/net-nsg$/) },
    });
    const ip = await azure.network.publicIPAddresses.get(group, "net-ip");
    expect(ip.ipAddress).toMatch(/^203\.0\.113\./);
    expect(ip.natGateway?.id).toMatch(/net-nat$/);
  });

  it("get subnets, rules and tags of their own, and lose them again", async () => {
    const { network } = azure;
    await network.subnets.beginCreateOrUpdateAndWait(group, "net", "more", { addressPrefix: "10.63.1.0/24" });
    expect(names(await all(network.subnets.list(group, "net")))).toEqual(["kafka", "more"]);
    await network.subnets.beginDeleteAndWait(group, "net", "more");
    expect(names(await all(network.subnets.list(group, "net")))).toEqual(["kafka"]);

    const rule = await network.securityRules.beginCreateOrUpdateAndWait(group, "net-nsg", "ssh", {
      protocol: "Tcp",
      access: "Allow",
      direction: "Inbound",
      priority: 200,
      sourceAddressPrefix: "203.0.113.0/24",
      sourcePortRange: "*",
      destinationAddressPrefix: "*",
      destinationPortRange: "22",
    });
    expect(rule).toMatchObject({ priority: 200, destinationPortRange: "22" });
    expect(names(await all(network.securityRules.list(group, "net-nsg")))).toEqual(["hdinsight-management", "ssh"]);
    await network.securityRules.beginDeleteAndWait(group, "net-nsg", "ssh");

    expect((await network.virtualNetworks.updateTags(group, "net", { tags: { a: "b" } })).tags).toEqual({ a: "b" });
  });

  it("are peered once both halves are there", async () => {
    const { network } = azure;
    const [here, there] = await Promise.all([
      network.virtualNetworks.get(group, "net"),
      network.virtualNetworks.beginCreateOrUpdateAndWait(group, "other", {
        location,
        addressSpace: { addressPrefixes: ["10.65.0.0/16"] },
      }),
    ]);
    const half = await network.virtualNetworkPeerings.beginCreateOrUpdateAndWait(group, "net", "to-other", {
      remoteVirtualNetwork: { id: there.id },
    });
    expect(half.peeringState).toBe("Initiated");
    await network.virtualNetworkPeerings.beginCreateOrUpdateAndWait(group, "other", "to-net", {
      remoteVirtualNetwork: { id: here.id },
    });
    const states = await all(network.virtualNetworkPeerings.list(group, "net"));
    expect(states.map(({ peeringState }) => peeringState)).toEqual(["Connected"]);
    await network.virtualNetworkPeerings.beginDeleteAndWait(group, "other", "to-net");
    expect((await network.virtualNetworkPeerings.get(group, "net", "to-other")).peeringState).toBe("Disconnected");
    await network.virtualNetworks.beginDeleteAndWait(group, "other");
    expect(names(await all(network.virtualNetworks.list(group)))).toEqual(["net"]);
  });
});

describe("Databricks workspaces", () => {
  const managed = (name: string) => `/subscriptions/${azure.subscription}/resourceGroups/${name}`;

  it("are created step by step, peered, changed, listed and deleted", async () => {
    const { workspaces, vNetPeering } = azure.databricks;
    const poller = await workspaces.beginCreateOrUpdate(group, "spark", {
      location,
      sku: { name: "premium" },
      managedResourceGroupId: managed("spark-managed"),
    });
    while (!poller.isDone()) {
      await poller.poll();
      await sleep(50);
    }
    const made = poller.getResult();
    expect(made).toMatchObject({ name: "spark", provisioningState: "Succeeded" });
    expect(made?.workspaceUrl).toMatch(/^127\.0\.0\.1:\d+$/);

    const { id } = await azure.network.virtualNetworks.get(group, "net");
    const peering = await vNetPeering.beginCreateOrUpdateAndWait(group, "spark", "to-net", {
      remoteVirtualNetwork: { id },
    });
    expect(peering).toMatchObject({ peeringState: "Initiated", provisioningState: "Succeeded" });
    expect(names(await all(vNetPeering.listByWorkspace(group, "spark")))).toEqual(["to-net"]);
    await vNetPeering.beginDeleteAndWait(group, "spark", "to-net");

    const tagged = await workspaces.beginUpdateAndWait(group, "spark", { tags: { a: "b" } });
    expect(tagged.tags).toEqual({ a: "b" });
    expect(names(await all(workspaces.listByResourceGroup(group)))).toEqual(["spark"]);
    expect(names(await all(workspaces.listBySubscription()))).toEqual(["spark"]);
    await workspaces.beginDeleteAndWait(group, "spark");
    await expect(workspaces.get(group, "spark")).rejects.toMatchObject({ statusCode: 404, code: "ResourceNotFound" });
    expect((await azure.resources.resourceGroups.checkExistence("spark-managed")).body).toBe(false);
  });

  it("that cannot be made end their poller with Azure's reason", async () => {
    await azure.resources.resourceGroups.createOrUpdate("taken", { location });
    const body = { location, sku: { name: "premium" }, managedResourceGroupId: managed("taken") };
    const creation = azure.databricks.workspaces.beginCreateOrUpdateAndWait(group, "blocked", body);
    await expect(creation).rejects.toThrow(/ApplianceProvisioningFailed/);
    expect((await azure.databricks.workspaces.get(group, "blocked")).provisioningState).toBe("Failed");
    await azure.databricks.workspaces.beginDeleteAndWait(group, "blocked");
  });
});

describe("resources of any type, by their ids", () => {
  const apiVersion = "2024-01-01";
  const account = () =>
    `/subscriptions/${azure.subscription}/resourceGroups/${group}/providers/Microsoft.Storage/storageAccounts/generic63`;

  it("are created, read, found by filter, and deleted", async () => {
    const { resources } = azure.resources;
    const body = { location, kind: "StorageV2", sku: { name: "Standard_LRS" }, tags: { a: "b" } };
    const made = await resources.beginCreateOrUpdateByIdAndWait(account(), apiVersion, body);
    expect(made).toMatchObject({
      name: "generic63",
      kind: "StorageV2",
      properties: { provisioningState: "Succeeded" },
    });
    expect((await resources.getById(account(), apiVersion)).id).toBe(account());
    expect((await resources.checkExistenceById(account(), apiVersion)).body).toBe(true);
    const filter = "resourceType eq 'Microsoft.Storage/storageAccounts'";
    expect(names(await all(resources.list({ filter })))).toEqual(["generic63"]);
    expect(names(await all(resources.listByResourceGroup(group)))).toContain("net");
    await resources.beginDeleteByIdAndWait(account(), apiVersion);
    expect((await resources.checkExistenceById(account(), apiVersion)).body).toBe(false);
  });

  it("belong to providers that say what versions they have", async () => {
    const { providers } = azure.resources;
    expect((await all(providers.list())).map(({ namespace }) => namespace)).toContain("Microsoft.Databricks");
    const { registrationState, resourceTypes } = await providers.register("Microsoft.HDInsight");
    expect(registrationState).toBe("Registered");
    expect(resourceTypes?.find(({ resourceType }) => resourceType === "clusters")?.apiVersions).toContain("2021-06-01");
  });
});

describe("errors reach the SDK's user by Azure's codes:", () => {
  const vnet = (prefixes: string[]) => ({ location, addressSpace: { addressPrefixes: prefixes } });
  const cases: [string, number, string, () => Promise<unknown>][] = [
    ["a resource that is not there", 404, "ResourceNotFound", () => azure.network.virtualNetworks.get(group, "none")],
    [
      "a group that is not there",
      404,
      "ResourceGroupNotFound",
      () => azure.network.virtualNetworks.beginCreateOrUpdateAndWait("none", "net", vnet(["10.63.0.0/16"])),
    ],
    [
      "a body that is wrong",
      400,
      "InvalidCIDRNotation",
      () => azure.network.virtualNetworks.beginCreateOrUpdateAndWait(group, "bad", vnet(["10.63.0.1/16"])),
    ],
    [
      "what is still in use",
      400,
      "InUseNetworkSecurityGroupCannotBeDeleted",
      () => azure.network.networkSecurityGroups.beginDeleteAndWait(group, "net-nsg"),
    ],
    [
      "a region that a resource cannot move to",
      409,
      "InvalidResourceLocation",
      () => azure.resources.resourceGroups.createOrUpdate(group, { location: "northeurope" }),
    ],
    [
      "a type that the twin lacks",
      404,
      "InvalidResourceType",
      () => azure.network.applicationGateways.get(group, "gateway"),
    ],
    [
      "a version that the twin lacks",
      400,
      "NoRegisteredProviderFound",
      () => azure.resources.resources.get(group, "Microsoft.Network", "", "virtualNetworks", "net", "1999-01-01"),
    ],
    ["a cluster that is not there", 404, "ResourceNotFound", () => azure.hdinsight.clusters.get(group, "none")],
  ];
  it.each(cases)("%s", async (_what, statusCode, code, call) => {
    await expect(call()).rejects.toMatchObject({ name: "RestError", statusCode, code });
  });

  it("a version that the twin lacks, with those it has", async () => {
    const call = azure.resources.resources.get(group, "Microsoft.Network", "", "virtualNetworks", "net", "1999-01-01");
    await expect(call).rejects.toThrow(/supported api-versions are '.*2025-05-01/);
  });

  it("what the twin lacks, which it keeps by name", () => {
    const names = unsupportedCalls(twin.home).map(({ method, call, apiVersion }) => `${method} ${call} ${apiVersion}`);
    expect(names).toEqual([
      "GET Microsoft.Network/applicationGateways 2025-05-01",
      "GET Microsoft.Network/virtualNetworks 1999-01-01",
    ]);
  });

  it("a secret that is wrong", async () => {
    const stranger = await azureClients(twin.home, { clientSecret: "wrong" });
    await expect(stranger.resources.resourceGroups.get(group)).rejects.toThrow("AADSTS7000215");
  });

  it("a token that is none", async () => {
    const credential = { getToken: async () => ({ token: "made.up.token", expiresOnTimestamp: Date.now() + 60_000 }) };
    const stranger = await azureClients(twin.home, { credential });
    const refused = { name: "RestError", statusCode: 401, code: "InvalidAuthenticationToken" };
    await expect(stranger.resources.resourceGroups.get(group)).rejects.toMatchObject(refused);
  });
});
