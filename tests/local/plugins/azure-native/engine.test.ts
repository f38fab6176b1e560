import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Engine } from "../support/engine";
import { credentials, FakeArm } from "../support/fakeArm";

// Each test runs several Pulumi commands of a few seconds each.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const CANARY = "CANARY-password-of-the-gateway";
const group = `/subscriptions/${credentials.subscriptionId}/resourceGroups/rg`;

/** A program much like the real one: each part can be varied. */
function program(
  options: { tag?: string; sku?: string; vmSize?: string; subnet?: string; more?: string } = {},
): string {
  const { tag = "one", sku = "Standard", vmSize = "E2_V3", subnet = "10.0.0.0/24", more = "" } = options;
  return `
    const rg = new resources.ResourceGroup("rg", { resourceGroupName: "rg", location: "westeurope" });
    const scope = { resourceGroupName: rg.name, location: rg.location };
    const ip = new network.PublicIPAddress("ip", { ...scope, publicIpAddressName: "ip", sku: { name: "${sku}" } });
    const vnet = new network.VirtualNetwork("vnet", {
      ...scope, virtualNetworkName: "vnet", tags: { tag: "${tag}" }, addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
      subnets: [{ name: "kafka", addressPrefix: "${subnet}" }],
    });
    const account = new storage.StorageAccount("account", { ...scope, accountName: "account", kind: "StorageV2", sku: { name: "Standard_LRS" } });
    const keys = storage.listStorageAccountKeysOutput({ resourceGroupName: rg.name, accountName: account.name });
    const key = pulumi.secret(keys.apply((result) => result.keys[0].value));
    const cluster = new hdinsight.Cluster("cluster", {
      ...scope, clusterName: "kafka", properties: {
        clusterVersion: "5.1",
        clusterDefinition: { kind: "Kafka", configurations: { gateway: { "restAuthCredential.password": pulumi.secret("${CANARY}") } } },
        storageProfile: { storageaccounts: [{ name: "account", key, isDefault: true }] },
        computeProfile: { roles: [{ name: "workernode", hardwareProfile: { vmSize: "${vmSize}" } }] },
      },
    }, { replaceOnChanges: ["properties.computeProfile.roles[*].hardwareProfile"], deleteBeforeReplace: true });
    exports.etag = cluster.etag;
    ${more}`;
}

