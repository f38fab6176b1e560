import { describe, expect, it } from "vitest";
import {
  importedInputs,
  inputsOf,
  outputsOf,
  previewOf,
  requestBody,
} from "../../../../local/plugins/azure-native/convert";
import type { ResourceSpec } from "../../../../local/plugins/azure-native/spec";
import { specs } from "../../../../local/plugins/azure-native/tables";
import { containsUnknown, UNKNOWN } from "../../../../local/plugins/rpc/values";

const spec = (token: string): ResourceSpec => {
  const found = specs.get(`azure-native:${token}`);
  if (!found) throw new Error(`no ${token}`);
  return found;
};

describe("a virtual network with inline subnets", () => {
  const inputs = {
    virtualNetworkName: "vnet",
    location: "westeurope",
    tags: { a: "b" },
    addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
    subnets: [
      {
        name: "kafka",
        addressPrefix: "10.0.0.0/24",
        natGateway: { id: "/nat" },
        networkSecurityGroup: { id: "/nsg" },
        delegations: [{ name: "d", serviceName: "Microsoft.Databricks/workspaces" }],
      },
    ],
  };

  it("is sent with `properties` at every level where ARM has them", () => {
    expect(requestBody(spec("network:VirtualNetwork"), inputs)).toEqual({
      location: "westeurope",
      tags: { a: "b" },
      properties: {
        addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
        subnets: [
          {
            name: "kafka",
            properties: {
              addressPrefix: "10.0.0.0/24",
              natGateway: { id: "/nat" },
              networkSecurityGroup: { id: "/nsg" },
              delegations: [{ name: "d", properties: { serviceName: "Microsoft.Databricks/workspaces" } }],
            },
          },
        ],
      },
    });
  });

  it("comes back flattened, with what the service added", () => {
    const answer = {
      ...requestBody(spec("network:VirtualNetwork"), inputs),
      id: "/vnet",
      name: "vnet",
      properties: {
        provisioningState: "Succeeded",
        subnets: [
          {
            id: "/vnet/subnets/kafka",
            name: "kafka",
            properties: {
              addressPrefix: "10.0.0.0/24",
              provisioningState: "Succeeded",
              ipConfigurations: [{ id: "/nic", properties: { subnet: { id: "/s" } } }],
            },
          },
        ],
      },
    };
    const outputs = outputsOf(spec("network:VirtualNetwork"), answer);
    expect(outputs).toEqual({
      azureApiVersion: "2024-05-01",
      name: "vnet",
      location: "westeurope",
      tags: { a: "b" },
      provisioningState: "Succeeded",
      subnets: [
        {
          id: "/vnet/subnets/kafka",
          name: "kafka",
          addressPrefix: "10.0.0.0/24",
          provisioningState: "Succeeded",
          ipConfigurations: [{ id: "/nic", subnet: { id: "/s" } }],
        },
      ],
    });
    // A cluster that attaches to the subnet must not look like a change of the subnet.
    expect(inputsOf(spec("network:VirtualNetwork"), outputs).subnets).toEqual([
      { id: "/vnet/subnets/kafka", name: "kafka", addressPrefix: "10.0.0.0/24", provisioningState: "Succeeded" },
    ]);
  });

  it("has unknown ids in a preview, where the service makes them", () => {
    const preview = previewOf(spec("network:VirtualNetwork"), inputs);
    expect(preview.addressSpace).toEqual(inputs.addressSpace);
    expect(preview.name).toBe(UNKNOWN);
    expect(preview.subnets).toMatchObject([{ name: "kafka", addressPrefix: "10.0.0.0/24", id: UNKNOWN }]);
  });
});

