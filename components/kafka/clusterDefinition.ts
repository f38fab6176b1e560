import type * as inputs from "@pulumi/azure-native/types/input";
import * as pulumi from "@pulumi/pulumi";
import { nameOf } from "../naming";
import { type ClusterEncryption, encryptionProperties } from "./encryption";
import type { ClusterStorage } from "./storage";

/** What `clusterProperties` needs to describe an HDInsight Kafka cluster. Shapes and limits: see `KafkaClusterArgs`. */
export interface ClusterDefinitionArgs {
  gateway: { user: pulumi.Input<string>; password: pulumi.Input<string> };
  ssh: { user: pulumi.Input<string>; publicKey: pulumi.Input<string> };
  network: { virtualNetworkId: pulumi.Input<string>; subnetId: pulumi.Input<string> };
  storage: ClusterStorage;
  encryption?: ClusterEncryption;
  workers: pulumi.Input<number>;
  workerSize: pulumi.Input<string>;
  headSize: pulumi.Input<string>;
  zookeeperSize: pulumi.Input<string>;
  disksPerWorker: pulumi.Input<number>;
  brokerConfig: Record<string, pulumi.Input<string>>;
}

/**
 * Properties of an HDInsight 5.1 cluster of kind Kafka (3.2).
 *
 * The roles keep this order for ever: ARM compares them by position. `componentVersion` is major.minor, since the
 * service refuses the full version. Values below `configurations` are strings, which Ambari keeps as they are.
 */
export function clusterProperties(args: ClusterDefinitionArgs): inputs.hdinsight.ClusterCreatePropertiesArgs {
  const role = (name: string, count: pulumi.Input<number>, vmSize: pulumi.Input<string>) => ({
    name,
    targetInstanceCount: count,
    hardwareProfile: { vmSize },
    osProfile: {
      linuxOperatingSystemProfile: {
        username: args.ssh.user,
        sshProfile: { publicKeys: [{ certificateData: args.ssh.publicKey }] },
      },
    },
    virtualNetworkProfile: { id: args.network.virtualNetworkId, subnet: args.network.subnetId },
  });
  return {
    clusterVersion: "5.1",
    osType: "Linux",
    tier: "Standard",
    minSupportedTlsVersion: "1.2",
    clusterDefinition: {
      kind: "Kafka",
      componentVersion: { Kafka: "3.2" },
      configurations: {
        gateway: {
          "restAuthCredential.isEnabled": "true",
          "restAuthCredential.username": args.gateway.user,
          "restAuthCredential.password": args.gateway.password,
        },
        "kafka-broker": args.brokerConfig,
      },
    },
    ...encryptionProperties(args.encryption ?? {}),
    storageProfile: { storageaccounts: [defaultStorage(args.storage)] },
    computeProfile: {
      roles: [
        role("headnode", 2, args.headSize),
        {
          ...role("workernode", args.workers, args.workerSize),
          dataDisksGroups: [{ disksPerNode: args.disksPerWorker }],
        },
        role("zookeepernode", 3, args.zookeeperSize),
      ],
    },
  };
}

/**
 * The entry of a cluster's default file system. With an identity, HDInsight gets no key at all; it takes that for both
 * kinds of account (learn.microsoft.com/azure/hdinsight/configure-azure-blob-storage).
 */
function defaultStorage({ accountId, container, kind = "blob", identityId, key }: ClusterStorage) {
  const service = kind === "adls" ? "dfs" : "blob";
  const name = pulumi.output(accountId).apply((id) => `${nameOf(id)}.${service}.core.windows.net`);
  const place = kind === "adls" ? { fileSystem: container } : { container };
  if (identityId) return { name, isDefault: true, ...place, resourceId: accountId, msiResourceId: identityId };
  if (!key || kind === "adls") {
    throw new Error("The cluster's storage needs `identityId`, or `key` where its `kind` is blob.");
  }
  return { name, isDefault: true, ...place, key: pulumi.secret(key) };
}

/** The identities that a cluster may use: those that its properties name have to be here too. None when there is none. */
export function clusterIdentity(
  ...ids: (pulumi.Input<string> | undefined)[]
): inputs.hdinsight.ClusterIdentityArgs | undefined {
  const given = ids.filter((id) => id !== undefined);
  if (given.length === 0) return undefined;
  const userAssignedIdentities = pulumi.all(given).apply((known) => Object.fromEntries(known.map((id) => [id, {}])));
  return { type: "UserAssigned", userAssignedIdentities };
}

/**
 * Paths whose change needs a new cluster. HDInsight's PUT only ever creates, yet azure-native would plan an update in
 * place that changes nothing; so the replacement is said out loud. Worker count and gateway password are not here:
 * they have calls of their own.
 */
export const replacedOnChange = [
  "location",
  "identity",
  "properties.clusterVersion",
  "properties.tier",
  "properties.osType",
  "properties.minSupportedTlsVersion",
  "properties.clusterDefinition.kind",
  "properties.clusterDefinition.componentVersion",
  "properties.storageProfile",
  "properties.networkProperties",
  "properties.diskEncryptionProperties",
  "properties.encryptionInTransitProperties",
  "properties.computeProfile.roles[*].name",
  "properties.computeProfile.roles[0].targetInstanceCount",
  "properties.computeProfile.roles[2].targetInstanceCount",
  "properties.computeProfile.roles[*].hardwareProfile",
  "properties.computeProfile.roles[*].virtualNetworkProfile",
  "properties.computeProfile.roles[*].dataDisksGroups",
  "properties.computeProfile.roles[*].osProfile",
];

/**
 * Paths that calls of their own change on a running cluster: `KafkaLiveSettings`, and Ambari for the brokers' settings. The
 * resource keeps the values that the cluster was created with, so a replacement begins with those, and is then given the
 * present ones.
 */
export const changedLive = [
  "tags",
  // The second role is the workers'.
  "properties.computeProfile.roles[1].targetInstanceCount",
  "properties.clusterDefinition.configurations",
];
