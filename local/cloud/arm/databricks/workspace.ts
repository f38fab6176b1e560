import { createHash } from "node:crypto";
import { z } from "zod";
import { allocateAddresses } from "../../addresses";
import { unsupported } from "../../http";
import { badRequest } from "../errors";
import { parsePath, type ResourceId, sameId } from "../ids";
import { defineKind, type Kind, type Properties, type Stored } from "../kind";
import { hostAddresses } from "../network/plan";
import { prefixesOf } from "../network/subnets";
import type { Driver } from "../services";
import type { World } from "../world";
import { injectedSubnets } from "./injection";
import { holdRules } from "./intentPolicy";
import { createManagedGroup, managedNetworkId, removeManagedGroup } from "./managedGroup";
import { managedNetworkRange, type Parameters, parametersSchema, shownParameters } from "./parameters";

export const databricksVersions = ["2026-01-01", "2025-10-01-preview", "2024-05-01", "2023-02-01", "2018-04-01"];

const schema = z.looseObject({
  sku: z.looseObject({ name: z.string() }).optional(),
  properties: z.looseObject({
    computeMode: z.enum(["Hybrid", "Serverless"]).optional(),
    managedResourceGroupId: z.string().optional(),
    parameters: parametersSchema.optional(),
    publicNetworkAccess: z.enum(["Enabled", "Disabled"]).optional(),
    requiredNsgRules: z.enum(["AllRules", "NoAzureDatabricksRules", "NoAzureServiceRules"]).optional(),
  }),
});
type Body = z.infer<typeof schema>;

/** Databricks workspaces: the workspace itself, and the locked resource group in which it keeps its network and storage. */
export const workspace: Kind = defineKind({
  type: "Microsoft.Databricks/workspaces",
  apiVersions: databricksVersions,
  schema,
  names: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{1,62}[A-Za-z0-9]$/,
    rule: "3 to 64 letters, digits, `_` and `-`, starting and ending with a letter or digit",
  },
  location: "region",
  longRunning: { put: "azure-async", delete: "azure-async" },
  busyState: "Accepted",
  readOnly: [
    "workspaceUrl",
    "workspaceId",
    "createdDateTime",
    "createdBy",
    "updatedBy",
    "isUcEnabled",
    "diskEncryptionSetId",
  ],

  prepare({ id, body: given, apiVersion, location, existing }, world) {
    const body = withComputeMode(given, apiVersion);
    checkPlan(id, body);
    const { parameters = {}, ...properties } = body.properties;
    if (existing) refuseChanges(id, existing, body);
    const subnets = injectedSubnets(world, id, location, parameters);
    managedNetworkRange(parameters);
    const before = existing?.resource.properties;
    const now = new Date().toISOString();
    const by = { oid: world.principal.objectId, applicationId: world.principal.clientId };
    return {
      properties: {
        publicNetworkAccess: "Enabled",
        requiredNsgRules: "AllRules",
        isUcEnabled: true,
        ...before,
        ...properties,
        parameters: shownParameters(parameters, parameters.storageAccountName?.value ?? storageName(id)),
        createdDateTime: before?.createdDateTime ?? now,
        createdBy: before?.createdBy ?? by,
        updatedBy: by,
      },
      internal: { subnets, ...placed(world, String(properties.managedResourceGroupId), parameters, existing) },
    };
  },

  async provision(stored, world) {
    const { id, name, properties } = stored.resource;
    const parameters = properties.parameters as Parameters;
    createManagedGroup(world, stored, parameters.customVirtualNetworkId ? undefined : managedNetworkRange(parameters));
    holdRules(world, stored);
    // An update has nothing to start; a workspace that failed or was interrupted has.
    if (properties.workspaceUrl) return undefined;
    const { host, workspaceId } = await world.databricks.create(id, name, stored.internal as unknown as Driver);
    return { workspaceUrl: host, workspaceId };
  },

  async deprovision({ resource }, world) {
    await world.databricks.delete(resource.id);
    removeManagedGroup(world, String(resource.properties.managedResourceGroupId), resource.id);
  },
});

