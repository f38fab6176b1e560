import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import * as components from "../../components";
import { args as clusterArgs, expectNoCanary, record } from "./kafka/support";
import type { Recording } from "./recording";

const place = { resourceGroupName: "rg", location: "westeurope", tags: { team: "data" } };
const gateway = { user: "admin", password: "Canary-Gateway-1!" };
const cluster = { resourceId: "/cluster", clusterId: "11f0-22" };
const storage = { ...place, clusterName: "events" };
const ambari = { clusterName: "events", clusterId: "11f0-22", ambariUrl: "https://events", gateway, workers: 2 };
const zone = { ...place, zoneName: "kafka.internal", networks: { spark: "/spark" } };
const ssh = { host: "h", port: 22, user: "sshuser", privateKey: "canary-key" };
const topics = { topics: [], bootstrapServers: "10.0.0.9:9092", clusterId: "11f0-22", ssh };
const hub = { id: "/hub", name: "hub" };
const limits = { nodeTypes: ["Standard_D4ds_v5"], maxWorkers: 2, maxAutoterminationMinutes: 60 };
const workspaceArgs = {
  ...{ ...place, resourceGroupId: "/subscriptions/1-2/resourceGroups/rg", workspaceName: "streams" },
  authType: "azure-cli" as const,
};
const logs = { ...place, workspaceId: "/logs" };

/** A workspace of somebody else's. */
const workspace = () => ({
  provider: new databricks.Provider("theirs", { host: "https://adb-9.9.azuredatabricks.net" }),
});
const compute = () => ({
  ...{ workspace: workspace(), sparkVersion: "16.4.x-scala2.12", nodeType: "Standard_D4ds_v5", workers: 1 },
  user: "me@example.com",
});
const notebook = () => ({ ...compute(), notebookFile: "notebooks/KafkaConsumer.scala", parameters: {} });
const access = { group: "users", level: "run" as const };

const kafkaNetwork = ["c-network", "c-network-nsg", "c-network-nat-ip", "c-network-nat", "c-network-vnet"];
const kafkaStorage = ["", "-account", "-container"].map((role) => `c-storage${role}`);
const identity = ["-identity", "-role", "-role-wait"].map((role) => `c-storage${role}`);
const kafka = ["c-cluster", "c-live", "c-live-apply", "c-addresses", "c-addresses-advertise", "c-addresses-read"];

