import { afterAll, beforeAll, expect, it } from "vitest";
import { loopbackNetworks } from "../../../../local/network/loopback";
import type { NetworkPlan, PlannedNetwork } from "../../../../local/network/plan";
import { clusterBody, createAccount } from "./samples";
import { createNetwork, group, location, provider, subscription, TestArm } from "./twin";

/** What the resources make of the networks: the plan that was applied last, before the client had its answer. */
let plan: NetworkPlan;
let arm: TestArm;
const managedNetwork = `${subscription}/resourceGroups/managed/providers/Microsoft.Network/virtualNetworks/workers-vnet`;
const workspace = `${provider("Databricks")}/workspaces/spark`;
const cluster = `${provider("HDInsight")}/clusters/events`;
let vnet: string;
let subnet: string;

const planned = (id: string) => plan.networks.find((network) => network.id === id) as PlannedNetwork;

beforeAll(async () => {
  const apply = async (next: NetworkPlan) => {
    plan = next;
  };
  arm = await TestArm.start({ networks: { ...loopbackNetworks, mode: "namespaces", apply } });
  await arm.put(group, { location });
  const network = await createNetwork(arm);
  [vnet, subnet] = [network.vnet, network.subnet];
});
afterAll(() => arm.stop());

it("a network has its ranges, its subnets and the rules of their group, Azure's own last", () => {
  const { prefixes, subnets, hosts, gateways } = planned(vnet);
  expect({ prefixes, hosts, gateways }).toEqual({ prefixes: ["10.0.0.0/16"], hosts: [], gateways: [] });
  const [{ rules = [], ...rest } = {}] = subnets;
  expect(rest).toEqual({ prefixes: ["10.0.0.0/24"] });
  expect(rules.map(({ name }) => name).slice(-6)).toEqual([
    "AllowVnetInBound",
    "AllowAzureLoadBalancerInBound",
    "DenyAllInBound",
    "AllowVnetOutBound",
    "AllowInternetOutBound",
    "DenyAllOutBound",
  ]);
  expect(rules[0]).toMatchObject({ direction: "Inbound", access: "Allow", sources: ["HDInsight"] });
});

it("a cluster's hosts have their addresses before it starts, and a public one leads to the first head node", async () => {
  const key = await createAccount(arm, group, "planned");
  let atStart: PlannedNetwork | undefined;
  const create = arm.kafka.create.bind(arm.kafka);
  arm.kafka.create = async (spec) => {
    atStart = planned(vnet);
    return create(spec);
  };
  await arm.create(cluster, clusterBody({ network: { vnet, subnet }, account: "planned", key }));
  const all = Array.from({ length: 8 }, (_, index) => `10.0.0.${4 + index}`);
  expect(atStart?.hosts).toEqual(all);
  expect(atStart?.gateways).toEqual([{ address: "203.0.113.11", to: "10.0.0.4", ports: [443, 22] }]);
  await arm.finish(await arm.post(`${cluster}/roles/workernode/resize`, { targetInstanceCount: 4 }));
  expect(planned(vnet).hosts).toEqual([...all, "10.0.0.12"]);
});

it("a workspace's driver is in its managed network", async () => {
  await arm.create(workspace, {
    location,
    sku: { name: "premium" },
    properties: { computeMode: "Hybrid", managedResourceGroupId: `${subscription}/resourceGroups/managed` },
  });
  expect(planned(managedNetwork)).toMatchObject({ prefixes: ["10.139.0.0/16"], hosts: ["10.139.64.4"], trusted: [] });
});

it("two networks are connected, and trust each other, while both halves are there", async () => {
  const first = `${workspace}/virtualNetworkPeerings/to-kafka`;
  const second = `${vnet}/virtualNetworkPeerings/to-databricks`;
  const half = (id: string, more: object = {}) => ({ properties: { remoteVirtualNetwork: { id }, ...more } });
  await arm.create(first, half(vnet));
  expect(plan.peerings).toEqual([]);
  await arm.create(second, half(managedNetwork, { allowVirtualNetworkAccess: false }));
  expect(plan.peerings.map((pair) => [...pair].sort())).toEqual([[managedNetwork, vnet].sort()]);
  expect(planned(vnet).trusted).toEqual([]);
  expect(planned(managedNetwork).trusted).toEqual([vnet]);
  await arm.destroy(second);
  expect(plan.peerings).toEqual([]);
  expect(planned(managedNetwork).trusted).toEqual([]);
});

it("names of a private zone are known where it is linked", async () => {
  const zone = `${provider("Network")}/privateDnsZones/kafka.example`;
  await arm.create(zone, { location: "global" });
  const record = (name: string, ...addresses: string[]) =>
    arm.put(`${zone}/A/${name}`, {
      properties: { ttl: 60, aRecords: addresses.map((ipv4Address) => ({ ipv4Address })) },
    });
  await record("WN0", "10.0.0.9");
  expect(planned(vnet).names).toEqual({});
  await arm.create(`${zone}/virtualNetworkLinks/kafka`, {
    location: "global",
    properties: { virtualNetwork: { id: vnet } },
  });
  await record("@", "10.0.0.9", "10.0.0.10");
  expect(planned(vnet).names).toEqual({
    "wn0.kafka.example": ["10.0.0.9"],
    "kafka.example": ["10.0.0.9", "10.0.0.10"],
  });
  expect(planned(managedNetwork).names).toEqual({});
});

it("a network that is deleted is in the plan no more, nor is a cluster that is gone", async () => {
  await arm.destroy(cluster);
  expect(planned(vnet)).toMatchObject({ hosts: [], gateways: [] });
  await arm.destroy(workspace);
  expect(plan.networks.map(({ id }) => id)).toEqual([vnet]);
});
