import * as network from "@pulumi/azure-native/network";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { KafkaCluster } from "azure-kafka-spark-streaming";

const config = new pulumi.Config();

// The network of somebody else's. The cluster goes into its region, and into a resource group of its own.
const hub = network.getVirtualNetworkOutput({
  resourceGroupName: config.require("networkGroup"),
  virtualNetworkName: config.require("networkName"),
});
const location = hub.apply(({ location = "" }) => location);
const networkId = hub.apply(({ id = "" }) => id);
const group = new resources.ResourceGroup("kafka", { location });

const kafka = new KafkaCluster("kafka", {
  resourceGroupName: group.name,
  location,
  clusterName: config.require("clusterName"),
  existingNetwork: {
    virtualNetwork: { id: networkId, name: hub.name, resourceGroupName: config.require("networkGroup") },
    subnetId: pulumi.interpolate`${networkId}/subnets/${config.require("subnetName")}`,
  },
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

export const bootstrapServers = kafka.bootstrapServers;