describe("an HDInsight cluster", () => {
  const inputs = {
    clusterName: "kafka",
    location: "westeurope",
    identity: { type: "UserAssigned", userAssignedIdentities: { "/identity": {} } },
    properties: {
      clusterDefinition: { kind: "Kafka", configurations: { gateway: { "restAuthCredential.password": "p" } } },
      computeProfile: { roles: [{ name: "workernode", vMGroupName: "g", dataDisksGroups: [{ disksPerNode: 2 }] }] },
    },
  };

  it("keeps `properties` as the SDK has them, except for names ARM spells otherwise", () => {
    expect(requestBody(spec("hdinsight:Cluster"), inputs)).toEqual({
      location: "westeurope",
      identity: { type: "UserAssigned", userAssignedIdentities: { "/identity": {} } },
      properties: {
        clusterDefinition: { kind: "Kafka", configurations: { gateway: { "restAuthCredential.password": "p" } } },
        computeProfile: { roles: [{ name: "workernode", VMGroupName: "g", dataDisksGroups: [{ disksPerNode: 2 }] }] },
      },
    });
  });

  it("has identities with ids in the directory that are no inputs", () => {
    const identity = {
      type: "UserAssigned",
      userAssignedIdentities: { "/identity": { clientId: "c", principalId: "p" } },
    };
    const outputs = outputsOf(spec("hdinsight:Cluster"), { identity });
    expect(outputs.identity).toEqual(identity);
    expect(inputsOf(spec("hdinsight:Cluster"), outputs).identity).toEqual(inputs.identity);
  });

  it("previews its endpoints as unknown, and what was asked for as known", () => {
    const preview = previewOf(spec("hdinsight:Cluster"), inputs).properties as typeof inputs.properties & {
      connectivityEndpoints: unknown;
    };
    expect(preview.connectivityEndpoints).toBe(UNKNOWN);
    expect(preview.clusterDefinition).toEqual(inputs.properties.clusterDefinition);
    expect(preview.computeProfile.roles[0]).toMatchObject({ name: "workernode" });
  });

  it("reports disks with sizes that are no inputs", () => {
    const answer = {
      properties: {
        clusterState: "Running",
        computeProfile: {
          roles: [{ name: "w", VMGroupName: "g", dataDisksGroups: [{ disksPerNode: 2, diskSizeGB: 1024 }] }],
        },
      },
    };
    const outputs = outputsOf(spec("hdinsight:Cluster"), answer);
    expect(outputs.properties).toMatchObject({
      clusterState: "Running",
      computeProfile: { roles: [{ vMGroupName: "g", dataDisksGroups: [{ diskSizeGB: 1024 }] }] },
    });
    expect(inputsOf(spec("hdinsight:Cluster"), outputs)).toEqual({
      properties: {
        computeProfile: { roles: [{ name: "w", vMGroupName: "g", dataDisksGroups: [{ disksPerNode: 2 }] }] },
      },
    });
  });
});

describe("a storage account", () => {
  it("has other names in ARM for some inputs, and gets them back under its own", () => {
    const inputs = {
      accountName: "a",
      kind: "StorageV2",
      sku: { name: "Standard_LRS" },
      enableHttpsTrafficOnly: true,
      networkRuleSet: {
        defaultAction: "Deny",
        ipRules: [{ iPAddressOrRange: "1.2.3.4" }],
        virtualNetworkRules: [{ virtualNetworkResourceId: "/subnet" }],
      },
    };
    const body = requestBody(spec("storage:StorageAccount"), inputs);
    expect(body).toEqual({
      kind: "StorageV2",
      sku: { name: "Standard_LRS" },
      properties: {
        supportsHttpsTrafficOnly: true,
        networkAcls: {
          defaultAction: "Deny",
          ipRules: [{ value: "1.2.3.4" }],
          virtualNetworkRules: [{ id: "/subnet" }],
        },
      },
    });
    const outputs = outputsOf(spec("storage:StorageAccount"), {
      ...body,
      sku: { name: "Standard_LRS", tier: "Standard" },
    });
    expect(outputs).toMatchObject({ enableHttpsTrafficOnly: true, networkRuleSet: inputs.networkRuleSet });
    expect(inputsOf(spec("storage:StorageAccount"), outputs).sku).toEqual({ name: "Standard_LRS" });
  });
});

describe("an imported resource", () => {
  it("gets inputs from what the service reports, without empty objects and lists", () => {
    const outputs = outputsOf(spec("network:VirtualNetwork"), {
      id: "/vnet",
      location: "westeurope",
      tags: {},
      properties: {
        addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
        virtualNetworkPeerings: [],
        provisioningState: "S",
      },
    });
    expect(importedInputs(spec("network:VirtualNetwork"), outputs)).toEqual({
      location: "westeurope",
      addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
    });
  });
});

describe("every resource", () => {
  it.each([...specs.values()])("$token previews all it does not know as unknown", (one) => {
    const preview = previewOf(one, {});
    expect(Object.keys(preview)).toEqual(expect.arrayContaining([...one.outputs]));
    expect(Object.entries(preview).every(([key, item]) => key === "azureApiVersion" || containsUnknown(item))).toBe(
      true,
    );
  });
});