describe("the azure-native plugin under the real engine", () => {
  let arm: FakeArm;
  let engine: Engine;

  beforeAll(async () => {
    arm = await new FakeArm().listen();
    arm.operations.set("Microsoft.HDInsight", {});
    engine = await Engine.start(["azure-native"], arm.environment);
  });
  beforeEach(() => {
    arm.newCalls();
  });
  afterAll(async () => {
    engine.close();
    await arm.close();
  });

  it("previews a new stack without a call, and shows as unknown what only Azure can tell", async () => {
    engine.program(program());
    const { ok, text } = await engine.preview();
    expect(text).toContain("+ 6 to create");
    expect(text).toMatch(/etag\s*: \[unknown\]/);
    expect(text).not.toContain(CANARY);
    expect(ok).toBe(true);
    expect(arm.newCalls()).toEqual([]);
  });

  it("creates everything, waiting where Azure takes its time", async () => {
    const { ok, text } = await engine.up();
    expect(text).toContain("+ 6 created");
    expect(ok).toBe(true);
    expect(arm.find("clusters/kafka").properties).toMatchObject({
      clusterDefinition: { configurations: { gateway: { "restAuthCredential.password": CANARY } } },
      storageProfile: { storageaccounts: [{ key: "c3RvcmFnZS1rZXk=" }] },
    });
    expect(arm.find("virtualnetworks/vnet").properties).toMatchObject({
      subnets: [{ name: "kafka", properties: { addressPrefix: "10.0.0.0/24" } }],
    });
  });

  it("keeps secrets encrypted in the state, those in a larger object too", async () => {
    const text = await engine.stateText();
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain("c3RvcmFnZS1rZXk=");
    expect(text).not.toContain(credentials.clientSecret);
    expect(JSON.stringify(await engine.state(true))).toContain(CANARY);
  });

  it("finds nothing to do the second time", async () => {
    const { text } = await engine.up();
    expect(text).toContain("6 unchanged");
    expect(arm.newCalls().filter((line) => line.startsWith("PUT"))).toEqual([]);
  });

  it("updates in place, and says in the preview which property differs", async () => {
    engine.program(program({ tag: "two", subnet: "10.0.1.0/24" }));
    const preview = await engine.preview();
    expect(preview.text).toMatch(/tag: "one" => "two"/);
    expect(preview.text).toMatch(/addressPrefix: "10.0.0.0\/24" => "10.0.1.0\/24"/);
    expect(arm.newCalls().filter((line) => line.startsWith("PUT"))).toEqual([]);
    const { text } = await engine.up();
    expect(text).toContain("~ 1 updated");
    expect(arm.find("virtualnetworks/vnet")).toMatchObject({ tags: { tag: "two" } });
  });

  it("replaces what cannot be changed", async () => {
    engine.program(program({ tag: "two", subnet: "10.0.1.0/24", sku: "Basic" }));
    const { text } = await engine.up();
    expect(text).toContain("+-1 replaced");
    expect(arm.newCalls().filter((line) => line.includes("publicIPAddresses/ip") && !line.startsWith("GET"))).toEqual([
      `DELETE ${group}/providers/Microsoft.Network/publicIPAddresses/ip`,
      `PUT ${group}/providers/Microsoft.Network/publicIPAddresses/ip`,
    ]);
  });

  it("replaces where the program wants it, even below a secret", async () => {
    engine.program(program({ tag: "two", subnet: "10.0.1.0/24", sku: "Basic", vmSize: "E4_V3" }));
    const { text } = await engine.up();
    expect(text).toMatch(/hdinsight:Cluster cluster (created replacement|replaced)/);
    expect(text).not.toContain(CANARY);
  });

  it("sees on a refresh what was changed elsewhere, and changes it back on the next update", async () => {
    arm.find("virtualnetworks/vnet").tags = { tag: "by hand" };
    const refresh = await engine.refresh();
    expect(refresh.text).toContain("~ 1 updated");
    const up = await engine.up();
    expect(up.text).toContain("~ 1 updated");
    expect(arm.find("virtualnetworks/vnet").tags).toEqual({ tag: "two" });
  });

  it("does not take for a change what Azure adds by itself", async () => {
    const subnets = arm.find("virtualnetworks/vnet").properties?.subnets as { properties: Record<string, unknown> }[];
    subnets[0].properties.ipConfigurations = [{ id: "/nic/of/the/cluster" }];
    arm.find("virtualnetworks/vnet").etag = 'W/"2"';
    await engine.refresh();
    const { text } = await engine.preview();
    expect(text).toContain("6 unchanged");
  });

  it("sees on a refresh that something is gone, and makes it again", async () => {
    arm.resources.delete(`${group}/providers/Microsoft.Network/publicIPAddresses/ip`.toLowerCase());
    const refresh = await engine.refresh();
    expect(refresh.text).toContain("- 1 deleted");
    const up = await engine.up();
    expect(up.text).toContain("+ 1 created");
  });

  it("keeps children of a network that are managed on their own when the network changes", async () => {
    const peering = `
      new network.VirtualNetworkPeering("peering", { resourceGroupName: rg.name, virtualNetworkName: vnet.name,
        virtualNetworkPeeringName: "to-spark", remoteVirtualNetwork: { id: "/other" } });`;
    const options = { subnet: "10.0.1.0/24", sku: "Basic", vmSize: "E4_V3", more: peering };
    engine.program(program({ ...options, tag: "two" }));
    await engine.up();
    const vnet = arm.find("virtualnetworks/vnet");
    vnet.properties = { ...vnet.properties, virtualNetworkPeerings: [{ name: "to-spark", properties: { x: 1 } }] };
    await engine.refresh();
    expect((await engine.preview()).text).toContain("7 unchanged");
    engine.program(program({ ...options, tag: "three" }));
    expect((await engine.up()).text).toContain("~ 1 updated");
    expect(arm.find("virtualnetworks/vnet").properties).toMatchObject({
      virtualNetworkPeerings: [{ name: "to-spark", properties: { x: 1 } }],
    });
  });

  it("destroys everything", async () => {
    const { ok } = await engine.destroy();
    expect(ok).toBe(true);
    expect([...arm.resources.keys()]).toEqual([]);
  });
});

