import { describe, expect, it } from "vitest";
import { DatabricksNetwork, DatabricksWorkspace } from "../../../components";
import { Recording, settled } from "../recording";

const rg = "/subscriptions/1-2/resourceGroups/rg";

describe("a workspace in a network of one's own", () => {
  const place = { resourceGroupName: "rg", location: "westeurope" };
  const workspace = { ...place, resourceGroupId: rg, workspaceName: "streams", authType: "azure-cli" as const };

  it("has its nodes in two delegated subnets with a security group and a way out", async () => {
    const recording = new Recording();
    const network = new DatabricksNetwork("net", {
      ...place,
      addressSpace: "10.140.0.0/16",
      hostSubnetPrefix: "10.140.0.0/18",
      containerSubnetPrefix: "10.140.64.0/18",
    });
    const made = new DatabricksWorkspace("w", { ...workspace, network });
    await settled(made.resource.urn);
    expect(recording.named("w-workspace").inputs.parameters).toEqual({
      enableNoPublicIp: { value: true },
      customVirtualNetworkId: { value: "net-vnet-id" },
      customPublicSubnetName: { value: "databricks-host" },
      customPrivateSubnetName: { value: "databricks-container" },
    });
    const subnet = (name: string, addressPrefix: string) => ({
      name,
      addressPrefix,
      natGateway: { id: "net-nat-id" },
      networkSecurityGroup: { id: "net-nsg-id" },
      delegations: [{ name: "databricks", serviceName: "Microsoft.Databricks/workspaces" }],
    });
    expect(recording.named("net-vnet").inputs).toMatchObject({
      addressSpace: { addressPrefixes: ["10.140.0.0/16"] },
      subnets: [subnet("databricks-host", "10.140.0.0/18"), subnet("databricks-container", "10.140.64.0/18")],
    });
    expect(recording.named("net-nsg").inputs).not.toHaveProperty("securityRules");
    expect(recording.named("net-nat").inputs.publicIpAddresses).toEqual([{ id: "net-nat-ip-id" }]);
  });

  it("can have it in a network that is there already", async () => {
    const recording = new Recording();
    const network = {
      virtualNetwork: { id: "/hub", name: "hub" },
      hostSubnetName: "hosts",
      containerSubnetName: "containers",
    };
    const made = new DatabricksWorkspace("w", { ...workspace, network });
    await settled(made.resource.urn);
    expect(recording.named("w-workspace").inputs.parameters).toMatchObject({
      customVirtualNetworkId: { value: "/hub" },
      customPublicSubnetName: { value: "hosts" },
      customPrivateSubnetName: { value: "containers" },
    });
    expect(recording.resources.some(({ type }) => type.startsWith("azure-native:network"))).toBe(false);
  });

  it("is in one network: neither none nor two are accepted", async () => {
    const recording = new Recording();
    const network = { virtualNetwork: { id: "/hub", name: "hub" }, hostSubnetName: "a", containerSubnetName: "b" };
    expect(() => new DatabricksWorkspace("w", workspace)).toThrow(/needs one of the two: `managedAddressPrefix`/);
    expect(() => new DatabricksWorkspace("w", { ...workspace, network, managedAddressPrefix: "10.139" })).toThrow(
      /needs one of the two/,
    );
    await recording.finished();
  });
});
