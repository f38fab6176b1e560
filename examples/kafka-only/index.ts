import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { KafkaCluster, KafkaTopics } from "azure-kafka-spark-streaming";

const config = new pulumi.Config();
const location = new pulumi.Config("azure-native").require("location");
const group = new resources.ResourceGroup("kafka-only", { location });

const kafka = new KafkaCluster("kafka", {
  resourceGroupName: group.name,
  location,
  clusterName: config.require("clusterName"),
  addressSpace: config.require("addressSpace"),
  subnetPrefix: config.require("subnetPrefix"),
  operatorAddresses: [config.require("operatorAddress")],
  workers: 3,
  workerSize: "Standard_E4ads_v5",
  headSize: "Standard_E4ads_v5",
  zookeeperSize: "Standard_E2_v3",
  disksPerWorker: 1,
  gatewayUser: "admin",
  gatewayPassword: config.requireSecret("gatewayPassword"),
  sshUser: "sshuser",
  sshPublicKey: config.require("sshPublicKey"),
});

const kafkaTopics = new KafkaTopics(
  "topics",
  {
    topics: [{ name: "orders", partitions: 6, replicationFactor: 3, config: { "retention.ms": "86400000" } }],
    bootstrapServers: kafka.bootstrapServers,
    clusterId: kafka.clusterId,
    ssh: { ...kafka.sshEndpoint, user: "sshuser", privateKey: config.requireSecret("sshPrivateKey") },
  },
  { deletedWith: kafka.resource },
);

export const bootstrapServers = kafka.bootstrapServers;
export const topics = kafkaTopics.topics;