/** Each component, alone, in each of its modes: what it makes below itself, which is all that it makes. */
const table: [component: string, mode: string, make: () => unknown, makes: string[]][] = [
  [
    "KafkaCluster",
    "all made, addresses advertised",
    () => new components.KafkaCluster("c", clusterArgs),
    [...kafkaNetwork, ...kafkaStorage, ...identity, ...kafka],
  ],
  [
    "KafkaCluster",
    "with network and storage of somebody else's, nothing advertised",
    () =>
      new components.KafkaCluster("c", {
        ...clusterArgs,
        ...{ advertise: "none", existingNetwork: { virtualNetwork: hub, subnetId: "/hub/subnets/kafka" } },
        existingStorage: { accountId: "/a/storageAccounts/theirs", container: "kafka", key: "canary-key" },
      }),
    kafka,
  ],
  [
    "KafkaCluster",
    "with a storage key, names, scripts and every encryption",
    () =>
      new components.KafkaCluster("c", {
        ...{ ...clusterArgs, storageAccess: "key", names: zone, workers: 2 },
        scriptActions: [{ name: "tools", uri: "https://example.com/1.sh", roles: ["headnode"], parameters: "canary" }],
        encryption: { atHost: true, inTransit: true },
      }),
    [
      ...[...kafkaNetwork, ...kafkaStorage, ...kafka, "c-scripts", "c-scripts-tools"],
      ...["", "-zone", "-kafka-link", "-spark-link", "-broker-0", "-broker-1"].map(
        (role) => `c-addresses-names${role}`,
      ),
    ],
  ],
  [
    "KafkaNetwork",
    "open to nobody but HDInsight",
    () =>
      new components.KafkaNetwork("c", {
        ...{ ...place, addressSpace: "10.0.0.0/16", subnetPrefix: "10.0.0.0/24", operatorAddresses: [] },
      }),
    ["c-nsg", "c-nat-ip", "c-nat", "c-vnet"],
  ],
  [
    "KafkaStorage",
    "opened by an identity",
    () => new components.KafkaStorage("c", storage),
    ["c-account", "c-container", "c-identity", "c-role", "c-role-wait"],
  ],
  [
    "KafkaStorage",
    "a data lake, opened by an identity",
    () => new components.KafkaStorage("c", { ...storage, kind: "adls" }),
    ["c-account", "c-container", "c-identity", "c-role", "c-role-wait"],
  ],
  [
    "KafkaStorage",
    "opened by its key",
    () => new components.KafkaStorage("c", { ...storage, access: "key", protect: true }),
    ["c-account", "c-container"],
  ],
  [
    "KafkaLiveSettings",
    "with tags",
    () => new components.KafkaLiveSettings("c", { ...cluster, workers: 3, gateway, tags: place.tags }),
    ["c-apply"],
  ],
  [
    "KafkaLiveSettings",
    "without tags",
    () => new components.KafkaLiveSettings("c", { ...cluster, workers: 3, gateway }),
    ["c-apply"],
  ],
  [
    "KafkaScriptActions",
    "two, of which one has arguments",
    () =>
      new components.KafkaScriptActions("c", {
        ...cluster,
        scriptActions: [
          { name: "a", uri: "https://example.com/1.sh", roles: ["headnode"], parameters: "canary" },
          { name: "b", uri: "https://example.com/2.sh", roles: ["workernode"] },
        ],
      }),
    ["c-a", "c-b"],
  ],
  [
    "KafkaAddresses",
    "addresses advertised",
    () => new components.KafkaAddresses("c", { ...ambari, advertise: "addresses" }),
    ["c-advertise", "c-read"],
  ],
  [
    "KafkaAddresses",
    "nothing advertised",
    () => new components.KafkaAddresses("c", { ...ambari, advertise: "none" }),
    ["c-advertise", "c-read"],
  ],
  [
    "KafkaAddresses",
    "names advertised",
    () => new components.KafkaAddresses("c", { ...ambari, advertise: { ...zone, count: 2 } }),
    ["c-read", "c-names", "c-names-zone", "c-names-spark-link", "c-names-broker-0", "c-names-broker-1", "c-advertise"],
  ],
  [
    "BrokerNames",
    "a zone for two brokers",
    () => new components.BrokerNames("c", { ...zone, count: 2, addresses: ["10.0.0.9", "10.0.0.10"] }),
    ["c-zone", "c-spark-link", "c-broker-0", "c-broker-1"],
  ],
  ["KafkaTopics", "kept", () => new components.KafkaTopics("c", topics), ["c-script"]],
  [
    "KafkaTopics",
    "deleted with it, over SSH to a host that is known",
    () =>
      new components.KafkaTopics("c", {
        ...{ ...topics, deleteOnDestroy: true, ssh: { ...ssh, hostKey: "ssh-ed25519 AAAA" } },
      }),
    ["c-script"],
  ],
  [
    "KafkaClusterLogs",
    "switched on",
    () => new components.KafkaClusterLogs("c", { ...cluster, workspaceId: "/logs" }),
    ["c-agent"],
  ],
  [
    "DatabricksNetwork",
    "a network for a workspace",
    () =>
      new components.DatabricksNetwork("c", {
        ...{ ...place, addressSpace: "10.140.0.0/16" },
        ...{ hostSubnetPrefix: "10.140.0.0/18", containerSubnetPrefix: "10.140.64.0/18" },
      }),
    ["c-nsg", "c-nat-ip", "c-nat", "c-vnet"],
  ],
  [
    "DatabricksWorkspace",
    "in a network that Databricks manages",
    () => new components.DatabricksWorkspace("c", { ...workspaceArgs, managedAddressPrefix: "10.139" }),
    ["c-workspace", "c-ready", "c-provider"],
  ],
  [
    "DatabricksWorkspace",
    "in a network of one's own, by a managed identity",
    () =>
      new components.DatabricksWorkspace("c", {
        ...{ ...workspaceArgs, authType: "azure-msi", azureClientId: "id" },
        network: { virtualNetwork: hub, hostSubnetName: "a", containerSubnetName: "b" },
      }),
    ["c-workspace", "c-ready", "c-provider"],
  ],
  [
    "SparkCluster",
    "its user's alone",
    () => new components.SparkCluster("c", { ...compute(), autoterminationMinutes: 20 }),
    ["c-cluster"],
  ],
  [
    "SparkCluster",
    "a group's, within a policy",
    () => new components.SparkCluster("c", { ...compute(), autoterminationMinutes: 20, access, policyId: "p" }),
    ["c-cluster", "c-permissions"],
  ],
  [
    "ClusterPolicies",
    "for admins",
    () => new components.ClusterPolicies("c", { workspace: workspace(), limits }),
    ["c-interactive", "c-jobs"],
  ],
  [
    "ClusterPolicies",
    "for a group",
    () => new components.ClusterPolicies("c", { workspace: workspace(), limits, access }),
    ["c-interactive", "c-interactive-permissions", "c-jobs", "c-jobs-permissions"],
  ],
  ["NotebookJob", "a stream", () => new components.NotebookJob("c", notebook()), ["c-notebook", "c-job"]],
  [
    "NotebookJob",
    "run when asked, a group's, with alerts",
    () =>
      new components.NotebookJob("c", {
        ...{ ...notebook(), access, continuous: false, alerts: { emails: ["a@example.com"], backlogRecords: 10 } },
      }),
    ["c-notebook", "c-notebook-permissions", "c-job", "c-job-permissions"],
  ],
  [
    "SecretScope",
    "with a secret",
    () =>
      new components.SecretScope("c", {
        ...{ workspace: workspace(), scopeName: "s", secrets: { token: pulumi.secret("canary-token") } },
      }),
    ["c-scope", "c-token"],
  ],
  [
    "SecretScope",
    "empty",
    () => new components.SecretScope("c", { workspace: workspace(), scopeName: "s", secrets: {} }),
    ["c-scope"],
  ],
  [
    "NetworkPeering",
    "with a network that Databricks manages",
    () => new components.NetworkPeering("c", { ...place, workspaceName: "streams", virtualNetwork: hub }),
    ["c-from-databricks", "c-to-databricks"],
  ],
  [
    "NetworkPeering",
    "with a network of one's own",
    () =>
      new components.NetworkPeering("c", { ...place, databricksNetwork: { id: "/s", name: "s" }, virtualNetwork: hub }),
    ["c-from-databricks", "c-to-databricks"],
  ],
  [
    "Monitoring",
    "all of it",
    () =>
      new components.Monitoring("c", {
        ...{ ...place, workspace: { workspaceName: "logs" }, databricksWorkspaceId: "/d", securityGroupId: "/n" },
        alertEmails: ["a@example.com"],
      }),
    [
      ...["c-logs", "c-logs-workspace", "c-databricks", "c-databricks-setting", "c-network", "c-network-setting"],
      ...["c-alerts", "c-alerts-receivers", "c-alerts-failed-runs"],
    ],
  ],
  [
    "Monitoring",
    "in a workspace of somebody else's",
    () => new components.Monitoring("c", { ...place, workspace: { workspaceId: "/logs" } }),
    [],
  ],
  [
    "LogAnalyticsWorkspace",
    "a workspace",
    () => new components.LogAnalyticsWorkspace("c", { ...place, workspaceName: "logs" }),
    ["c-workspace"],
  ],
  [
    "ResourceLogs",
    "of a resource",
    () => new components.ResourceLogs("c", { resourceId: "/r", workspaceId: "/logs", categories: ["jobs"] }),
    ["c-setting"],
  ],
  [
    "LogAlerts",
    "one alert",
    () =>
      new components.LogAlerts("c", {
        ...{ ...logs, emails: ["a@example.com"], alerts: [{ name: "lag", description: "d", query: "q" }] },
      }),
    ["c-receivers", "c-lag"],
  ],
];