describe("trouble with the azure-native plugin", () => {
  let arm: FakeArm;
  let engine: Engine;
  const nsg = (more = "{}"): string => `
    new network.NetworkSecurityGroup("nsg", { resourceGroupName: "rg", location: "westeurope",
      networkSecurityGroupName: "nsg", tags: { a: "b" } }, ${more});`;
  const nsgId = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg`;

  beforeAll(async () => {
    arm = await new FakeArm().listen();
    engine = await Engine.start(["azure-native"], arm.environment);
  });
  afterAll(async () => {
    engine.close();
    await arm.close();
  });
  beforeEach(async () => {
    await engine.destroy();
    arm.resources.clear();
    arm.operations.clear();
    arm.troubles.clear();
    arm.newCalls();
  });

  const exists = (): void => {
    arm.resources.set(nsgId.toLowerCase(), { id: nsgId, name: "nsg", location: "westeurope", tags: { a: "b" } });
  };

  it("refuses to take over what exists already", async () => {
    exists();
    engine.program(nsg());
    const { ok, text } = await engine.up();
    expect(ok).toBe(false);
    expect(text).toContain(`cannot create already existing resource '${nsgId}'`);
  });

  it("imports what exists when the program says so", async () => {
    exists();
    engine.program(nsg(`{ import: "${nsgId}" }`));
    const { ok, text } = await engine.up();
    expect(text).toContain("= 1 imported");
    expect(ok).toBe(true);
    engine.program(nsg());
    expect((await engine.up()).text).toContain("2 unchanged");
  });

  it("imports what exists from the command line", async () => {
    exists();
    const { ok, text } = await engine.pulumi(
      ...["import", "azure-native:network:NetworkSecurityGroup", "nsg", nsgId],
      ...["--yes", "--skip-preview", "--generate-code=false", "--protect=false"],
    );
    expect(text).toContain("= 1 imported");
    expect(ok).toBe(true);
    const [resource] = await engine.state();
    expect(resource.inputs).toMatchObject({
      resourceGroupName: "rg",
      networkSecurityGroupName: "nsg",
      tags: { a: "b" },
    });
  });

  it("keeps in the state what was created but did not complete, and completes it with the next update", async () => {
    arm.operations.set("networkSecurityGroups", { error: { code: "InternalExecutionError", message: "try again" } });
    engine.program(nsg());
    const { ok, text } = await engine.up();
    expect(ok).toBe(false);
    expect(text).toContain('Status=200 Code="InternalExecutionError" Message="try again"');
    const [incomplete] = await engine.state();
    expect(incomplete).toMatchObject({ id: nsgId, outputs: { name: "nsg" } });
    expect(incomplete.initErrors).toHaveLength(1);
    arm.operations.clear();
    expect((await engine.up()).ok).toBe(true);
    expect((await engine.state())[0].initErrors).toBeUndefined();
  });

  it("honours `ignoreChanges`", async () => {
    engine.program(nsg());
    await engine.up();
    engine.program(nsg(`{ ignoreChanges: ["tags"] }`).replace('a: "b"', 'a: "c"'));
    expect((await engine.up()).text).toContain("2 unchanged");
  });

  it("gives names and locations to resources that have none", async () => {
    await engine.config("azure-native:location", "northeurope");
    engine.program(`exports.name = new resources.ResourceGroup("rg").name;`);
    await engine.up();
    const { name } = await engine.outputs();
    expect(name).toMatch(/^rg[0-9a-f]{8}$/);
    expect(arm.find(String(name)).location).toBe("northeurope");
  });

  it("looks up single resources and who is signed in", async () => {
    exists();
    engine.program(`
      exports.tags = network.getNetworkSecurityGroupOutput({ resourceGroupName: "rg", networkSecurityGroupName: "nsg" }).tags;
      exports.me = authorization.getClientConfigOutput();`);
    const { text, ok } = await engine.up();
    expect(text).not.toContain("error");
    expect(ok).toBe(true);
    expect(await engine.outputs()).toMatchObject({
      tags: { a: "b" },
      me: { objectId: "the-object", tenantId: credentials.tenantId },
    });
  });

  it("names what it does not cover, and says who does", async () => {
    engine.program(`new network.RouteTable("routes", { resourceGroupName: "rg" });`);
    const { ok, text } = await engine.preview();
    expect(ok).toBe(false);
    expect(text).toContain("the bundled azure-native plugin has no resource type `azure-native:network:RouteTable`");
    expect(text).toContain("pulumi plugin install resource azure-native 3.28.0");
  });

  it("previews without credentials and says which are missing when they are needed", async () => {
    const bare = await Engine.start(["azure-native"]);
    try {
      bare.program(`new resources.ResourceGroup("rg", { location: "westeurope" });`);
      expect((await bare.preview()).ok).toBe(true);
      const { ok, text } = await bare.up();
      expect(ok).toBe(false);
      expect(text).toContain("cannot sign in to Azure: `azure-native:subscriptionId` (or ARM_SUBSCRIPTION_ID)");
    } finally {
      bare.close();
    }
  });
});
