import { clusterBody } from "./samples";
import { createNetwork, group, type Json, location, provider, TestArm } from "./twin";

/** ARM id of a cluster. */
export const cluster = (name: string): string => `${provider("HDInsight")}/clusters/${name}`;

/** What clusters need before there are any. */
export interface ClusterPlace {
  arm: TestArm;
  network: Awaited<ReturnType<typeof createNetwork>>;
  /** Of the storage account. */
  key: string;
  /** The body of a PUT that makes a cluster there, with its account's key, and changed as the test wants it. */
  clusterBody(change?: (body: Json) => void): Json;
}

/** A twin with a resource group, a network and a storage account. */
export async function placeForClusters(): Promise<ClusterPlace> {
  const arm = await TestArm.start();
  await arm.put(group, { location });
  const network = await createNetwork(arm);
  const account = `${provider("Storage")}/storageAccounts/store`;
  await arm.create(account, { location, kind: "StorageV2", sku: { name: "Standard_LRS" } });
  const key: string = (await arm.post(`${account}/listKeys`)).body.keys[0].value;
  return { arm, network, key, clusterBody: (change) => clusterBody({ network, account: "store", key }, change) };
}
