import * as databricks from "@pulumi/azure-native/databricks";
import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import pRetry from "p-retry";
import type { NetworkReference } from "./reference";

export interface NetworkPeeringArgs {
  /** Resource group of the workspace, and of the other network unless that names its own. A change replaces the peering. */
  resourceGroupName: pulumi.Input<string>;
  /** Name of the Databricks workspace with a managed virtual network. A change replaces the peering. */
  workspaceName: pulumi.Input<string>;
  /** The other network: Kafka's. Same region, and no address in common with the workspace's. */
  virtualNetwork: NetworkReference;
}

/**
 * Peers the managed network of a Databricks workspace with another virtual network, both ways, and fails unless Azure
 * says that they are connected.
 *
 * Traffic flows only when both halves exist. The workspace's half comes first: only through it does Azure tell the id
 * of the managed network, which the other half points to.
 */
export class NetworkPeering extends pulumi.ComponentResource {
  /** `Connected`, or the program has failed. Both halves, read back after they were made. */
  readonly state: pulumi.Output<string>;

  constructor(name: string, args: NetworkPeeringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:network:NetworkPeering", name, {}, opts);
    const { resourceGroupName, workspaceName } = args;
    const otherGroup = args.virtualNetwork.resourceGroupName ?? resourceGroupName;

    const fromDatabricks = new databricks.VNetPeering(
      `${name}-from-databricks`,
      {
        resourceGroupName,
        workspaceName,
        peeringName: "to-kafka",
        remoteVirtualNetwork: { id: args.virtualNetwork.id },
        allowVirtualNetworkAccess: true,
      },
      // With one half gone the other is Disconnected and cannot be used again, so they are always made together.
      { parent: this, deleteBeforeReplace: true, replaceOnChanges: ["remoteVirtualNetwork"] },
    );

    const toDatabricks = new network.VirtualNetworkPeering(
      `${name}-to-databricks`,
      {
        resourceGroupName: otherGroup,
        virtualNetworkName: args.virtualNetwork.name,
        virtualNetworkPeeringName: "to-databricks",
        remoteVirtualNetwork: {
          id: fromDatabricks.databricksVirtualNetwork.apply((managed) => managed?.id ?? missingManagedNetwork()),
        },
        allowVirtualNetworkAccess: true,
      },
      { parent: this, deleteBeforeReplace: true, replaceOnChanges: ["remoteVirtualNetwork"] },
    );

    // What the resources recorded is old: the first half was made when there was no second.
    this.state = pulumi
      .all([
        resourceGroupName,
        workspaceName,
        otherGroup,
        args.virtualNetwork.name,
        fromDatabricks.name,
        toDatabricks.name,
      ])
      .apply(([group, workspace, other, virtualNetwork, first, second]) =>
        connectedState(
          () =>
            databricks.getVNetPeering(
              { resourceGroupName: group, workspaceName: workspace, peeringName: first },
              { parent: this },
            ),
          () =>
            network.getVirtualNetworkPeering(
              {
                resourceGroupName: other,
                virtualNetworkName: virtualNetwork,
                virtualNetworkPeeringName: second as string,
              },
              { parent: this },
            ),
        ),
      );

    this.registerOutputs({ state: this.state });
  }
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
      `The virtual networks are not connected: the peering from Databricks is \`${first.peeringState}\`, the one to Databricks is \`${second.peeringState}\`, and both need to be \`Connected\`. When one is \`Disconnected\`, remove both (pulumi destroy --target '**NetworkPeering**' --target-dependents) and run \`pulumi up\` again.`,
    );
  }, retry);
}

function missingManagedNetwork(): never {
  throw new Error(
    "Azure names no managed virtual network for the Databricks workspace: it is serverless, or uses a network of your own, and then is peered like any other network.",
  );
}
