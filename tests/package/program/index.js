/**
 * What an SDK generated from the package's schema does, in any language: it asks the engine for components by type and
 * arguments, and the engine has them made by the package's plugin. Nothing of this project is loaded here.
 */
const azure = require("@pulumi/azure-native/resources");
const pulumi = require("@pulumi/pulumi");

class PackageComponent extends pulumi.ComponentResource {
  constructor(type, name, args, outputs, opts) {
    const unknown = Object.fromEntries(outputs.map((output) => [output, undefined]));
    super(`azure-kafka-spark-streaming:index:${type}`, name, { ...unknown, ...args }, opts, true);
  }
}

const config = new pulumi.Config();
const location = "westeurope";
const group = new azure.ResourceGroup("streaming", { location });
const place = { resourceGroupName: group.name, location };

const kafka = new PackageComponent(
  "KafkaCluster",
  "kafka",
  {
    ...place,
    clusterName: "otherlanguage",
    addressSpace: "10.80.0.0/16",
    subnetPrefix: "10.80.0.0/24",
    operatorAddresses: ["127.0.0.0/8"],
    workers: 3,
    workerSize: "Standard_E4ads_v5",
    headSize: "Standard_E4ads_v5",
    zookeeperSize: "Standard_E2_v3",
    disksPerWorker: 1,
    gatewayUser: "admin",
    gatewayPassword: config.requireSecret("gatewayPassword"),
    sshUser: "sshuser",
    sshPublicKey: config.require("sshPublicKey"),
    storageKind: "adls",
  },
  ["bootstrapServers", "clusterId", "securityGroupId", "sshEndpoint", "virtualNetwork"],
);

const topics = new PackageComponent(
  "KafkaTopics",
  "topics",
  {
    topics: [{ name: "orders", partitions: 6, replicationFactor: 3 }],
    bootstrapServers: kafka.bootstrapServers,
    clusterId: kafka.clusterId,
    ssh: {
      host: kafka.sshEndpoint.apply(({ host }) => host),
      port: kafka.sshEndpoint.apply(({ port }) => port),
      user: "sshuser",
      privateKey: config.requireSecret("sshPrivateKey"),
    },
  },
  ["topics"],
);

const workspace = new PackageComponent(
  "DatabricksWorkspace",
  "databricks",
  {
    ...place,
    resourceGroupId: group.id,
    workspaceName: "other-language",
    managedAddressPrefix: "10.139",
    authType: "pat",
  },
  ["url", "resourceId"],
);

const peering = new PackageComponent(
  "NetworkPeering",
  "peering",
  {
    ...place,
    workspaceName: "other-language",
    virtualNetwork: {
      id: kafka.virtualNetwork.apply(({ id }) => id),
      name: kafka.virtualNetwork.apply(({ name }) => name),
    },
  },
  ["state"],
  { dependsOn: [kafka, workspace] },
);

exports.bootstrapServers = kafka.bootstrapServers;
exports.topics = topics.topics;
exports.workspaceUrl = workspace.url;
exports.peeringState = peering.state;
