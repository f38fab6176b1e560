import { z } from "zod";
import { badRequest, invalidReference, referenceNotProvisioned } from "../errors";
import { sameId } from "../ids";
import { isBusy, provisioningState, type Stored } from "../kind";
import type { World } from "../world";

export const networkVersions = [
  "2024-05-01",
  "2025-05-01",
  "2025-03-01",
  "2025-01-01",
  "2024-10-01",
  "2024-07-01",
  "2024-03-01",
  "2024-01-01",
  "2023-11-01",
  "2023-09-01",
];

export const networkNames = {
  pattern: /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?$/,
  rule: "1 to 80 letters, digits, `_`, `.` and `-`, starting with a letter or digit, ending with one or `_`",
};

/** A property that names another resource: `{ id }`. */
export const reference = z.looseObject({ id: z.string().min(1) });

/** The resource a property names; it must exist, be of `type`, lie in `location` if given, and be ready. */
export function resolveReference(world: World, id: string, type: string, by: string, location?: string): Stored {
  if (!/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/.+/i.test(id)) {
    throw badRequest(
      "LinkedInvalidPropertyId",
      `Property id '${id}' is invalid. Expect fully qualified resource Id that start with ` +
        "'/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}'.",
    );
  }
  const found = world.state.get(id);
  if (!found || found.resource.type !== type || (location && found.resource.location !== location)) {
    throw invalidReference(id, by);
  }
  if (isBusy(found)) throw referenceNotProvisioned(id, by, provisioningState(found));
  return found;
}

/** Whatever runs inside a subnet: HDInsight clusters and Databricks workspaces keep its id in `internal.subnets`. */
export function occupants(world: World, subnetId: string): Stored[] {
  return world.state
    .all()
    .filter(({ internal }) => Array.isArray(internal.subnets) && internal.subnets.some((id) => sameId(id, subnetId)));
}

/** Subnets whose property `name` names `id`, as Azure lists them on a security group or a NAT gateway. */
export function subnetsWith(world: World, name: "networkSecurityGroup" | "natGateway", id: string): { id: string }[] {
  return world.state
    .ofType("Microsoft.Network/virtualNetworks/subnets")
    .filter(({ resource }) => sameId((resource.properties[name] as { id?: string } | undefined)?.id, id))
    .map(({ resource }) => ({ id: resource.id }));
}

/** `properties.subnets` only where there are any, as Azure shows such back references. */
export function backReferences(name: string, ids: { id: string }[]): Record<string, unknown> {
  return ids.length > 0 ? { [name]: ids } : {};
}

export function resourceGuid(existing: Stored | undefined, fresh: string): string {
  return String(existing?.resource.properties.resourceGuid ?? fresh);
}
