import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { credentials, TestArm } from "../../cloud/arm/twin";
import { Engine } from "../support/engine";

// Each test runs several Pulumi commands of a few seconds each.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const program = (tag: string): string => `
  const rg = new resources.ResourceGroup("rg", { resourceGroupName: "rg", location: "westeurope", tags: { tag: "${tag}" } });
  const scope = { resourceGroupName: rg.name, location: rg.location };
  const nsg = new network.NetworkSecurityGroup("nsg", { ...scope, securityRules: [{ name: "management", access: "Allow", direction: "Inbound",
    protocol: "Tcp", priority: 100, sourceAddressPrefix: "HDInsight", sourcePortRange: "*", destinationPortRange: "443", destinationAddressPrefix: "*" }] });
  const ip = new network.PublicIPAddress("ip", { ...scope, publicIPAllocationMethod: "Static", sku: { name: "Standard" } },
    { ignoreChanges: ["natGateway"] });
  const nat = new network.NatGateway("nat", { ...scope, publicIpAddresses: [{ id: ip.id }], sku: { name: "Standard" } });
  const vnet = new network.VirtualNetwork("vnet", { ...scope, addressSpace: { addressPrefixes: ["10.0.0.0/16"] }, tags: { tag: "${tag}" },
    subnets: [{ name: "kafka", addressPrefix: "10.0.0.0/24", networkSecurityGroup: { id: nsg.id }, natGateway: { id: nat.id } }] });
  const other = new network.VirtualNetwork("other", { ...scope, addressSpace: { addressPrefixes: ["10.1.0.0/16"] } });
  new network.Subnet("subnet", { resourceGroupName: rg.name, virtualNetworkName: other.name, addressPrefix: "10.1.0.0/24" });
  const account = new storage.StorageAccount("account", { ...scope, accountName: "kafkastore", kind: "StorageV2", sku: { name: "Standard_LRS" },
    minimumTlsVersion: "TLS1_2", enableHttpsTrafficOnly: true });
  const container = new storage.BlobContainer("container", { resourceGroupName: rg.name, accountName: account.name, containerName: "kafka" });
  const keys = storage.listStorageAccountKeysOutput({ resourceGroupName: rg.name, accountName: account.name });
  const network_ = { id: vnet.id, subnet: vnet.subnets.apply((all) => all[0].id) };
  const linuxOperatingSystemProfile = { username: "sshuser", sshProfile: { publicKeys: [{ certificateData: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGfX5ZCMz+n1AqzUxZ3mkkVbNXVv5D0NHXG4DmVqNZpD x" }] } };
  const role = (name, targetInstanceCount, vmSize, more = {}) => ({ name, targetInstanceCount, hardwareProfile: { vmSize },
    osProfile: { linuxOperatingSystemProfile }, virtualNetworkProfile: network_, ...more });
  const cluster = new hdinsight.Cluster("cluster", { ...scope, clusterName: "kafkatwin", properties: {
    clusterVersion: "5.1", osType: "Linux", clusterDefinition: { kind: "Kafka", componentVersion: { Kafka: "3.2" }, configurations: {
      gateway: { "restAuthCredential.isEnabled": true, "restAuthCredential.username": "admin", "restAuthCredential.password": pulumi.secret("CANARY-Passw0rd!") } } },
    storageProfile: { storageaccounts: [{ name: pulumi.interpolate\`\${account.name}.blob.core.windows.net\`, isDefault: true,
      container: container.name, key: pulumi.secret(keys.apply((k) => k.keys[0].value)) }] },
    computeProfile: { roles: [role("headnode", 2, "Standard_E4_V3"), role("workernode", 3, "Standard_E4_V3", { dataDisksGroups: [{ disksPerNode: 1 }] }), role("zookeepernode", 3, "Standard_A4_v2")] },
  } });
  const workspace = new azuredatabricks.Workspace("workspace", { ...scope, workspaceName: "spark", computeMode: "Hybrid", sku: { name: "premium" },
    managedResourceGroupId: "/subscriptions/${credentials.subscriptionId}/resourceGroups/spark-managed", parameters: { enableNoPublicIp: { value: true } } });
  const there = new azuredatabricks.VNetPeering("there", { resourceGroupName: rg.name, workspaceName: workspace.name, peeringName: "kafka",
    remoteVirtualNetwork: { id: vnet.id }, allowVirtualNetworkAccess: true }, { dependsOn: [cluster] });
  const back = new network.VirtualNetworkPeering("back", { resourceGroupName: rg.name, virtualNetworkName: vnet.name, virtualNetworkPeeringName: "spark",
    remoteVirtualNetwork: { id: there.databricksVirtualNetwork.apply((v) => v.id) }, allowVirtualNetworkAccess: true });
  exports.back = network.getVirtualNetworkPeeringOutput({ resourceGroupName: rg.name, virtualNetworkName: vnet.name, virtualNetworkPeeringName: "spark" }, { dependsOn: [back] }).peeringState;
  exports.there = azuredatabricks.getVNetPeeringOutput({ resourceGroupName: rg.name, workspaceName: workspace.name, peeringName: "kafka" }, { dependsOn: [back] }).peeringState;
  exports.prefixes = network.getVirtualNetworkOutput({ resourceGroupName: rg.name, virtualNetworkName: vnet.name }).addressSpace;
  exports.url = workspace.workspaceUrl;
  exports.endpoints = pulumi.unsecret(cluster.properties).apply((p) => p.connectivityEndpoints.map((e) => e.name));
  const identity = new managedidentity.UserAssignedIdentity("identity", scope);
  new authorization.RoleAssignment("role", { scope: rg.id, principalId: identity.principalId, principalType: "ServicePrincipal",
    roleDefinitionId: "/subscriptions/${credentials.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c" });
  const zone = new privatedns.PrivateZone("zone", { resourceGroupName: rg.name, privateZoneName: "kafka.internal", location: "Global" });
  new privatedns.VirtualNetworkLink("link", { resourceGroupName: rg.name, privateZoneName: zone.name, location: "Global",
    virtualNetwork: { id: vnet.id }, registrationEnabled: false });
  new privatedns.PrivateRecordSet("record", { resourceGroupName: rg.name, privateZoneName: zone.name, recordType: "A",
    relativeRecordSetName: "wn0", ttl: 60, aRecords: [{ ipv4Address: "10.0.0.6" }] });
  const logs = new operationalinsights.Workspace("logs", { ...scope, workspaceName: "stream-logs", retentionInDays: 60, sku: { name: "PerGB2018" } });
  new monitor.DiagnosticSetting("setting", { resourceUri: workspace.id, workspaceId: logs.id, logs: [{ category: "jobs", enabled: true }] });
  const told = new monitor.ActionGroup("told", { resourceGroupName: rg.name, location: "Global", groupShortName: "told", enabled: true, tags: { tag: "${tag}" },
    emailReceivers: [{ name: "operators", emailAddress: "operators@example.com", useCommonAlertSchema: true }] });
  new monitor.ScheduledQueryRule("rule", { ...scope, scopes: [logs.id], severity: 1, evaluationFrequency: "PT5M", windowSize: "PT15M",
    skipQueryValidation: true, actions: { actionGroups: [told.id] },
    criteria: { allOf: [{ query: "DatabricksJobs", timeAggregation: "Count", operator: "GreaterThan", threshold: 0 }] } });
  exports.me = authorization.getClientConfigOutput().clientId;`;

describe("the azure-native plugin against the twin's resource manager", () => {
  let arm: TestArm;
  let engine: Engine;

  beforeAll(async () => {
    arm = await TestArm.start();
    engine = await Engine.start(["azure-native"], {
      ARM_METADATA_HOSTNAME: `${arm.address.host}:${arm.address.port}`,
      ARM_TENANT_ID: credentials.tenantId,
      ARM_SUBSCRIPTION_ID: credentials.subscriptionId,
      ARM_CLIENT_ID: credentials.clientId,
      ARM_CLIENT_SECRET: credentials.clientSecret,
      NODE_EXTRA_CA_CERTS: path.join(arm.home, "keys", "ca.pem"),
    });
  });
  afterAll(async () => {
    engine.close();
    await arm.stop();
  });

  it("creates every resource type that it knows", async () => {
    engine.program(program("one"));
    const { ok, text } = await engine.up();
    expect(text).toContain("+ 23 created");
    expect(ok).toBe(true);
    expect(await engine.outputs()).toMatchObject({
      back: "Connected",
      there: "Connected",
      prefixes: { addressPrefixes: ["10.0.0.0/16"] },
      endpoints: expect.arrayContaining(["HTTPS", "SSH"]),
      me: credentials.clientId,
    });
    expect(await engine.stateText()).not.toContain("CANARY");
  });

  it("finds nothing to do, before and after a refresh", async () => {
    expect((await engine.preview("--expect-no-changes")).text).toContain("23 unchanged");
    const refresh = await engine.refresh();
    expect(refresh.ok).toBe(true);
    expect((await engine.preview("--expect-no-changes")).text).toContain("23 unchanged");
  });

  it("updates in place", async () => {
    engine.program(program("two"));
    expect((await engine.up()).text).toContain("~ 3 updated");
    expect((await engine.preview("--expect-no-changes", "--refresh")).ok).toBe(true);
  });

  it("destroys everything, in an order that Azure accepts", async () => {
    const { ok, text } = await engine.destroy();
    expect(text).not.toContain("error");
    expect(ok).toBe(true);
    expect([...arm.kafka.clusters.keys()]).toEqual([]);
  });
});
