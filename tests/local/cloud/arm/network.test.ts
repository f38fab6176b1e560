import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createNetwork, group, location, networkBody, provider, TestArm } from "./twin";

const network = provider("Network");
let arm: TestArm;

beforeAll(async () => {
  arm = await TestArm.start();
  await arm.put(group, { location });
});
afterAll(() => arm.stop());

const vnet = (prefixes: string[], more: object = {}) => ({
  location,
  properties: { addressSpace: { addressPrefixes: prefixes }, ...more },
});

describe("virtual networks", () => {
  it("show their subnets, and security group and gateway show the subnets that use them", async () => {
    const ids = await createNetwork(arm);
    const shown = (await arm.get(ids.vnet)).body;
    expect(shown.properties.provisioningState).toBe("Succeeded");
    expect(shown.properties.subnets).toMatchObject([
      { id: ids.subnet, name: "kafka", properties: { addressPrefix: "10.0.0.0/24", provisioningState: "Succeeded" } },
    ]);
    expect((await arm.get(ids.nsg)).body.properties.subnets).toEqual([{ id: ids.subnet }]);
    expect((await arm.get(ids.nat)).body.properties.subnets).toEqual([{ id: ids.subnet }]);
    expect((await arm.get(ids.ip)).body.properties.natGateway).toEqual({ id: ids.nat });
  });

  it("answer a PUT at once as Updating and are followed by Azure-AsyncOperation", async () => {
    const response = await arm.put(`${network}/virtualNetworks/async`, vnet(["10.50.0.0/16"]));
    expect(response.status).toBe(201);
    expect(response.body.properties.provisioningState).toBe("Updating");
    expect(response.headers["azure-asyncoperation"]).toContain("/locations/westeurope/operationStatuses/");
    expect(response.headers["retry-after"]).toBe("1");
    const done = await arm.finish(response);
    expect(done.body).toMatchObject({ status: "Succeeded" });
  });

  it.each([
    ["InvalidCIDRNotation", vnet(["10.0.0.1/16"])],
    ["NetcfgInvalidVirtualNetworkAddressSpace", vnet(["10.60.0.0/16", "10.60.1.0/24"])],
    [
      "NetcfgSubnetRangeOutsideVnet",
      vnet(["10.60.0.0/16"], { subnets: [{ name: "a", properties: { addressPrefix: "10.61.0.0/24" } }] }),
    ],
    [
      "NetcfgSubnetRangesOverlap",
      vnet(["10.60.0.0/16"], {
        subnets: [
          { name: "a", properties: { addressPrefix: "10.60.0.0/23" } },
          { name: "b", properties: { addressPrefix: "10.60.1.0/24" } },
        ],
      }),
    ],
    [
      "InvalidResourceReference",
      vnet(["10.60.0.0/16"], {
        subnets: [
          {
            name: "a",
            properties: {
              addressPrefix: "10.60.0.0/24",
              natGateway: { id: `${network}/natGateways/absent` },
            },
          },
        ],
      }),
    ],
    ["InvalidRequestContent", { location, properties: {} }],
    ["LocationRequired", { properties: { addressSpace: { addressPrefixes: ["10.60.0.0/16"] } } }],
    ["LocationNotAvailableForResourceType", { ...vnet(["10.60.0.0/16"]), location: "atlantis" }],
  ])("are refused with %s", async (code, body) => {
    const response = await arm.put(`${network}/virtualNetworks/bad`, body);
    expect(response.status).toBe(400);
    expect(response.body.error.code).toBe(code);
    expect((await arm.get(`${network}/virtualNetworks/bad`)).status).toBe(404);
  });

  it("lose the subnets that a PUT leaves out, and the gateway is free again", async () => {
    const ids = await createNetwork(arm, "10.70.0.0/16", "shrinking");
    expect((await arm.delete(ids.nat)).body.error.code).toBe("InUseNatGatewayCannotBeDeleted");
    expect((await arm.delete(ids.nsg)).body.error.code).toBe("InUseNetworkSecurityGroupCannotBeDeleted");
    expect((await arm.delete(ids.ip)).body.error.code).toBe("PublicIPAddressCannotBeDeleted");
    await arm.create(ids.vnet, vnet(["10.70.0.0/16"]));
    expect((await arm.get(ids.subnet)).status).toBe(404);
    for (const id of [ids.nat, ids.ip, ids.nsg, ids.vnet]) await arm.destroy(id);
    for (const id of [ids.nat, ids.ip, ids.nsg, ids.vnet]) expect((await arm.get(id)).status).toBe(404);
  });

  it("take back what GET returned without a change", async () => {
    const ids = await createNetwork(arm, "10.80.0.0/16", "again");
    const before = (await arm.get(ids.vnet)).body;
    const after = await arm.create(ids.vnet, before);
    const plain = (body: unknown) => JSON.parse(JSON.stringify(body, (key, value) => (key === "etag" ? 0 : value)));
    expect(plain(after)).toEqual(plain(before));
  });

  it("change their tags by PATCH and nothing else", async () => {
    const ids = await createNetwork(arm, "10.90.0.0/16", "tagged");
    expect((await arm.patch(ids.vnet, { tags: { a: "b" } })).body.tags).toEqual({ a: "b" });
    expect((await arm.patch(ids.vnet, { properties: {} })).status).toBe(400);
    expect((await arm.get(ids.vnet)).body.properties.subnets).toHaveLength(1);
  });

  it("cannot move to another region", async () => {
    const ids = await createNetwork(arm, "10.91.0.0/16", "fixed");
    const moved = await arm.put(ids.vnet, { ...networkBody("10.91.0.0/16", ids), location: "eastus" });
    expect(moved).toMatchObject({ status: 409, body: { error: { code: "InvalidResourceLocation" } } });
  });
});

