import { badRequest } from "../errors";
import { nameOf, sameId } from "../ids";
import type { Stored } from "../kind";
import { accountNamed, ensureContainer, hasKey } from "../storage";
import type { World } from "../world";
import type { ClusterBody, StorageEntry } from "./schema";

/** A cluster's storage: one default account, in its region, that its key or identity really opens. */
export function checkStorage(world: World, location: string | undefined, body: ClusterBody): () => void {
  const entries = body.properties.storageProfile.storageaccounts;
  const defaults = entries.filter((entry) => entry.isDefault);
  if (defaults.length !== 1) {
    throw badRequest(
      "InvalidStorageProfile",
      `One storage account must have \`isDefault: true\`, not ${defaults.length}.`,
    );
  }
  const opened = entries.map((entry) => open(world, entry, location, body));
  return () => {
    for (const { account, container } of opened) if (container) ensureContainer(world, account, container);
  };
}

function open(world: World, entry: StorageEntry, location: string | undefined, body: ClusterBody) {
  const [, name = "", service] = /^([^.]+)\.(blob|dfs)\.core\.windows\.net$/.exec(entry.name) ?? [];
  if (!service) {
    throw badRequest(
      "InvalidStorageProfile",
      `Storage account name \`${entry.name}\` must be NAME.blob.core.windows.net or NAME.dfs.core.windows.net.`,
    );
  }
  const account = accountNamed(world, name);
  if (!account) throw refused(entry, "there is no storage account of this name");
  if (account.resource.location !== location) {
    throw refused(entry, `it is in ${account.resource.location}, and the cluster in ${location}`);
  }
  if (account.resource.kind === "BlobStorage") throw refused(entry, "kind BlobStorage cannot be a cluster's storage");
  const container = service === "dfs" ? entry.fileSystem : entry.container;
  if (entry.isDefault && !container) {
    throw refused(entry, service === "dfs" ? "`fileSystem` is missing" : "`container` is missing");
  }
  if (entry.key) checkKey(entry, account, entry.key);
  else checkIdentity(world, entry, account, body);
  return { account, container };
}

function checkKey(entry: StorageEntry, account: Stored, key: string): void {
  if (account.resource.properties.allowSharedKeyAccess === false) {
    throw refused(entry, "`allowSharedKeyAccess` is false, so that no key opens it");
  }
  if (!hasKey(account, key)) throw refused(entry, "`key` is none of its keys");
}

function checkIdentity(world: World, entry: StorageEntry, account: Stored, body: ClusterBody): void {
  const { msiResourceId, resourceId } = entry;
  if (!msiResourceId) throw refused(entry, "it needs `key`, or `msiResourceId` with `resourceId`");
  if (!sameId(resourceId, account.resource.id)) throw refused(entry, "`resourceId` must be the account's id");
  const identity = world.state.get(msiResourceId);
  if (identity?.resource.type !== "Microsoft.ManagedIdentity/userAssignedIdentities") {
    throw refused(entry, `\`msiResourceId\` ${msiResourceId} is no user-assigned identity`);
  }
  const assigned = Object.keys(body.identity?.userAssignedIdentities ?? {});
  if (!assigned.some((id) => sameId(id, msiResourceId))) {
    throw refused(entry, "`msiResourceId` must be among the cluster's `identity.userAssignedIdentities`");
  }
  const granted = rolesOn(world, account, identity);
  const enough = entry.name.includes(".dfs.") ? [dataOwner] : [dataOwner, dataContributor];
  if (!granted.some((role) => enough.includes(role))) {
    const has = granted.length === 0 ? "no role on it" : "no role on it that opens its data";
    throw refused(entry, `the identity has ${has}; assign Storage Blob Data Owner`);
  }
}

// Azure's own roles have one id everywhere. Owner and Contributor of the account itself open no data. A data lake needs
// Data Owner "otherwise cluster creation will fail"
// (learn.microsoft.com/azure/hdinsight/hdinsight-hadoop-use-data-lake-storage-gen2-azure-cli); for blobs the docs ask for
// "sufficient access", which is to read and write.
const dataOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
const dataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

/** Ids of the roles that an identity has on an account, or on what the account is in. */
function rolesOn(world: World, account: Stored, identity: Stored): string[] {
  return world.state
    .ofType("Microsoft.Authorization/roleAssignments")
    .map(({ resource }) => resource.properties)
    .filter(({ principalId, scope }) => {
      const above = typeof scope === "string" && `${account.resource.id}/`.toLowerCase().startsWith(folder(scope));
      return above && principalId === identity.resource.properties.principalId;
    })
    .map(({ roleDefinitionId }) => nameOf(String(roleDefinitionId)).toLowerCase());
}

function folder(id: string): string {
  return `${id.toLowerCase().replace(/\/+$/, "")}/`;
}

function refused(entry: StorageEntry, reason: string) {
  return badRequest(
    "InvalidStorageAccount",
    `The storage account '${entry.name}' cannot be used by the cluster: ${reason}.`,
  );
}