/** Every workspace was what is called Hybrid now, until there were others: then clients had to say which they want. */
function withComputeMode(body: Body, apiVersion: string): Body {
  const { computeMode } = body.properties;
  if (computeMode) return body;
  if (apiVersion >= "2025") {
    throw badRequest(
      "InvalidRequestContent",
      "The request content was invalid: `properties.computeMode`: is required and must be 'Hybrid' or 'Serverless'",
    );
  }
  return { ...body, properties: { ...body.properties, computeMode: "Hybrid" } };
}

/** The network of the workspace's clusters, and the address in it that their drivers have. */
function placed(world: World, managedGroup: string, given: Parameters, existing: Stored | undefined) {
  if (existing) return {};
  const { customVirtualNetworkId: own, customPrivateSubnetName: subnet } = given;
  if (!own) {
    const octets = managedNetworkRange(given).split(".").slice(0, 2).join(".");
    return { network: managedNetworkId(managedGroup), driver: `${octets}.64.4` };
  }
  const [prefix = ""] = prefixesOf(world.state.get(`${own.value}/subnets/${subnet?.value}`)?.resource.properties ?? {});
  return { network: own.value, driver: allocateAddresses(prefix, 1, hostAddresses(world))[0] };
}

function checkPlan(id: ResourceId, { sku, properties }: Body): void {
  if (sku?.name.toLowerCase() !== "premium") {
    throw badRequest(
      "InvalidSku",
      `The sku of workspace '${id.name}' is '${sku?.name ?? ""}'; new workspaces must be 'premium': Standard is retired.`,
    );
  }
  const { computeMode, managedResourceGroupId, parameters } = properties;
  if (computeMode === "Serverless") {
    const wrong = managedResourceGroupId ? "managedResourceGroupId" : parameters && "parameters";
    if (!wrong) {
      const message = "The local twin runs no Serverless workspaces: use computeMode 'Hybrid'.";
      throw unsupported(badRequest("InvalidComputeMode", message), "computeMode Serverless");
    }
    throw badRequest(
      "InvalidComputeMode",
      `\`${wrong}\` cannot be given with computeMode 'Serverless': such a workspace has no managed resource group.`,
    );
  }
  const group = managedResourceGroupId && parsePath(managedResourceGroupId);
  const valid = group && group.subscription === id.subscription && group.resourceGroup && group.segments.length === 0;
  if (!valid) {
    throw badRequest(
      "InvalidManagedResourceGroupId",
      `\`managedResourceGroupId\` is '${managedResourceGroupId ?? ""}'; computeMode 'Hybrid' needs the id of a resource ` +
        `group that does not exist yet: /subscriptions/${id.subscription}/resourceGroups/NAME.`,
    );
  }
  if (!/^[\p{L}\p{N}_().-]{1,90}$/u.test(group.resourceGroup ?? "")) {
    throw badRequest(
      "ApplianceProvisioningFailed",
      `The provided resource group name '${group.resourceGroup}' has invalid characters.`,
    );
  }
}

/** What is decided when a workspace is made. */
function refuseChanges(id: ResourceId, existing: Stored, { properties }: Body): void {
  const before = existing.resource.properties;
  const changed = (name: string, old: unknown, now: unknown) => {
    if (now === undefined || old === now) return;
    throw badRequest(
      "PropertyCannotBeChanged",
      `\`${name}\` of workspace '${id.name}' is '${old}' and cannot be changed to '${now}'. Delete the workspace and create it again.`,
    );
  };
  changed("computeMode", before.computeMode, properties.computeMode);
  if (!sameId(String(before.managedResourceGroupId), properties.managedResourceGroupId)) {
    changed("managedResourceGroupId", before.managedResourceGroupId, properties.managedResourceGroupId);
  }
  const old = before.parameters as Record<string, { value: unknown } | undefined>;
  for (const name of [
    "vnetAddressPrefix",
    "customVirtualNetworkId",
    "customPublicSubnetName",
    "customPrivateSubnetName",
    "storageAccountName",
  ] as const) {
    changed(name, old[name]?.value, properties.parameters?.[name]?.value);
  }
}

/** A name that is free, since it comes from the workspace's id. */
function storageName(id: ResourceId): string {
  return `dbstorage${createHash("sha256").update(id.key).digest("hex").slice(0, 13)}`;
}

export function isInjected(stored: Stored): boolean {
  return (stored.resource.properties.parameters as Properties).customVirtualNetworkId !== undefined;
}