describe("subnets as resources of their own", () => {
  it("are checked against their siblings and removed with their network", async () => {
    const id = `${network}/virtualNetworks/parent`;
    const child = `${id}/subnets/one`;
    expect((await arm.put(child, { properties: { addressPrefix: "10.65.0.0/24" } })).body.error.code).toBe(
      "ParentResourceNotFound",
    );
    await arm.create(id, vnet(["10.65.0.0/16"]));
    await arm.create(child, { properties: { addressPrefix: "10.65.0.0/24" } });
    const clash = await arm.put(`${id}/subnets/two`, { properties: { addressPrefixes: ["10.65.0.128/25"] } });
    expect(clash.body.error.code).toBe("NetcfgSubnetRangesOverlap");
    expect((await arm.get(`${id}/subnets`)).body.value.map((subnet: { name: string }) => subnet.name)).toEqual(["one"]);
    await arm.destroy(id);
    expect((await arm.get(child)).status).toBe(404);
  });
});

describe("security groups", () => {
  const rule = (name: string, more: object = {}) => ({
    name,
    properties: {
      protocol: "Tcp",
      access: "Allow",
      direction: "Inbound",
      priority: 200,
      sourceAddressPrefix: "*",
      sourcePortRange: "*",
      destinationAddressPrefix: "*",
      destinationPortRange: "22",
      ...more,
    },
  });

  it("have the rules of every group beside their own", async () => {
    const id = `${network}/networkSecurityGroups/rules`;
    const made = await arm.create(id, { location, properties: { securityRules: [rule("ssh")] } });
    expect(made.properties.securityRules).toMatchObject([{ id: `${id}/securityRules/ssh` }]);
    expect(made.properties.defaultSecurityRules.map((one: { name: string }) => one.name)).toContain("DenyAllInBound");
    expect((await arm.get(`${id}/securityRules/ssh`)).body.properties.destinationPortRange).toBe("22");
  });

  it.each([
    ["SecurityRuleConflict", [rule("a"), rule("b")]],
    ["SecurityRuleInvalidPriority", [rule("a", { priority: 99 })]],
    ["SecurityRuleParameterMissing", [rule("a", { destinationPortRange: undefined })]],
    ["InvalidRequestContent", [rule("a", { direction: "Sideways" })]],
  ])("are refused with %s", async (code, securityRules) => {
    const id = `${network}/networkSecurityGroups/bad`;
    const response = await arm.put(id, { location, properties: { securityRules } });
    expect(response.body.error.code).toBe(code);
  });
});

describe("public addresses", () => {
  it.each([
    ["IPv4BasicSkuPublicIpCountLimitReached", { location }],
    ["StandardSkuPublicIPAddressesCannotHaveDynamicAllocation", { location, sku: { name: "Standard" } }],
  ])("are refused with %s, as Azure does by now", async (code, body) => {
    expect((await arm.put(`${network}/publicIPAddresses/bad`, body)).body.error.code).toBe(code);
  });

  it("come from the range that is reserved for documentation and are given to one gateway only", async () => {
    const ids = await createNetwork(arm, "10.92.0.0/16", "public");
    expect((await arm.get(ids.ip)).body.properties.ipAddress).toMatch(/^203\.0\.113\.\d+$/);
    const second = await arm.put(`${network}/natGateways/second`, {
      location,
      sku: { name: "Standard" },
      properties: { publicIpAddresses: [{ id: ids.ip }] },
    });
    expect(second.body.error.code).toBe("PublicIPAddressInUse");
  });
});
