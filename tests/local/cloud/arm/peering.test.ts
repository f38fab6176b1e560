import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { group, location, provider, subscription, TestArm } from "./twin";

let arm: TestArm;
let round = 0;
const network = (name: string) => `${provider("Network")}/virtualNetworks/${name}`;
const half = (local: string, name = "peer") => `${network(local)}/virtualNetworkPeerings/${name}`;
const to = (remote: string, more: object = {}) => ({ properties: { remoteVirtualNetwork: { id: remote }, ...more } });
const stateOf = async (id: string) => (await arm.get(id)).body.properties.peeringState;

beforeAll(async () => {
  arm = await TestArm.start();
});
afterAll(() => arm.stop());

async function addNetwork(name: string, prefix: string): Promise<void> {
  await arm.create(network(name), { location, properties: { addressSpace: { addressPrefixes: [prefix] } } });
}

/** A group of its own for each test, with a workspace and networks a and b. */
beforeEach(async () => {
  if (round++ > 0) await arm.destroy(group);
  await arm.put(group, { location });
  await addNetwork("a", "10.0.0.0/16");
  await addNetwork("b", "10.1.0.0/16");
});

describe("a peering of two networks", () => {
  it("is Initiated with one half, Connected with both, and shows the other's address space", async () => {
    await arm.create(half("a"), to(network("b")));
    expect(await stateOf(half("a"))).toBe("Initiated");
    const second = await arm.create(half("b"), to(network("a")));
    expect(second.properties).toMatchObject({
      peeringState: "Connected",
      peeringSyncLevel: "FullyInSync",
      allowVirtualNetworkAccess: true,
      remoteAddressSpace: { addressPrefixes: ["10.0.0.0/16"] },
    });
    expect(await stateOf(half("a"))).toBe("Connected");
    expect((await arm.get(network("a"))).body.properties.virtualNetworkPeerings).toHaveLength(1);
  });

  it("leaves the other half Disconnected when one goes, which must be made again before they connect", async () => {
    await arm.create(half("a"), to(network("b")));
    await arm.create(half("b"), to(network("a")));
    await arm.destroy(half("b"));
    expect(await stateOf(half("a"))).toBe("Disconnected");
    const alone = await arm.put(half("b"), to(network("a")));
    expect(alone).toMatchObject({ status: 400, body: { error: { code: "RemotePeeringIsDisconnected" } } });
    await arm.create(half("a"), to(network("b")));
    expect(await stateOf(half("a"))).toBe("Initiated");
    await arm.create(half("b"), to(network("a")));
    expect(await stateOf(half("a"))).toBe("Connected");
  });

  it("leaves the other half Disconnected when a network goes", async () => {
    await arm.create(half("a"), to(network("b")));
    await arm.create(half("b"), to(network("a")));
    await arm.destroy(network("b"));
    expect(await stateOf(half("a"))).toBe("Disconnected");
  });

  it("survives a PUT of the network that names no peerings, and a PUT of a half that changes a flag", async () => {
    await arm.create(half("a"), to(network("b")));
    await arm.create(half("b"), to(network("a")));
    await addNetwork("a", "10.0.0.0/16");
    await arm.create(half("a"), to(network("b"), { allowForwardedTraffic: true }));
    expect((await arm.get(half("a"))).body.properties).toMatchObject({
      peeringState: "Connected",
      allowForwardedTraffic: true,
    });
  });

  it.each([
    ["VnetAddressSpacesOverlap", "10.0.128.0/17", {}],
    ["RemoteVnetHasNoGateways", "10.2.0.0/16", { useRemoteGateways: true }],
  ])("is refused with %s", async (code, prefix, more) => {
    await addNetwork("c", prefix);
    expect((await arm.put(half("a"), to(network("c"), more))).body.error.code).toBe(code);
  });

  it("is refused to a network that is not there, to itself, twice, and to another than before", async () => {
    expect((await arm.put(half("a"), to(network("none")))).body.error.code).toBe("InvalidResourceReference");
    expect((await arm.put(half("a"), to("b"))).body.error.code).toBe("LinkedInvalidPropertyId");
    expect((await arm.put(half("a"), to(network("a")))).status).toBe(400);
    await arm.create(half("a"), to(network("b")));
    expect((await arm.put(half("a", "again"), to(network("b")))).body.error.code).toBe(
      "AnotherPeeringAlreadyReferencesRemoteVnet",
    );
    await addNetwork("c", "10.2.0.0/16");
    expect((await arm.put(half("a"), to(network("c")))).status).toBe(400);
  });

  it("is refused when the other network overlaps a third that is peered already", async () => {
    await addNetwork("c", "10.1.0.0/24");
    await arm.create(half("a"), to(network("b")));
    const response = await arm.put(half("a", "third"), to(network("c")));
    expect(response.body.error.code).toBe("VnetAddressSpaceOverlapsWithAlreadyPeeredVnet");
  });

  it("keeps a network from growing into the other", async () => {
    await arm.create(half("a"), to(network("b")));
    const grown = await arm.put(network("a"), {
      location,
      properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16", "10.1.0.0/24"] } },
    });
    expect(grown.body.error.code).toBe("VnetAddressSpacesOverlap");
  });
});

describe("a peering of a Databricks workspace", () => {
  const workspace = `${provider("Databricks")}/workspaces/dbx`;
  const managed = `${subscription}/resourceGroups/dbx-managed`;
  const workersNetwork = `${managed}/providers/Microsoft.Network/virtualNetworks/workers-vnet`;
  const workspaceHalf = `${workspace}/virtualNetworkPeerings/kafka`;

  beforeEach(async () => {
    await arm.create(workspace, {
      location,
      sku: { name: "premium" },
      properties: { computeMode: "Hybrid", managedResourceGroupId: managed },
    });
  });

  it("fills in the managed network, and both halves connect", async () => {
    const first = await arm.create(workspaceHalf, to(network("a")));
    expect(first.properties).toMatchObject({
      peeringState: "Initiated",
      provisioningState: "Succeeded",
      databricksVirtualNetwork: { id: workersNetwork },
      databricksAddressSpace: { addressPrefixes: ["10.139.0.0/16"] },
      remoteAddressSpace: { addressPrefixes: ["10.0.0.0/16"] },
    });
    await arm.create(half("a"), to(first.properties.databricksVirtualNetwork.id));
    expect(await stateOf(workspaceHalf)).toBe("Connected");
    expect(await stateOf(half("a"))).toBe("Connected");
    await arm.destroy(workspaceHalf);
    expect(await stateOf(half("a"))).toBe("Disconnected");
  });

  it("cannot be made from the managed network itself, whose group is locked", async () => {
    const response = await arm.put(`${workersNetwork}/virtualNetworkPeerings/x`, to(network("a")));
    expect(response).toMatchObject({ status: 403, body: { error: { code: "DenyAssignmentAuthorizationFailed" } } });
    expect(response.body.error.message).toContain("deny assignment");
  });

  it("is refused to a network that overlaps the managed one", async () => {
    await addNetwork("c", "10.139.4.0/24");
    expect((await arm.put(workspaceHalf, to(network("c")))).body.error.code).toBe("VnetAddressSpacesOverlap");
  });

  it("leaves the other half Disconnected when the workspace goes", async () => {
    await arm.create(workspaceHalf, to(network("a")));
    await arm.create(half("a"), to(workersNetwork));
    await arm.destroy(workspace);
    expect(await stateOf(half("a"))).toBe("Disconnected");
    expect((await arm.get(managed)).status).toBe(404);
  });
});
