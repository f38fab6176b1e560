import * as databricks from "@pulumi/azure-native/databricks";
import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import pRetry from "p-retry";
import type { NetworkReference } from "./reference";

export interface NetworkPeeringArgs {
  /** Resource group of the workspace, and of a network that does not name its own. A change replaces the peering. */
  resourceGroupName: pulumi.Input<string>;
  /** Databricks' side: the name of a workspace with a managed network. Refused beside `databricksNetwork`. */
  workspaceName?: pulumi.Input<string>;
  /** Databricks' side: the network that a workspace is in. Needed unless there is a `workspaceName`. */
  databricksNetwork?: NetworkReference;
  /** The other network: Kafka's. No address in common with Databricks'; for a managed network, in the same region. */
  virtualNetwork: NetworkReference;
}

/**
 * Peers the network of a Databricks workspace, managed or one's own, with another virtual network, both ways, and fails
 * unless Azure says that they are connected.
 *
 * Traffic flows only when both halves exist. Databricks' half comes first: only through it does Azure tell the id of a
 * managed network, which the other half points to.
 */
export class NetworkPeering extends pulumi.ComponentResource {
  /** `Connected`, or the program has failed. Both halves, read back after they were made. */
  readonly state: pulumi.Output<string>;

  constructor(name: string, args: NetworkPeeringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:network:NetworkPeering", name, {}, opts);
    const { resourceGroupName, workspaceName, databricksNetwork, virtualNetwork: other } = args;
    if ((workspaceName === undefined) === (databricksNetwork === undefined)) {
      throw new Error(
        `Peering \`${name}\` needs one of the two: \`workspaceName\` for a network that Databricks manages, or \`databricksNetwork\` for the network that a workspace is in.`,
      );
    }
    // With one half gone the other is Disconnected and cannot be used again, so they are always made together.
    const options = { parent: this, deleteBeforeReplace: true, replaceOnChanges: ["remoteVirtualNetwork"] };

    const from = `${name}-from-databricks`;
    const first = databricksNetwork
      ? networkHalf(from, resourceGroupName, databricksNetwork, "to-kafka", other.id, options)
      : workspaceHalf(from, resourceGroupName, workspaceName as pulumi.Input<string>, other, options);
    const second = networkHalf(`${name}-to-databricks`, resourceGroupName, other, "to-databricks", first.local, {
      ...options,
      dependsOn: [first.resource],
    });

    // What the resources recorded is old: the first half was made when there was no second.
    this.state = pulumi.all([first.reader, second.reader]).apply(([fromDatabricks, toDatabricks]) =>
      connectedState(
        () => fromDatabricks({ parent: this }),
        () => toDatabricks({ parent: this }),
      ),
    );

    this.registerOutputs({ state: this.state });
  }
}

type StateReader = (invoke: pulumi.InvokeOptions) => Promise<Half>;

/** One half, the id of the network that it belongs to, and what reads its state once it is there. */
interface MadeHalf {
  resource: pulumi.Resource;
  local: pulumi.Input<string>;
  reader: pulumi.Output<StateReader>;
}

/** The half of a workspace, for its managed network, which nobody else may touch. */
function workspaceHalf(
  name: string,
  resourceGroupName: pulumi.Input<string>,
  workspaceName: pulumi.Input<string>,
  remote: NetworkReference,
  options: pulumi.CustomResourceOptions,
): MadeHalf {
  const resource = new databricks.VNetPeering(
    name,
    {
      resourceGroupName,
      workspaceName,
      peeringName: "to-kafka",
      remoteVirtualNetwork: { id: remote.id },
      allowVirtualNetworkAccess: true,
    },
    options,
  );
  return {
    resource,
    local: resource.databricksVirtualNetwork.apply((managed) => managed?.id ?? missingManagedNetwork()),
    reader: pulumi.all([resourceGroupName, workspaceName, resource.name]).apply(
      ([group, workspace, peeringName]): StateReader =>
        (invoke) =>
          databricks.getVNetPeering({ resourceGroupName: group, workspaceName: workspace, peeringName }, invoke),
    ),
  };
}

/** Arguments to the SDK, but Azure's to say: after a refresh they would look like changes to undo. */
const reportedByAzure = ["peeringState", "peeringSyncLevel", "remoteAddressSpace", "remoteVirtualNetworkAddressSpace"];

/** The half of an ordinary network. */
function networkHalf(
  name: string,
  resourceGroupName: pulumi.Input<string>,
  local: NetworkReference,
  peeringName: string,
  remoteId: pulumi.Input<string>,
  options: pulumi.CustomResourceOptions,
): MadeHalf {
  const networkGroup = local.resourceGroupName ?? resourceGroupName;
  const resource = new network.VirtualNetworkPeering(
    name,
    {
      resourceGroupName: networkGroup,
      virtualNetworkName: local.name,
      virtualNetworkPeeringName: peeringName,
      remoteVirtualNetwork: { id: remoteId },
      allowVirtualNetworkAccess: true,
    },
    { ...options, ignoreChanges: reportedByAzure },
  );
  return {
    resource,
    local: local.id,
    reader: pulumi.all([networkGroup, local.name, resource.name]).apply(
      ([group, virtualNetworkName, virtualNetworkPeeringName]): StateReader =>
        (invoke) =>
          network.getVirtualNetworkPeering(
            {
              resourceGroupName: group,
              virtualNetworkName,
              virtualNetworkPeeringName: virtualNetworkPeeringName as string,
            },
            invoke,
          ),
    ),
  };
}

type Half = { peeringState?: string };

/**
 * Asks for both halves until both are `Connected`, for about two minutes. Rejects with the state of each, and what to
 * do, when they do not get there.
 */
export async function connectedState(
  fromDatabricks: () => Promise<Half>,
  toDatabricks: () => Promise<Half>,
  retry = { retries: 8, minTimeout: 1_000, maxTimeout: 30_000 },
): Promise<string> {
  return pRetry(async () => {
    const [first, second] = await Promise.all([fromDatabricks(), toDatabricks()]);
    if (first.peeringState === "Connected" && second.peeringState === "Connected") return "Connected";
    throw new Error(
      `The virtual networks are not connected: the peering from Databricks is \`${first.peeringState}\`, the one to Databricks is \`${second.peeringState}\`, and both need to be \`Connected\`. When one is \`Disconnected\`, delete both (\`az resource delete --ids\`, with the ids that \`pulumi stack --show-ids\` tells) and run \`pulumi up --refresh\`.`,
    );
  }, retry);
}

function missingManagedNetwork(): never {
  throw new Error(
    "Azure names no managed virtual network for the Databricks workspace: it is serverless, or it is in a network of your own, which you give as `databricksNetwork`.",
  );
}
