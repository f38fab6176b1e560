import type * as inputs from "@pulumi/azure-native/types/input";
import * as pulumi from "@pulumi/pulumi";

/**
 * What encrypts a cluster beyond Azure's own encryption of managed disks, which is always there
 * (learn.microsoft.com/azure/hdinsight/disk-encryption). Every change replaces the cluster.
 */
export interface ClusterEncryption {
  /** A key of one's own for the data disks, with Kafka's events, and the temporary ones. Default: none. */
  diskKey?: DiskKey;
  /** Encrypt the temporary disks where they are, on the host. Not every VM size has it. Default false. */
  atHost?: boolean;
  /**
   * Encrypt what the cluster's nodes send each other, by IPsec. Clients of Kafka are no nodes: what they send stays as it
   * is. Default false.
   */
  inTransit?: boolean;
}

export interface DiskKey {
  /**
   * An RSA key in Key Vault, `https://VAULT.vault.azure.net/keys/NAME`. Followed by `/VERSION` it stays at that version;
   * without, HDInsight goes over to a new version by itself.
   */
  keyUri: pulumi.Input<string>;
  /** ARM id of a user-assigned identity that may get, wrap and unwrap with the key. */
  identityId: pulumi.Input<string>;
}

/** The properties of a cluster that say so; none where there is nothing to say. */
export function encryptionProperties({
  diskKey,
  atHost,
  inTransit,
}: ClusterEncryption): Pick<
  inputs.hdinsight.ClusterCreatePropertiesArgs,
  "diskEncryptionProperties" | "encryptionInTransitProperties"
> {
  const key = diskKey && pulumi.output(diskKey.keyUri).apply(parseKeyUri);
  return {
    ...((diskKey || atHost) && {
      diskEncryptionProperties: {
        ...(key && {
          vaultUri: key.vaultUri,
          keyName: key.name,
          keyVersion: key.version,
          msiResourceId: diskKey?.identityId,
        }),
        ...(atHost && { encryptionAtHost: true }),
      },
    }),
    ...(inTransit && { encryptionInTransitProperties: { isEncryptionInTransitEnabled: true } }),
  };
}

/** The parts of a key's address in Key Vault. Throws when it is none. */
export function parseKeyUri(uri: string): { vaultUri: string; name: string; version?: string } {
  const [, vaultUri, name, version] = /^(https:\/\/[\w-]+(?:\.[\w-]+)+)\/keys\/([\w-]+)(?:\/(\w+))?$/.exec(uri) ?? [];
  if (!vaultUri) {
    throw new Error(`\`${uri}\` is no key of Key Vault: it needs the form https://VAULT.vault.azure.net/keys/NAME.`);
  }
  return { vaultUri, name, version };
}
