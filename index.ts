import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import * as components from "./components";
import { consumerParameters, producerParameters } from "./notebooks/parameters";
import { loadSettings } from "./settings";

const { location, tags, protect, kafka, databricks, spark, pipeline, alerts, logs, ...settings } = loadSettings();

const { resourceGroupName: groupName } = settings;
const group = new resources.ResourceGroup("streaming", { resourceGroupName: groupName, location, tags }, { protect });
const place = { resourceGroupName: group.name, location, tags };

// Spark's network is Databricks' own unless the stack has one for it.
const sparkNetwork =
  databricks.network && new components.DatabricksNetwork("databricks-network", { ...place, ...databricks.network });

// Kafka, in a network of its own. Its brokers advertise IP addresses, or names that are answered in Spark's network too.
const names = kafka.zoneName
  ? { zoneName: kafka.zoneName, networks: sparkNetwork && { databricks: sparkNetwork.virtualNetwork.id } }
  : undefined;
const cluster = new components.KafkaCluster("kafka", {
  ...place,
  ...kafka,
  names,
  protect,
});
const kafkaTopics = new components.KafkaTopics(
  "topics",
  {
    topics: settings.topics,
    bootstrapServers: cluster.bootstrapServers,
    clusterId: cluster.clusterId,
    ssh: { ...cluster.sshEndpoint, user: kafka.sshUser, privateKey: kafka.sshPrivateKey },
  },
  { deletedWith: cluster.resource },
);

// Spark, peered with Kafka's network.
const workspace = new components.DatabricksWorkspace("databricks", {
  ...place,
  ...databricks,
  network: sparkNetwork,
  protect,
  resourceGroupId: group.id,
});
const peering = new components.NetworkPeering(
  "peering",
  {
    ...place,
    ...(sparkNetwork ? { databricksNetwork: sparkNetwork.virtualNetwork } : { workspaceName: workspace.resource.name }),
    virtualNetwork: cluster.virtualNetwork,
  },
  // Azure refuses to peer a network that is still being changed, as both are while nodes come up and subnets are taken;
  // and a workspace that is replaced takes the old peering with it, before there is the new one.
  { dependsOn: [cluster.resource, workspace.resource] },
);
const { access, user } = databricks;
const policies =
  spark.limits && new components.ClusterPolicies("spark-policy", { workspace, limits: spark.limits, access });
const compute = { workspace, ...spark, sparkVersion: spark.version, user, access, tags };
const sparkCluster = spark.interactive
  ? new components.SparkCluster("spark", { ...compute, policyId: policies?.interactive })
  : undefined;

// The two notebooks, as jobs that go on for ever. They start when there is a topic, a way to it, and what they log in with.
const credentials = new components.SecretScope("twitter", {
  workspace,
  scopeName: "twitter",
  secrets: pipeline.twitter.bearerToken ? { "bearer-token": pipeline.twitter.bearerToken } : {},
});
const job = { ...compute, policyId: policies?.jobs, alerts };
const producer = new components.NotebookJob(
  "producer",
  {
    ...job,
    notebookFile: "notebooks/KafkaProducer.scala",
    parameters: producerParameters(pipeline, cluster, credentials.scopeName),
    secretsVersion: pipeline.source === "twitter" ? credentials.version : undefined,
    continuous: pipeline.stopAfter === "never",
  },
  { dependsOn: [kafkaTopics, peering, credentials] },
);
const consumer = new components.NotebookJob(
  "consumer",
  {
    ...job,
    notebookFile: "notebooks/KafkaConsumer.scala",
    parameters: consumerParameters(pipeline, cluster),
    continuous: pipeline.trigger !== "availableNow",
  },
  { dependsOn: [kafkaTopics, peering] },
);

// Logs of all of it in one place, and alerts on what they say.
const monitoring =
  logs &&
  new components.Monitoring("monitoring", {
    ...place,
    workspace: logs.workspace,
    protect,
    kafkaCluster: logs.kafka ? cluster : undefined,
    databricksWorkspaceId: workspace.resource.id,
    securityGroupId: cluster.securityGroupId,
    alertEmails: alerts?.emails,
  });

export const resourceGroupName = group.name;
export const resourceGroupUrl = group.id.apply((id) => components.portalUrl(id));
export const kafkaBrokers = cluster.brokers;
export const bootstrapServers = cluster.bootstrapServers;
export const zookeeperNodes = cluster.zookeeperNodes;
export const topics = kafkaTopics.topics;
export const kafkaDashboardUrl = cluster.dashboardUrl;
export const sshEndpoint = pulumi.interpolate`${cluster.sshEndpoint.host}:${cluster.sshEndpoint.port}`;
export const workspaceUrl = workspace.url;
export const producerJobUrl = producer.url;
export const consumerJobUrl = consumer.url;
export const peeringState = peering.state;
// Left out where there is none: of an output that is undefined the engine warns.
if (sparkCluster) exports.sparkClusterId = sparkCluster.clusterId;
if (monitoring) exports.logAnalyticsUrl = monitoring.url;
