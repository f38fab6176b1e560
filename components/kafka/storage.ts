import * as path from "node:path";
import * as authorization from "@pulumi/azure-native/authorization";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as storage from "@pulumi/azure-native/storage";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { v5 as uuidV5 } from "uuid";
import { storageAccountName } from "../naming";
import { nodeScript } from "../nodeScript";

export interface KafkaStorageArgs {
  /** Resource group of everything made here. A change replaces it all. */
  resourceGroupName: pulumi.Input<string>;
  /** Azure region, the cluster's own: HDInsight refuses storage elsewhere. A change replaces the account. */
  location: pulumi.Input<string>;
  /** Name of the cluster; the names of the account and the identity come from it. A change replaces both. */
  clusterName: pulumi.Input<string>;
  /**
   * How the cluster logs in: as a user-assigned identity with a role on the account, or with the account's key, which is
   * then in the state (encrypted). Default `identity`. A change replaces the cluster.
   */
  access?: StorageAccess;
  /**
   * `blob`, or `adls`: Data Lake Storage Gen2, an account with folders, which takes an identity only. Default `blob`. A
   * change replaces account and cluster.
   */
  kind?: StorageKind;
  /**
   * Minutes, 0 to 30, that the role of the identity is given to take effect, from when it is assigned: a cluster that is
   * created before ends in Error. Default 10, Azure's own limit. `AZURE_ROLE_WAIT_MINUTES` in the environment goes before it.
   */
  roleWaitMinutes?: pulumi.Input<number>;
  /** Refuse to delete or replace account and container. Default false. */
  protect?: boolean;
  /** Tags on every resource that takes them. Default: none. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** How a cluster logs in to its storage. Objects and not only types, as Pulumi has enumerations in other languages. */
export const StorageAccess = { Identity: "identity", Key: "key" } as const;
export type StorageAccess = (typeof StorageAccess)[keyof typeof StorageAccess];

/** Kinds of storage account. */
export const StorageKind = { Blob: "blob", Adls: "adls" } as const;
export type StorageKind = (typeof StorageKind)[keyof typeof StorageKind];

/** A cluster's default file system, and what opens it: `identityId` or `key`, exactly one of them. */
export interface ClusterStorage {
  /** ARM id of the storage account, in the cluster's region. A change replaces the cluster. */
  accountId: pulumi.Input<string>;
  /** Name of the container (in Data Lake Storage: the file system). A change replaces the cluster. */
  container: pulumi.Input<string>;
  /** What kind of account it is. Default `blob`. A change replaces the cluster. */
  kind?: StorageKind;
  /**
   * ARM id of a user-assigned identity that has the role Storage Blob Data Owner on the account. A change replaces the
   * cluster.
   */
  identityId?: pulumi.Input<string>;
  /** A key of the account, for `blob`. Kept secret. A change replaces the cluster. */
  key?: pulumi.Input<string>;
}

/**
 * Storage for an HDInsight cluster, which has to depend on this component (the ids tell no dependency): an account that
 * takes encrypted traffic only, a container, and, so that no key has to exist anywhere, an identity with the role
 * Storage Blob Data Owner on the account, and time for that to take effect. Whoever deploys that must be allowed to assign
 * roles (Owner, or Role Based Access Control Administrator).
 */
export class KafkaStorage extends pulumi.ComponentResource implements ClusterStorage {
  /** ARM id of the storage account. */
  readonly accountId: pulumi.Output<string>;
  /** Name of the container or file system. */
  readonly container: pulumi.Output<string>;
  /** What kind of account it is. */
  readonly kind: StorageKind;
  /** ARM id of the identity that opens it. Absent with access by key. */
  readonly identityId?: pulumi.Output<string>;
  /** A key of the account, secret. Absent with access by identity. */
  readonly key?: pulumi.Output<string>;

