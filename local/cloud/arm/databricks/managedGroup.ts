import { randomUUID } from "node:crypto";
import { HttpError } from "../../http";
import type { Properties, Stored } from "../kind";
import { addBlobService } from "../storage";
import type { World } from "../world";

const networkType = "Microsoft.Network/virtualNetworks";

/** Id of the network that Databricks makes for a workspace. */
export function managedNetworkId(managedGroup: string): string {
  return `${managedGroup}/providers/Microsoft.Network/virtualNetworks/workers-vnet`;
}

/**
 * Makes the resource group that a workspace manages, with its storage account and, unless the workspace is in a network
 * of the user's, the workers' network. The group must not be there: Azure refuses one that it did not make itself.
 */
export function createManagedGroup(world: World, workspace: Stored, range: string | undefined): void {
  const { id: workspaceId, location, properties } = workspace.resource;
  const group = String(properties.managedResourceGroupId);
  const found = world.state.get(group);
  if (found && found.resource.managedBy !== workspaceId) {
    throw new HttpError(
      409,
      "ApplianceProvisioningFailed",
      `The resource group '${found.resource.name}' already exists. Managed Resource group for the workspace: '${group}' ` +
        "must not exist before the workspace does: name one that is free in `managedResourceGroupId`.",
    );
  }
  const [, , , , name = ""] = group.split("/");
  const make = (id: string, type: string, more: Properties, made: Properties) => {
    if (world.state.get(id)) return;
    const resource = {
      id,
      name: id.split("/").at(-1) ?? id,
      type,
      etag: `W/"${randomUUID()}"`,
      ...more,
      properties: { ...made, provisioningState: "Succeeded" },
    };
    world.state.put({ resource, internal: {} });
  };
  make(group, "Microsoft.Resources/resourceGroups", { name, location, managedBy: workspaceId }, {});

  const account = (properties.parameters as { storageAccountName: { value: string } }).storageAccountName.value;
  const accountId = `${group}/providers/Microsoft.Storage/storageAccounts/${account}`;
  make(
    accountId,
    "Microsoft.Storage/storageAccounts",
    { location, kind: "StorageV2", sku: { name: "Standard_ZRS", tier: "Standard" } },
    { accessTier: "Hot", supportsHttpsTrafficOnly: true, primaryLocation: location, statusOfPrimary: "available" },
  );
  addBlobService(world, accountId);
  if (!range) return;

  const securityGroup = `${group}/providers/Microsoft.Network/networkSecurityGroups/workers-sg`;
  make(securityGroup, "Microsoft.Network/networkSecurityGroups", { location }, { resourceGuid: randomUUID() });
  make(
    `${securityGroup}/securityRules/databricks-worker-to-worker`,
    `Microsoft.Network/networkSecurityGroups/securityRules`,
    {},
    workerRule,
  );
  const network = managedNetworkId(group);
  make(network, networkType, { location }, { addressSpace: { addressPrefixes: [range] }, resourceGuid: randomUUID() });
  const octets = range.split(".").slice(0, 2).join(".");
  for (const [subnet, addressPrefix] of [
    ["public-subnet", `${octets}.0.0/18`],
    ["private-subnet", `${octets}.64.0/18`],
  ]) {
    make(
      `${network}/subnets/${subnet}`,
      `${networkType}/subnets`,
      {},
      {
        addressPrefix,
        networkSecurityGroup: { id: securityGroup },
        delegations: [],
      },
    );
  }
}

/** Lets what is in peered networks in, too: `VirtualNetwork` covers them. */
const workerRule = {
  protocol: "*",
  access: "Allow",
  direction: "Inbound",
  priority: 100,
  sourceAddressPrefix: "VirtualNetwork",
  sourcePortRange: "*",
  destinationAddressPrefix: "VirtualNetwork",
  destinationPortRange: "*",
};

/** Removes the managed group with all that is in it; peerings of its network lose their other half. */
export function removeManagedGroup(world: World, group: string, workspaceId: string): void {
  if (world.state.get(group)?.resource.managedBy !== workspaceId) return;
  for (const gone of world.state.remove(group)) world.kindOf(gone).removed?.(gone, world);
}
