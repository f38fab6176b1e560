import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createNetwork, group, type Json, location, provider, subscription, TestArm } from "./twin";

let arm: TestArm;
const workspace = (name: string) => `${provider("Databricks")}/workspaces/${name}`;
const managed = (name: string) => `${subscription}/resourceGroups/${name}-managed`;
const body = (name: string, properties: object = {}): Json => ({
  location,
  sku: { name: "premium" },
  properties: { computeMode: "Hybrid", managedResourceGroupId: managed(name), ...properties },
});

beforeAll(async () => {
  arm = await TestArm.start();
  await arm.put(group, { location });
});
afterAll(() => arm.stop());

describe("a workspace", () => {
  it("is Accepted, then has an address, a numeric id and its parameters", async () => {
    const response = await arm.put(workspace("first"), body("first"));
    expect(response).toMatchObject({ status: 201, body: { properties: { provisioningState: "Accepted" } } });
    await arm.finish(response);
    const { properties } = (await arm.get(workspace("first"))).body;
    expect(properties).toMatchObject({
      provisioningState: "Succeeded",
      workspaceUrl: "127.0.0.1:40001",
      workspaceId: "1001",
      parameters: {
        enableNoPublicIp: { type: "Bool", value: true },
        vnetAddressPrefix: { type: "String", value: "10.139" },
      },
    });
    expect(arm.databricks.workspaces.get(workspace("first"))).toBe("first");
  });

  it("keeps a locked resource group with its network and storage", async () => {
    const id = managed("first");
    expect((await arm.get(id)).body.managedBy).toBe(workspace("first"));
    const vnet = (await arm.get(`${id}/providers/Microsoft.Network/virtualNetworks/workers-vnet`)).body;
    expect(vnet.properties).toMatchObject({
      addressSpace: { addressPrefixes: ["10.139.0.0/16"] },
      subnets: [
        { name: "public-subnet", properties: { addressPrefix: "10.139.0.0/18" } },
        { name: "private-subnet", properties: { addressPrefix: "10.139.64.0/18" } },
      ],
    });
    const denied = [
      await arm.put(`${id}/providers/Microsoft.Network/virtualNetworks/mine`, {}),
      await arm.patch(`${id}/providers/Microsoft.Network/virtualNetworks/workers-vnet`, { tags: {} }),
      await arm.delete(`${id}/providers/Microsoft.Network/virtualNetworks/workers-vnet`),
      await arm.delete(id),
    ];
    for (const response of denied) {
      expect(response).toMatchObject({ status: 403, body: { error: { code: "DenyAssignmentAuthorizationFailed" } } });
    }
  });

  it("goes with its managed group", async () => {
    await arm.create(workspace("leaving"), body("leaving"));
    await arm.destroy(workspace("leaving"));
    expect((await arm.get(managed("leaving"))).status).toBe(404);
    expect(arm.databricks.workspaces.has(workspace("leaving"))).toBe(false);
  });

  it("takes another address range, and keeps its address through an update", async () => {
    const range = { parameters: { vnetAddressPrefix: { value: "10.200" } } };
    const made = await arm.create(workspace("range"), body("range", range));
    const vnet = await arm.get(`${managed("range")}/providers/Microsoft.Network/virtualNetworks/workers-vnet`);
    expect(vnet.body.properties.addressSpace.addressPrefixes).toEqual(["10.200.0.0/16"]);
    const updated = await arm.create(workspace("range"), {
      ...body("range", { ...range, publicNetworkAccess: "Disabled" }),
      tags: { a: "b" },
    });
    expect(updated.properties).toMatchObject({
      publicNetworkAccess: "Disabled",
      workspaceUrl: made.properties.workspaceUrl,
    });
    expect(updated.tags).toEqual({ a: "b" });
  });

  it("is Hybrid for clients from before there was a choice", async () => {
    const { computeMode: _none, ...properties } = body("older").properties;
    const url = `${workspace("older")}?api-version=2023-02-01`;
    await arm.finish(await arm.put(url, { ...body("older"), properties }));
    expect((await arm.get(workspace("older"))).body.properties.computeMode).toBe("Hybrid");
  });

  it("fails when its managed group exists already, and leaves that group alone", async () => {
    await arm.put(managed("taken"), { location });
    const response = await arm.put(workspace("taken"), body("taken"));
    await expect(arm.finish(response)).rejects.toThrow(/ApplianceProvisioningFailed.*already exists/);
    expect((await arm.get(workspace("taken"))).body.properties.provisioningState).toBe("Failed");
    await arm.destroy(workspace("taken"));
    expect((await arm.get(managed("taken"))).status).toBe(200);
  });

  it.each<[string, Json]>([
    ["computeMode", body("bad", { computeMode: undefined })],
    [
      "`managedResourceGroupId` cannot be given with computeMode 'Serverless'",
      body("bad", { computeMode: "Serverless" }),
    ],
    ["no Serverless workspaces", body("bad", { computeMode: "Serverless", managedResourceGroupId: undefined })],
    ["needs the id of a resource group", body("bad", { managedResourceGroupId: undefined })],
    ["needs the id of a resource group", body("bad", { managedResourceGroupId: "just-a-name" })],
    ["must be 'premium'", { ...body("bad"), sku: { name: "standard" } }],
    ["first two octets", body("bad", { parameters: { vnetAddressPrefix: { value: "10.139.0.0/16" } } })],
    ["go together", body("bad", { parameters: { customVirtualNetworkId: { value: "/x" } } })],
  ])("is refused: %s", async (message, request) => {
    const response = await arm.put(workspace("bad"), request);
    expect(response.status).toBe(400);
    expect(response.body.error.message).toContain(message);
  });

  it.each([
    ["managedResourceGroupId", { managedResourceGroupId: managed("elsewhere") }],
    ["vnetAddressPrefix", { parameters: { vnetAddressPrefix: { value: "10.140" } } }],
  ])("cannot change its %s", async (name, properties) => {
    const response = await arm.put(workspace("first"), body("first", properties));
    expect(response.body.error.message).toContain(`\`${name}\``);
    expect(response.body.error.code).toBe("PropertyCannotBeChanged");
  });
});