  constructor(name: string, args: KafkaStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:kafka:KafkaStorage", name, {}, opts);
    const { resourceGroupName, location, tags, access = "identity", kind = "blob", protect } = args;
    if (kind === "adls" && access === "key") {
      throw new Error(`Storage \`${name}\`: \`kind\` adls needs \`access\` identity; HDInsight opens it with no key.`);
    }
    this.kind = kind;
    // The ids are made of names, so that they are known before the resources are there: with one unknown value in the
    // cluster's properties the engine cannot compare them, and the preview would call its replacement an update.
    const { subscriptionId } = authorization.getClientConfigOutput({ parent: this });
    const subscription = pulumi.interpolate`/subscriptions/${subscriptionId}`;
    const providers = pulumi.interpolate`${subscription}/resourceGroups/${resourceGroupName}/providers`;
    // These two were children of the cluster's component before there was this one.
    const former = (role: string) =>
      opts?.parent ? [{ name: name.replace(/storage$/, role), parent: opts.parent }] : [];

    const accountName = pulumi.all([args.clusterName, resourceGroupName]).apply(([cluster, group]) =>
      // An account cannot change its kind, so the other kind has another name: the new one is made before the old goes.
      storageAccountName(cluster, kind === "blob" ? `${group}/${cluster}` : `${group}/${cluster}/${kind}`),
    );
    const account = new storage.StorageAccount(
      `${name}-account`,
      {
        resourceGroupName,
        location,
        tags,
        accountName,
        kind: "StorageV2",
        sku: { name: "Standard_LRS" },
        enableHttpsTrafficOnly: true,
        minimumTlsVersion: "TLS1_2",
        allowBlobPublicAccess: false,
        // HDInsight is told no key then, and nobody else needs one.
        ...(access === "identity" && { allowSharedKeyAccess: false }),
        ...(kind === "adls" && { isHnsEnabled: true }),
      },
      { parent: this, protect, aliases: former("storage") },
    );
    this.accountId = pulumi.interpolate`${providers}/Microsoft.Storage/storageAccounts/${accountName}`;
    const containerName = "kafka";
    new storage.BlobContainer(
      `${name}-container`,
      { resourceGroupName, accountName: account.name, containerName },
      { parent: this, protect, aliases: former("container") },
    );
    this.container = pulumi.output(containerName);

    if (access === "key") {
      const keys = storage.listStorageAccountKeysOutput(
        { resourceGroupName, accountName: account.name },
        { parent: this },
      );
      this.key = pulumi.secret(keys.apply(({ keys }) => keys[0].value));
    } else {
      const resourceName = pulumi.interpolate`${args.clusterName}-storage`;
      const identity = new managedidentity.UserAssignedIdentity(
        `${name}-identity`,
        { resourceGroupName, location, tags, resourceName },
        { parent: this },
      );
      this.identityId = pulumi.interpolate`${providers}/Microsoft.ManagedIdentity/userAssignedIdentities/${resourceName}`;
      const role = new authorization.RoleAssignment(
        `${name}-role`,
        {
          roleAssignmentName: pulumi.all([account.id, identity.principalId]).apply(([scope, principal]) =>
            // As ARM's own guid(): the same assignment has the same name, so that after a lost state it is found again.
            uuidV5(`${scope}/${principal}/${blobDataOwner}`.toLowerCase(), uuidV5.URL),
          ),
          scope: account.id,
          roleDefinitionId: pulumi.interpolate`${subscription}/providers/Microsoft.Authorization/roleDefinitions/${blobDataOwner}`,
          principalId: identity.principalId,
          // Without it Azure looks the new identity up in a directory that may not have heard of it yet
          // (learn.microsoft.com/azure/role-based-access-control/troubleshooting, PrincipalNotFound).
          principalType: "ServicePrincipal",
        },
        { parent: this },
      );
      new command.local.Command(
        `${name}-role-wait`,
        {
          ...nodeScript(path.join(__dirname, "roles", "awaitRole")),
          environment: {
            ROLE_CREATED_ON: role.createdOn,
            ROLE_WAIT_MINUTES: pulumi.output(args.roleWaitMinutes ?? 10).apply(String),
          },
          addPreviousOutputInEnv: false,
          // Another one of the same name is as new as the first.
          triggers: [role.createdOn],
        },
        { parent: this, customTimeouts: { create: "45m", update: "45m" } },
      );
    }
    this.registerOutputs({ accountId: this.accountId, container: this.container });
  }
}

/**
 * Storage Blob Data Owner, a role of Azure's own with one id everywhere. With less "cluster creation will fail"
 * (learn.microsoft.com/azure/hdinsight/hdinsight-hadoop-use-data-lake-storage-gen2-azure-cli).
 */
const blobDataOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
