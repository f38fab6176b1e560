import * as path from "node:path";
import * as azure from "@pulumi/azure-native/databricks";
import * as command from "@pulumi/command";
import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { managedGroupId } from "../naming";
import { nodeScript } from "../nodeScript";
import type { WorkspaceConnection } from "./connection";
import type { WorkspaceNetwork } from "./network";

/** How Databricks is logged in to. `pat` takes a token from `DATABRICKS_TOKEN`; the others are Microsoft Entra's. */
export const DatabricksAuthType = {
  AzureCli: "azure-cli",
  AzureClientSecret: "azure-client-secret",
  GithubOidcAzure: "github-oidc-azure",
  AzureMsi: "azure-msi",
  Pat: "pat",
} as const;
export type DatabricksAuthType = (typeof DatabricksAuthType)[keyof typeof DatabricksAuthType];

export interface DatabricksWorkspaceArgs {
  /** Resource group of the workspace. A change replaces it. */
  resourceGroupName: pulumi.Input<string>;
  /** ARM id of that resource group; its subscription is where Databricks' own resource group goes. */
  resourceGroupId: pulumi.Input<string>;
  /** Azure region. A change replaces the workspace. */
  location: pulumi.Input<string>;
  /** Name of the workspace, 3 to 64 characters. A change replaces it. */
  workspaceName: pulumi.Input<string>;
  /**
   * First two octets of Databricks' own virtual network, such as `10.139` for 10.139.0.0/16. Needed unless there is a
   * `network`, and refused beside one. A change replaces the workspace.
   */
  managedAddressPrefix?: pulumi.Input<string>;
  /** A network of one's own for the nodes. Default: Databricks makes and manages one. A change replaces the workspace. */
  network?: WorkspaceNetwork;
  /** How this program and its readiness check log in. Always named: left to a guess, it fails on machines with several. */
  authType: DatabricksAuthType;
  /** Entra tenant, where `authType` needs one. */
  azureTenantId?: pulumi.Input<string>;
  /** Client (application) id, where `authType` needs one. Its secret comes from `ARM_CLIENT_SECRET`. */
  azureClientId?: pulumi.Input<string>;
  /** Refuse to delete or replace the workspace. Default false: `pulumi destroy` takes all of it. */
  protect?: boolean;
  /** Tags on the workspace and on what Databricks makes for it. Default: none. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * An Azure Databricks workspace with a virtual network managed by Databricks or in one of one's own, and a provider to
 * make things in it.
 *
 * A new workspace refuses calls for a while after Azure calls it done; `provider` therefore waits until it answers
 * steadily, and so does everything that uses it.
 */
export class DatabricksWorkspace extends pulumi.ComponentResource {
  /** ARM id of the workspace. */
  readonly resourceId: pulumi.Output<string>;
  /** https URL of the workspace. */
  readonly url: pulumi.Output<string>;

  /** The workspace in Azure, for peering and for `deletedWith`: its end is the end of everything inside. */
  get resource(): azure.Workspace {
    return (parts.get(this) as Parts).resource;
  }

  /** For every Databricks resource in this workspace. Usable once the workspace is ready. */
  get provider(): databricks.Provider {
    return (parts.get(this) as Parts).provider;
  }

  constructor(name: string, args: DatabricksWorkspaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:databricks:DatabricksWorkspace", name, {}, opts);

    const resource = new azure.Workspace(
      `${name}-workspace`,
      {
        resourceGroupName: args.resourceGroupName,
        location: args.location,
        workspaceName: args.workspaceName,
        tags: args.tags,
        // Serverless workspaces have no virtual network, so nothing to peer. Azure cannot change it later.
        computeMode: "Hybrid",
        sku: { name: "premium" },
        managedResourceGroupId: pulumi
          .all([args.resourceGroupId, args.workspaceName])
          .apply(([group, workspace]) => managedGroupId(group, workspace)),
        parameters: { enableNoPublicIp: { value: true }, ...networkParameters(name, args) },
      },
      {
        parent: this,
        protect: args.protect,
        replaceOnChanges: ["computeMode", "parameters"],
        // A workspace keeps the group that it was made with: other releases made the name in another way.
        ignoreChanges: ["managedResourceGroupId"],
        deleteBeforeReplace: true,
        customTimeouts: { create: "30m", delete: "30m" },
      },
    );
    this.resourceId = resource.id;
    this.url = pulumi.interpolate`https://${resource.workspaceUrl}`;

    const ready = new command.local.Command(
      `${name}-ready`,
      {
        ...nodeScript(path.join(__dirname, "readiness", "awaitWorkspace")),
        environment: {
          WORKSPACE_URL: this.url,
          WORKSPACE_AUTH_TYPE: args.authType,
          ...(args.azureTenantId ? { WORKSPACE_TENANT_ID: args.azureTenantId } : {}),
          ...(args.azureClientId ? { WORKSPACE_CLIENT_ID: args.azureClientId } : {}),
        },
        addPreviousOutputInEnv: false,
        triggers: [resource.workspaceId],
      },
      { parent: this, deletedWith: resource, customTimeouts: { create: "30m" } },
    );

    const provider = new databricks.Provider(
      `${name}-provider`,
      {
        host: this.url,
        azureWorkspaceResourceId: resource.id,
        authType: args.authType,
        // The provider asks for a managed identity's token only with this (databricks-sdk-go, auth_azure_msi.go).
        azureUseMsi: args.authType === "azure-msi" ? true : undefined,
        azureTenantId: args.azureTenantId,
        azureClientId: args.azureClientId,
      },
      { parent: this, dependsOn: [ready] },
    );

    parts.set(this, { resource, provider });

    this.registerOutputs({ url: this.url });
  }
}

type Parts = Required<WorkspaceConnection> & { resource: azure.Workspace };

/** Not in properties, which are a component package's outputs: those of other packages' types would need their schemas. */
const parts = new WeakMap<DatabricksWorkspace, Parts>();

/** Where the nodes are, by the parameters of the workspace in ARM. */
function networkParameters(name: string, { network, managedAddressPrefix }: DatabricksWorkspaceArgs) {
  if ((network === undefined) === (managedAddressPrefix === undefined)) {
    throw new Error(
      `Databricks workspace \`${name}\` needs one of the two: \`managedAddressPrefix\` for a network that Databricks manages, or \`network\` for one of your own.`,
    );
  }
  if (network === undefined) return { vnetAddressPrefix: { value: managedAddressPrefix as pulumi.Input<string> } };
  return {
    customVirtualNetworkId: { value: network.virtualNetwork.id },
    customPublicSubnetName: { value: network.hostSubnetName },
    customPrivateSubnetName: { value: network.containerSubnetName },
  };
}
