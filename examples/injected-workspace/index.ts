import * as network from "@pulumi/azure-native/network";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import {
  type DatabricksAuthType,
  DatabricksNetwork,
  DatabricksWorkspace,
  NetworkPeering,
} from "azure-kafka-spark-streaming";

const config = new pulumi.Config();

// The network of somebody else's, with the Kafka cluster in it. The workspace goes into its region.
const kafkaNetwork = network.getVirtualNetworkOutput({
  resourceGroupName: config.require("kafkaNetworkGroup"),
  virtualNetworkName: config.require("kafkaNetworkName"),
});
const location = kafkaNetwork.apply(({ location = "" }) => location);
const group = new resources.ResourceGroup("spark", { location });
const place = { resourceGroupName: group.name, location };

const sparkNetwork = new DatabricksNetwork("spark-network", {
  ...place,
  addressSpace: config.require("addressSpace"),
  hostSubnetPrefix: config.require("hostSubnetPrefix"),
  containerSubnetPrefix: config.require("containerSubnetPrefix"),
});
const workspace = new DatabricksWorkspace("spark", {
  ...place,
  resourceGroupId: group.id,
  workspaceName: config.require("workspaceName"),
  network: sparkNetwork,
  authType: config.require<DatabricksAuthType>("authType"),
});
const peering = new NetworkPeering(
  "peering",
  {
    resourceGroupName: group.name,
    databricksNetwork: sparkNetwork.virtualNetwork,
    virtualNetwork: {
      id: kafkaNetwork.apply(({ id = "" }) => id),
      name: kafkaNetwork.name,
      resourceGroupName: config.require("kafkaNetworkGroup"),
    },
  },
  // Azure refuses to peer a network that is still being changed, as it is while the workspace takes its subnets.
  { dependsOn: [workspace.resource] },
);

export const workspaceUrl = workspace.url;
export const peeringState = peering.state;
