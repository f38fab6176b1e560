import type * as inputs from "@pulumi/azure-native/types/input";
import * as pulumi from "@pulumi/pulumi";

/** What `clusterProperties` needs to describe an HDInsight Kafka cluster. Shapes and limits: see `KafkaClusterArgs`. */
export interface ClusterDefinitionArgs {
  gateway: { user: pulumi.Input<string>; password: pulumi.Input<string> };
  ssh: { user: pulumi.Input<string>; publicKey: pulumi.Input<string> };
  network: { virtualNetworkId: pulumi.Input<string>; subnetId: pulumi.Input<string> };
  storage: { account: pulumi.Input<string>; container: pulumi.Input<string>; key: pulumi.Input<string> };
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
    storageProfile: {
      storageaccounts: [
        {
          name: pulumi.interpolate`${args.storage.account}.blob.core.windows.net`,
          isDefault: true,
          container: args.storage.container,
          key: args.storage.key,
        },
      ],
    },
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
 * Paths whose change needs a new cluster. HDInsight's PUT only ever creates, yet azure-native would plan an update in
 * place that changes nothing; so the replacement is said out loud. Worker count and gateway password are not here:
 * they have calls of their own.
 */
export const replacedOnChange = [
  "location",
  "properties.clusterVersion",
  "properties.tier",
  "properties.osType",
  "properties.minSupportedTlsVersion",
  "properties.clusterDefinition.kind",
  "properties.clusterDefinition.componentVersion",
  "properties.storageProfile",
  "properties.networkProperties",
  "properties.encryptionInTransitProperties",
  "properties.computeProfile.roles[*].hardwareProfile",
  "properties.computeProfile.roles[*].virtualNetworkProfile",
  "properties.computeProfile.roles[*].dataDisksGroups",
  "properties.computeProfile.roles[*].osProfile",
];