describe("a workspace in a network of the user's", () => {
  const delegation = { name: "databricks", properties: { serviceName: "Microsoft.Databricks/workspaces" } };
  const vnet = `${provider("Network")}/virtualNetworks/spark`;
  const parameters = {
    customVirtualNetworkId: { value: vnet },
    customPublicSubnetName: { value: "public" },
    customPrivateSubnetName: { value: "private" },
  };

  it("needs both subnets delegated and secured, occupies them, and cannot be peered itself", async () => {
    const { nsg } = await createNetwork(arm);
    const subnets = (more: object) =>
      ["public", "private"].map((name, index) => ({
        name,
        properties: { addressPrefix: `10.20.${index}.0/26`, ...more },
      }));
    const write = (more: object) =>
      arm.create(vnet, {
        location,
        properties: { addressSpace: { addressPrefixes: ["10.20.0.0/16"] }, subnets: subnets(more) },
      });
    const attempt = async () => (await arm.put(workspace("injected"), body("injected", { parameters }))).body;

    await write({});
    expect((await attempt()).error.message).toContain("delegated");
    await write({ delegations: [delegation] });
    expect((await attempt()).error.message).toContain("security group");
    await write({ delegations: [delegation], networkSecurityGroup: { id: nsg } });
    await arm.create(workspace("injected"), body("injected", { parameters }));

    const managedVnet = `${managed("injected")}/providers/Microsoft.Network/virtualNetworks/workers-vnet`;
    expect((await arm.get(managedVnet)).status).toBe(404);
    expect((await arm.delete(vnet)).body.error.code).toBe("InUseSubnetCannotBeDeleted");
    const peering = await arm.put(`${workspace("injected")}/virtualNetworkPeerings/x`, {
      properties: { remoteVirtualNetwork: { id: vnet } },
    });
    expect(peering.body.error.code).toBe("VNetPeeringNotSupported");
    await arm.destroy(workspace("injected"));
    await arm.destroy(vnet);
  });
});

