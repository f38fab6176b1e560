import { readFileSync } from "node:fs";
import * as path from "node:path";
import { AzureDatabricksManagementClient } from "@azure/arm-databricks";
import { HDInsightManagementClient } from "@azure/arm-hdinsight";
import { NetworkManagementClient } from "@azure/arm-network";
import { ResourceManagementClient } from "@azure/arm-resources";
import { ClientSecretCredential, type TokenCredential } from "@azure/identity";
import { readEndpoints } from "../../local/endpoints";
import { twinPaths } from "../../local/paths";
import { loadKeys } from "../../local/setup/keys";
import { managementRule } from "../local/cloud/arm/samples";

export const location = "westeurope";

/** Azure's own SDKs, set up as for any private cloud: endpoint, authority and certificate are options of theirs. */
export interface Azure {
  subscription: string;
  resources: ResourceManagementClient;
  network: NetworkManagementClient;
  databricks: AzureDatabricksManagementClient;
  hdinsight: HDInsightManagementClient;
}

/** Clients of the running twin in `home`. `account` says who logs in, by default the twin's service principal. */
export async function azureClients(
  home: string,
  account: { clientSecret?: string; credential?: TokenCredential } = {},
): Promise<Azure> {
  const arm = readEndpoints(home)?.arm;
  if (!arm) throw new Error(`No twin is running in ${home}.`);
  const { tenantId, clientId, subscriptionId: subscription, clientSecret } = (await loadKeys(home)).azure;
  const endpoint = `https://${arm.host}:${arm.port}`;
  const tlsOptions = { ca: readFileSync(path.join(twinPaths(home).keys, "ca.pem"), "utf8") };
  // The credential hands its options to the same HTTP pipeline as the clients, though its type names fewer of them.
  const login = { authorityHost: endpoint, disableInstanceDiscovery: true, tlsOptions };
  const credential =
    account.credential ?? new ClientSecretCredential(tenantId, clientId, account.clientSecret ?? clientSecret, login);
  const options = { endpoint, tlsOptions };
  return {
    subscription,
    resources: new ResourceManagementClient(credential, subscription, options),
    network: new NetworkManagementClient(credential, subscription, options),
    databricks: new AzureDatabricksManagementClient(credential, subscription, options),
    hdinsight: new HDInsightManagementClient(credential, subscription, options),
  };
}

/** Everything that a paged list yields. */
export async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

/** A network ready for an HDInsight cluster: `NAME-nsg`, `NAME-ip`, `NAME-nat`, and `NAME` with the subnet `kafka`. */
export async function createNetwork({ network }: Azure, group: string, name: string, addressPrefix: string) {
  const [nsg, ip] = await Promise.all([
    network.networkSecurityGroups.beginCreateOrUpdateAndWait(group, `${name}-nsg`, {
      location,
      securityRules: [{ name: managementRule.name, ...managementRule.properties }],
    }),
    network.publicIPAddresses.beginCreateOrUpdateAndWait(group, `${name}-ip`, {
      location,
      sku: { name: "Standard" },
      publicIPAllocationMethod: "Static",
    }),
  ]);
  const nat = await network.natGateways.beginCreateOrUpdateAndWait(group, `${name}-nat`, {
    location,
    sku: { name: "Standard" },
    publicIpAddresses: [{ id: ip.id }],
  });
  return network.virtualNetworks.beginCreateOrUpdateAndWait(group, name, {
    location,
    addressSpace: { addressPrefixes: [addressPrefix] },
    subnets: [
      {
        name: "kafka",
        addressPrefix: addressPrefix.replace(/0\.0\/16$/, "0.0/24"),
        networkSecurityGroup: { id: nsg.id },
        natGateway: { id: nat.id },
      },
    ],
  });
}
