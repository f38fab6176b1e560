import { createHash } from "node:crypto";

/**
 * A storage account name for `base`: 3 to 24 lower-case letters and digits, as Azure demands, and unique in all of
 * Azure, which is why `seed` (what tells this account from others of its base, such as the names of its resource group and
 * cluster) goes in as a hash. The same inputs always give the same name, so a preview shows it.
 */
export function storageAccountName(base: string, seed: string): string {
  const hash = shortHash(seed);
  const letters = base.toLowerCase().replace(/[^a-z0-9]/g, "");
  return `${letters.slice(0, 24 - hash.length)}${hash}`;
}

function shortHash(seed: string): string {
  return createHash("sha256").update(seed).digest("hex").slice(0, 8);
}

/** The subscription part of any ARM id: `/subscriptions/<id>`. */
export function subscriptionOf(armId: string): string {
  const match = /^(\/subscriptions\/[^/]+)/i.exec(armId);
  if (!match) throw new Error(`\`${armId}\` is not an Azure resource id: it needs to start with /subscriptions/<id>.`);
  return match[1];
}

/**
 * The ARM id of the resource group that Databricks makes for a workspace's own resources. Databricks refuses one that
 * exists, and a workspace's name is unique in its resource group only, so that group (its ARM id) goes in as a hash.
 */
export function managedGroupId(resourceGroupId: string, workspaceName: string): string {
  // At most 90 characters, as Azure demands of a group's name: a workspace's has at most 64.
  return `${subscriptionOf(resourceGroupId)}/resourceGroups/databricks-rg-${workspaceName}-${shortHash(resourceGroupId.toLowerCase())}`;
}

/** The page of a resource in the Azure portal; `blade` is one of its menu's entries, such as `logs`. */
export function portalUrl(armId: string, blade?: string): string {
  return `https://portal.azure.com/#@/resource${armId}${blade ? `/${blade}` : ""}`;
}

/** The last part of an ARM id: the resource's own name. */
export function nameOf(armId: string): string {
  return armId.slice(armId.lastIndexOf("/") + 1);
}