describe("the security group of a workspace in a network of the user's", () => {
  const begin = "Microsoft.Databricks-workspaces_UseOnly_databricks-";

  it("gets Databricks' rules, and keeps them as long as the workspace is there", async () => {
    const group = `${provider("Network")}/networkSecurityGroups/spark`;
    const vnet = `${provider("Network")}/virtualNetworks/held`;
    const tagged = { location, tags: { team: "data" } };
    await arm.create(group, { location, properties: {} });
    const subnet = (name: string, index: number) => ({
      name,
      properties: {
        addressPrefix: `10.30.${index}.0/26`,
        delegations: [{ name: "databricks", properties: { serviceName: "Microsoft.Databricks/workspaces" } }],
        networkSecurityGroup: { id: group },
      },
    });
    const subnets = [subnet("public", 0), subnet("private", 1)];
    await arm.create(vnet, { location, properties: { addressSpace: { addressPrefixes: ["10.30.0.0/16"] }, subnets } });
    const parameters = {
      customVirtualNetworkId: { value: vnet },
      customPublicSubnetName: { value: "public" },
      customPrivateSubnetName: { value: "private" },
      enableNoPublicIp: { value: true },
    };
    await arm.create(workspace("held"), body("held", { parameters }));

    const rules = async () => (await arm.get(group)).body.properties.securityRules as { name: string }[];
    const names = (await rules()).map(({ name }) => name.replace(begin, "")).sort();
    expect(names).toEqual([
      ...["worker-to-databricks-webapp", "worker-to-eventhub", "worker-to-sql", "worker-to-storage"],
      ...["worker-to-worker-inbound", "worker-to-worker-outbound"],
    ]);
    const conflict = { code: "ConflictWithNetworkIntentPolicy" };
    const withoutAny = await arm.put(group, { ...tagged, properties: { securityRules: [] } });
    expect(withoutAny.body.error).toMatchObject(conflict);
    expect((await arm.delete(`${group}/securityRules/${begin}worker-to-sql`)).body.error).toMatchObject(conflict);
    await arm.create(group, { ...tagged, properties: { securityRules: await rules() } });
    expect(await rules()).toHaveLength(6);

    await arm.destroy(workspace("held"));
    await arm.destroy(`${group}/securityRules/${begin}worker-to-sql`);
    expect(await rules()).toHaveLength(5);
    await arm.destroy(vnet);
    await arm.destroy(group);
  });

  it("lets the control plane in where nodes have public addresses, and leaves it out where that is private", async () => {
    const held = async (name: string, properties: object, parameters: object = {}) => {
      const group = `${provider("Network")}/networkSecurityGroups/${name}`;
      const vnet = `${provider("Network")}/virtualNetworks/${name}`;
      await arm.create(group, { location, properties: {} });
      const subnets = ["a", "b"].map((subnet, index) => ({
        name: subnet,
        properties: {
          addressPrefix: `10.31.${index}.0/26`,
          delegations: [{ name: "databricks", properties: { serviceName: "Microsoft.Databricks/workspaces" } }],
          networkSecurityGroup: { id: group },
        },
      }));
      await arm.create(vnet, {
        location,
        properties: { addressSpace: { addressPrefixes: ["10.31.0.0/16"] }, subnets },
      });
      const given = {
        customVirtualNetworkId: { value: vnet },
        customPublicSubnetName: { value: "a" },
        customPrivateSubnetName: { value: "b" },
        ...parameters,
      };
      await arm.create(workspace(name), body(name, { parameters: given, ...properties }));
      const { securityRules } = (await arm.get(group)).body.properties;
      await arm.destroy(workspace(name));
      await arm.destroy(vnet);
      await arm.destroy(group);
      return (securityRules as { name: string }[]).map((rule) => rule.name.replace(begin, ""));
    };
    expect(await held("open", {}, { enableNoPublicIp: { value: false } })).toContain("control-plane-to-worker-ssh");
    const closed = await held(
      "closed",
      { requiredNsgRules: "NoAzureDatabricksRules" },
      { enableNoPublicIp: { value: true } },
    );
    expect(closed).toContain("worker-to-storage");
    expect(closed.filter((name) => /control-plane|webapp/.test(name))).toEqual([]);
  });
});

describe("a resource group with everything in it", () => {
  it("goes in order of need, with the workspace's managed group", async () => {
    const everything = `${subscription}/resourceGroups/everything`;
    const inside = (id: string) => id.replace("/resourceGroups/rg/", "/resourceGroups/everything/");
    await arm.put(everything, { location });
    await arm.create(inside(workspace("whole")), body("whole"));
    await arm.create(inside(`${provider("Network")}/networkSecurityGroups/one`), { location, properties: {} });
    await arm.create(inside(`${provider("Network")}/virtualNetworks/one`), {
      location,
      properties: {
        addressSpace: { addressPrefixes: ["10.30.0.0/16"] },
        subnets: [
          {
            name: "a",
            properties: {
              addressPrefix: "10.30.0.0/24",
              networkSecurityGroup: { id: inside(`${provider("Network")}/networkSecurityGroups/one`) },
            },
          },
        ],
      },
    });
    await arm.destroy(everything);
    for (const id of [everything, managed("whole")]) expect((await arm.get(id)).status).toBe(404);
  });

  it("stays, usable, when something outside still needs a part of it", async () => {
    const shared = `${subscription}/resourceGroups/shared`;
    await arm.put(shared, { location });
    const nsg = `${shared}/providers/Microsoft.Network/networkSecurityGroups/one`;
    await arm.create(nsg, { location, properties: {} });
    const vnet = `${provider("Network")}/virtualNetworks/user`;
    await arm.create(vnet, {
      location,
      properties: {
        addressSpace: { addressPrefixes: ["10.31.0.0/16"] },
        subnets: [{ name: "a", properties: { addressPrefix: "10.31.0.0/24", networkSecurityGroup: { id: nsg } } }],
      },
    });
    await expect(arm.destroy(shared)).resolves.toMatchObject({
      status: 409,
      body: { error: { code: "ResourceGroupDeletionBlocked" } },
    });
    expect((await arm.get(shared)).body.properties.provisioningState).toBe("Succeeded");
    expect((await arm.get(nsg)).status).toBe(200);
    await arm.destroy(vnet);
    await arm.destroy(shared);
  });
});
