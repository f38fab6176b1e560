import { badRequest } from "../errors";
import { sameId } from "../ids";
import type { World } from "../world";
import type { ClusterBody, DiskEncryption } from "./schema";

/**
 * What HDInsight can check of a key for a cluster's disks without the key: that all of it is given, and an identity of
 * the cluster's. There is no Key Vault in the twin, and nothing is encrypted.
 */
export function checkEncryption(world: World, { identity, properties }: ClusterBody): void {
  const encryption = properties.diskEncryptionProperties ?? {};
  if (!hasKey(encryption)) return;
  const { vaultUri, keyName, msiResourceId } = encryption;
  const missing = Object.entries({ vaultUri, keyName, msiResourceId }).filter(([, value]) => !value);
  if (missing.length > 0) {
    throw refused(`it needs ${missing.map(([name]) => `\`${name}\``).join(" and ")} too`);
  }
  const id = msiResourceId ?? "";
  if (world.state.get(id)?.resource.type !== "Microsoft.ManagedIdentity/userAssignedIdentities") {
    throw refused(`\`msiResourceId\` ${id} is no user-assigned identity`);
  }
  if (!Object.keys(identity?.userAssignedIdentities ?? {}).some((one) => sameId(one, id))) {
    throw refused("`msiResourceId` must be among the cluster's `identity.userAssignedIdentities`");
  }
}

/** Whether there is more to it than encryption at the host, which takes no key. */
export function hasKey({ vaultUri, keyName, keyVersion, msiResourceId }: DiskEncryption): boolean {
  return [vaultUri, keyName, keyVersion, msiResourceId].some(Boolean);
}

function refused(reason: string) {
  return badRequest("InvalidDiskEncryptionProperties", `The cluster's \`diskEncryptionProperties\`: ${reason}.`);
}
