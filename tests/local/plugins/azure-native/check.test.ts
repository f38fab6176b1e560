import { describe, expect, it } from "vitest";
import { problems, withName } from "../../../../local/plugins/azure-native/check";
import { inputsOfId, resourceId } from "../../../../local/plugins/azure-native/resourceId";
import { readSettings } from "../../../../local/plugins/azure-native/settings";
import { autoName, type ResourceSpec } from "../../../../local/plugins/azure-native/spec";
import { specs } from "../../../../local/plugins/azure-native/tables";
import type { CheckRequest } from "../../../../local/plugins/rpc/provider";
import { UNKNOWN } from "../../../../local/plugins/rpc/values";

const spec = (token: string): ResourceSpec => specs.get(`azure-native:${token}`) as ResourceSpec;
const request = (news: CheckRequest["news"], more: Partial<CheckRequest> = {}): CheckRequest => ({
  news,
  olds: {},
  randomSeed: new Uint8Array([7]),
  ...more,
});

describe("ids", () => {
  const path = spec("databricks:VNetPeering").path;
  const inputs = { resourceGroupName: "rg", workspaceName: "my workspace", peeringName: "to-kafka" };

  it("are made of the inputs and say which inputs made them", () => {
    const id = resourceId(path, "sub", inputs);
    expect(id).toBe(
      "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Databricks/workspaces/my%20workspace/virtualNetworkPeerings/to-kafka",
    );
    expect(inputsOfId(path, id.toUpperCase().replace("MY%20WORKSPACE", "my%20workspace"))).toMatchObject({
      workspaceName: "my workspace",
    });
    expect(inputsOfId(path, id)).toEqual(inputs);
  });

  it("may start with a scope that is an id itself", () => {
    const role = spec("authorization:RoleAssignment").path;
    const id = resourceId(role, "sub", { scope: "/subscriptions/sub/resourceGroups/rg", roleAssignmentName: "n" });
    expect(id).toBe("/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Authorization/roleAssignments/n");
    expect(inputsOfId(role, id)).toEqual({ scope: "/subscriptions/sub/resourceGroups/rg", roleAssignmentName: "n" });
  });

  it("cannot be made without an input, or read when they are of another type", () => {
    expect(() => resourceId(path, "sub", { resourceGroupName: "rg" })).toThrow("`workspaceName` is missing");
    expect(() => inputsOfId(path, "/subscriptions/s/resourceGroups/rg")).toThrow("is not an id of the form");
  });
});

describe("names of resources that name none", () => {
  it.each([
    ["resources:ResourceGroup", "random"],
    ["network:VirtualNetwork", "random"],
    ["storage:StorageAccount", "random"],
    ["network:Subnet", "copy"],
    ["storage:BlobContainer", "copy"],
    ["databricks:VNetPeering", "copy"],
    ["authorization:RoleAssignment", "uuid"],
  ])("%s: %s", (token, kind) => {
    expect(autoName(spec(token).path)?.kind).toBe(kind);
  });

  it("are the logical name and eight hex digits, and are kept", () => {
    const vnet = spec("network:VirtualNetwork");
    const named = withName(vnet, request({}), "vnet");
    expect(named).toEqual({
      virtualNetworkName: expect.stringMatching(/^vnet[0-9a-f]{8}$/),
      __createBeforeDelete: true,
    });
    expect(withName(vnet, request({}, { olds: named, randomSeed: new Uint8Array([8]) }), "vnet")).toEqual(named);
  });

  it("are the names that the project's auto-naming settings ask for", () => {
    const vnet = spec("network:VirtualNetwork");
    const named = withName(vnet, request({}, { autonaming: { name: "n-1", mode: "propose" } }), "vnet");
    expect(named.virtualNetworkName).toBe("n-1");
    expect(withName(vnet, request({}, { autonaming: { name: "", mode: "disable" } }), "vnet")).toEqual({});
  });
});

describe("mistakes among the inputs", () => {
  const reasons = (token: string, inputs: CheckRequest["news"]): string[] =>
    problems(spec(token), inputs).map(({ reason }) => reason);

  it("are missing properties, with a hint for the location", () => {
    expect(reasons("resources:ResourceGroup", { resourceGroupName: "rg" })).toEqual([
      "missing required property 'location'. Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'.",
    ]);
  });

  it("are names out of Azure's bounds", () => {
    const inputs = { resourceGroupName: "rg", accountName: "My-Account", kind: "k", sku: {}, location: "l" };
    expect(reasons("storage:StorageAccount", inputs)).toEqual([
      "'accountName' does not match expression '^[a-z0-9]+$'",
    ]);
    expect(reasons("storage:StorageAccount", { ...inputs, accountName: "ab" })).toEqual([
      "'accountName' is too short (2): at least 3 characters required",
    ]);
  });

  it("are not values that are not known yet", () => {
    expect(reasons("network:NatGateway", { resourceGroupName: UNKNOWN, natGatewayName: UNKNOWN })).toEqual([]);
  });
});

describe("signing in", () => {
  it("needs a service principal, and says everything that is missing at once", () => {
    expect(() => readSettings({ subscriptionId: "s" }, { ARM_TENANT_ID: "t" })).toThrow(
      /`azure-native:clientId` \(or ARM_CLIENT_ID\), `azure-native:clientSecret` \(or ARM_CLIENT_SECRET\) not set/,
    );
  });

  it("prefers the configuration to the environment", () => {
    const environment = { ARM_SUBSCRIPTION_ID: "a", ARM_TENANT_ID: "t", ARM_CLIENT_ID: "c", ARM_CLIENT_SECRET: "x" };
    expect(readSettings({ subscriptionId: "b" }, environment).subscriptionId).toBe("b");
  });
});