describe("every component, alone, in every mode", () => {
  it.each(table)(
    "%s (%s) makes this and nothing else, below itself, with no secret in clear",
    async (_, __, make, makes) => {
      const recording = await recorded(make);
      const made = recording.resources.filter(({ name }) => name !== "theirs" && name !== "c");
      expect(made.map(({ name }) => name).sort()).toEqual([...makes].sort());
      for (const { name } of made) expect(ancestors(recording, name), name).toContain("c");
      expectNoCanary(recording);
    },
  );

  it.each(table)("%s (%s) tags all that takes tags, where it is given some", async (_, __, make) => {
    const untagged = (await recorded(make)).resources
      .filter(({ type }) =>
        /^azure-native:(hdinsight:Cluster|.*(Workspace|Account|Group|Network|Gateway|Address|Zone|Link|Identity|Rule))$/.test(
          type,
        ),
      )
      .filter(({ inputs }) => inputs.tags === undefined);
    expect(untagged.map(({ name }) => name)).toEqual([]);
  });

  it("is in the table, whichever the program can use", () => {
    const isComponent = (value: unknown) =>
      typeof value === "function" && value.prototype instanceof pulumi.ComponentResource;
    const exported = Object.entries(components).filter(([, value]) => isComponent(value));
    expect([...new Set(table.map(([component]) => component))].sort()).toEqual(exported.map(([name]) => name).sort());
  });
});

async function recorded(make: () => unknown): Promise<Recording> {
  const recording = record();
  make();
  await recording.finished();
  return recording;
}

/** Names of the resources above one. */
function ancestors(recording: Recording, name: string): string[] {
  const above = recording.named(name).parent.split("::").at(-1) ?? "";
  const isThere = recording.resources.some((each) => each.name === above);
  return isThere ? [above, ...ancestors(recording, above)] : [];
}
