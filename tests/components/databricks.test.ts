import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type AccessLevel,
  ClusterPolicies,
  DatabricksNetwork,
  DatabricksWorkspace,
  NotebookJob,
  SecretScope,
  SparkCluster,
} from "../../components";
import { librariesFor, runtimeKeys } from "../../components/databricks/runtime";
import { managedGroupId } from "../../components/naming";
import { scalaMismatch } from "../../local/cloud/databricks/library";
import { runtimes } from "../../local/cloud/databricks/runtimes";
import { isSecret, plain, Recording, settled } from "./recording";

const rg = "/subscriptions/1-2/resourceGroups/rg";

describe("a Databricks workspace with what is in it", () => {
  let recording: Recording;
  let workspace: DatabricksWorkspace;
  beforeAll(async () => {
    recording = new Recording({
      outputs: {
        "azure-native:databricks:Workspace": () => ({ workspaceUrl: "adb-1.2.azuredatabricks.net", workspaceId: "77" }),
        "databricks:index/cluster:Cluster": () => ({ clusterId: "0101-abc" }),
        "databricks:index/job:Job": (_, name) => ({ url: `https://adb-1.2.azuredatabricks.net/#job/${name}` }),
      },
    });
    workspace = new DatabricksWorkspace("databricks", {
      resourceGroupName: "rg",
      resourceGroupId: rg,
      location: "westeurope",
      workspaceName: "streams",
      managedAddressPrefix: "10.139",
      authType: "azure-cli",
      protect: true,
    });
    const compute = {
      workspace,
      sparkVersion: "16.4.x-scala2.12",
      nodeType: "Standard_D4ds_v5",
      workers: 1,
      user: "me@example.com",
    };
    const spark = new SparkCluster("spark", { ...compute, autoterminationMinutes: 20 });
    const scope = new SecretScope("twitter", {
      workspace,
      scopeName: "twitter",
      secrets: { "bearer-token": pulumi.secret("canary-bearer") },
    });
    const job = new NotebookJob("consumer", {
      ...compute,
      notebookFile: "notebooks/KafkaConsumer.scala",
      parameters: { topic: "tweets", scope: scope.scopeName },
      secretsVersion: scope.version,
    });
    const once = new NotebookJob("once", {
      ...compute,
      notebookFile: "notebooks/KafkaConsumer.scala",
      parameters: {},
      continuous: false,
    });
    await Promise.all([spark.clusterId, job.url, once.url, scope.scopeName].map((output) => settled(output)));
  });

  it("has classic compute, since a serverless workspace has no network to peer", () => {
    expect(recording.named("databricks-workspace").inputs).toMatchObject({
      computeMode: "Hybrid",
      sku: { name: "premium" },
      managedResourceGroupId: managedGroupId(rg, "streams"),
      parameters: { vnetAddressPrefix: { value: "10.139" } },
    });
  });

  it("keeps the group that Databricks made for it, whatever the name would be now", () => {
    expect(recording.named("databricks-workspace").options.ignoreChanges).toEqual(["managedResourceGroupId"]);
  });

  it("is used only once it answers steadily: the provider comes after the readiness check", () => {
    expect(recording.before("databricks-provider")).toContain("databricks-ready");
    expect(plain(recording.named("databricks-ready").inputs.triggers)).toEqual(["77"]);
  });

  it("is protected where that is asked for, and nothing else with it", () => {
    const held = recording.resources.filter(({ options }) => options.protect).map(({ name }) => name);
    expect(held).toEqual(["databricks-workspace"]);
  });

  it("logs in the way it is told, to the workspace by its ARM id", () => {
    expect(recording.named("databricks-provider").inputs).toMatchObject({
      host: "https://adb-1.2.azuredatabricks.net",
      authType: "azure-cli",
      azureWorkspaceResourceId: "databricks-workspace-id",
    });
  });

  it("gives every resource inside the workspace its provider, and lets it go with the workspace", () => {
    const inside = recording.resources.filter((r) => r.type.startsWith("databricks:"));
    expect(inside.map((r) => r.name).sort()).toEqual([
      "consumer-job",
      "consumer-notebook",
      "once-job",
      "once-notebook",
      "spark-cluster",
      "twitter-bearer-token",
      "twitter-scope",
    ]);
    for (const { name, provider, options } of inside) {
      expect(provider, name).toContain("databricks-provider");
      expect(options.deletedWith, name).toMatch(/databricks-workspace$|twitter-scope$/);
    }
  });

  it("installs libraries for the runtime's Scala version on the cluster and on the jobs", () => {
    const libraries = librariesFor("16.4.x-scala2.12").map((coordinates) => ({ maven: { coordinates } }));
    expect(recording.named("spark-cluster").inputs.libraries).toEqual(libraries);
    expect((recording.named("consumer-job").inputs.tasks as { libraries: unknown }[])[0].libraries).toEqual(libraries);
  });

  it("keeps a stream running for ever on a cluster of its own, and one that ends only when asked", () => {
    expect(recording.named("consumer-job").inputs).toMatchObject({
      continuous: { pauseStatus: "UNPAUSED" },
      controlRunState: true,
      maxConcurrentRuns: 1,
      tasks: [{ jobClusterKey: "own", notebookTask: { notebookPath: "/Shared/streaming/KafkaConsumer" } }],
    });
    expect(recording.named("once-job").inputs).not.toHaveProperty("continuous");
  });

  it("marks a job with when its notebook's secrets were changed, so that a new one restarts it", () => {
    const tagsOf = (name: string) => recording.named(name).inputs.tags;
    expect(tagsOf("consumer-job")).toEqual({
      notebook: expect.stringMatching(/^[\da-f]{16}$/),
      scopeVersion: expect.stringMatching(/^[\da-f]{8}$/),
    });
    expect(tagsOf("once-job")).toEqual({ notebook: expect.any(String) });
  });

  it("hands credentials to the secret scope alone", () => {
    expect(isSecret(recording.named("twitter-bearer-token").inputs.stringValue)).toBe(true);
    for (const { name, inputs } of recording.resources) {
      expect(
        JSON.stringify(inputs, (_, v) => (isSecret(v) ? "[secret]" : v)),
        name,
      ).not.toContain("canary");
    }
  });
});

describe("a workspace in a network of one's own", () => {
  const place = { resourceGroupName: "rg", location: "westeurope" };
  const workspace = { ...place, resourceGroupId: rg, workspaceName: "streams", authType: "azure-cli" as const };

  it("has its nodes in two delegated subnets with a security group and a way out", async () => {
    const recording = new Recording();
    const network = new DatabricksNetwork("net", {
      ...place,
      addressSpace: "10.140.0.0/16",
      hostSubnetPrefix: "10.140.0.0/18",
      containerSubnetPrefix: "10.140.64.0/18",
    });
    const made = new DatabricksWorkspace("w", { ...workspace, network });
    await settled(made.resource.urn);
    expect(recording.named("w-workspace").inputs.parameters).toEqual({
      enableNoPublicIp: { value: true },
      customVirtualNetworkId: { value: "net-vnet-id" },
      customPublicSubnetName: { value: "databricks-host" },
      customPrivateSubnetName: { value: "databricks-container" },
    });
    const subnet = (name: string, addressPrefix: string) => ({
      name,
      addressPrefix,
      natGateway: { id: "net-nat-id" },
      networkSecurityGroup: { id: "net-nsg-id" },
      delegations: [{ name: "databricks", serviceName: "Microsoft.Databricks/workspaces" }],
    });
    expect(recording.named("net-vnet").inputs).toMatchObject({
      addressSpace: { addressPrefixes: ["10.140.0.0/16"] },
      subnets: [subnet("databricks-host", "10.140.0.0/18"), subnet("databricks-container", "10.140.64.0/18")],
    });
    expect(recording.named("net-nsg").inputs).not.toHaveProperty("securityRules");
    expect(recording.named("net-nat").inputs.publicIpAddresses).toEqual([{ id: "net-nat-ip-id" }]);
  });

  it("can have it in a network that is there already", async () => {
    const recording = new Recording();
    const network = {
      virtualNetwork: { id: "/hub", name: "hub" },
      hostSubnetName: "hosts",
      containerSubnetName: "containers",
    };
    const made = new DatabricksWorkspace("w", { ...workspace, network });
    await settled(made.resource.urn);
    expect(recording.named("w-workspace").inputs.parameters).toMatchObject({
      customVirtualNetworkId: { value: "/hub" },
      customPublicSubnetName: { value: "hosts" },
      customPrivateSubnetName: { value: "containers" },
    });
    expect(recording.resources.some(({ type }) => type.startsWith("azure-native:network"))).toBe(false);
  });

  it("is in one network: neither none nor two are accepted", async () => {
    const recording = new Recording();
    const network = { virtualNetwork: { id: "/hub", name: "hub" }, hostSubnetName: "a", containerSubnetName: "b" };
    expect(() => new DatabricksWorkspace("w", workspace)).toThrow(/needs one of the two: `managedAddressPrefix`/);
    expect(() => new DatabricksWorkspace("w", { ...workspace, network, managedAddressPrefix: "10.139" })).toThrow(
      /needs one of the two/,
    );
    await recording.finished();
  });
});

describe("components in a workspace of somebody's own", () => {
  it("need its provider and nothing else", async () => {
    const recording = new Recording();
    const provider = new databricks.Provider("mine", { host: "https://adb-9.9.azuredatabricks.net" });
    const scope = new SecretScope("s", { workspace: { provider }, scopeName: "s", secrets: {} });
    expect(await settled(scope.scopeName)).toBe("s");
    expect(scope.version).toBeUndefined();
    expect(recording.named("s-scope").options.deletedWith).toBe("");
  });
});

describe("clusters, jobs, notebooks and policies with names of their own", () => {
  const connection = () => ({
    provider: new databricks.Provider("mine", { host: "https://adb-9.9.azuredatabricks.net" }),
  });
  const compute = {
    ...{ sparkVersion: "17.3.x-scala2.13", nodeType: "Standard_D4ds_v5", workers: 2, user: "me@example.com" },
    tags: { owner: "me" },
  };

  it("are called so in Databricks, with tags on the machines and further libraries", async () => {
    const recording = new Recording();
    const workspace = connection();
    new SparkCluster("spark", {
      ...{ ...compute, workspace, autoterminationMinutes: 30 },
      ...{ clusterName: "For everybody", libraries: ["com.example:more_2.13:1.0.0"] },
    });
    new NotebookJob("job", {
      ...{ ...compute, workspace, notebookFile: "notebooks/KafkaConsumer.scala", parameters: { topic: "tweets" } },
      ...{ jobName: "Nightly", notebookPath: "/Shared/team/consumer" },
    });
    await recording.finished();
    const libraries = [...librariesFor("17.3.x-scala2.13"), "com.example:more_2.13:1.0.0"];
    expect(recording.named("spark-cluster").inputs).toEqual({
      clusterName: "For everybody",
      sparkVersion: "17.3.x-scala2.13",
      nodeTypeId: "Standard_D4ds_v5",
      numWorkers: 2,
      autoterminationMinutes: 30,
      dataSecurityMode: "SINGLE_USER",
      singleUserName: "me@example.com",
      customTags: { owner: "me" },
      libraries: libraries.map((coordinates) => ({ maven: { coordinates } })),
    });
    expect(recording.named("job-notebook").inputs).toMatchObject({ path: "/Shared/team/consumer", language: "SCALA" });
    expect(recording.named("job-job").inputs).toMatchObject({
      name: "Nightly",
      tasks: [{ notebookTask: { notebookPath: "/Shared/team/consumer", baseParameters: { topic: "tweets" } } }],
      jobClusters: [{ newCluster: { customTags: { owner: "me" }, numWorkers: 2, singleUserName: "me@example.com" } }],
    });
    // Nobody was given access, and nobody is told of anything.
    expect(recording.resources.filter(({ type }) => type.endsWith(":Permissions"))).toEqual([]);
    expect(recording.named("job-job").inputs).not.toHaveProperty("emailNotifications");
  });

  it("have policies of that name, which only admins may use where no group is named", async () => {
    const recording = new Recording();
    const limits = { nodeTypes: ["Standard_D4ds_v5"], maxWorkers: 3, maxAutoterminationMinutes: 60 };
    new ClusterPolicies("policy", { workspace: connection(), limits, policyName: "team" });
    await recording.finished();
    const made = recording.resources.filter(({ type }) => type.startsWith("databricks:"));
    expect(made.map(({ name, inputs }) => [name, inputs.name])).toEqual([
      ["policy-interactive", "team-interactive"],
      ["policy-jobs", "team-jobs"],
    ]);
  });
});

describe("a secret scope", () => {
  it("has a version that changes with its secrets, and with nothing else", async () => {
    const recording = new Recording();
    const workspace = { provider: new databricks.Provider("mine", { host: "https://adb-9.9.azuredatabricks.net" }) };
    const version = (name: string, secrets: Record<string, string>) =>
      settled(new SecretScope(name, { workspace, scopeName: "keys", secrets }).version as pulumi.Output<string>);
    const first = await version("one", { a: "canary", b: "2" });
    expect(await version("two", { b: "2", a: "canary" })).toBe(first);
    expect(await version("three", { a: "another", b: "2" })).not.toBe(first);
    await recording.finished();
  });

  it("has a name that is known without its secrets: who reads those waits for the component", async () => {
    const recording = new Recording();
    const provider = new databricks.Provider("mine", { host: "https://adb-9.9.azuredatabricks.net" });
    const workspace = { provider };
    const scope = new SecretScope("keys", { workspace, scopeName: "keys", secrets: { token: "canary" } });
    const job = {
      ...{
        workspace,
        sparkVersion: "16.4.x-scala2.12",
        nodeType: "Standard_D4ds_v5",
        workers: 1,
        user: "me@a.example",
      },
      ...{ notebookFile: "notebooks/KafkaConsumer.scala", parameters: { scope: scope.scopeName } },
    };
    new NotebookJob("reader", job, { dependsOn: [scope] });
    await recording.finished();
    expect(recording.before("reader-job")).toEqual(expect.arrayContaining(["keys-scope", "keys-token"]));
    const { tasks } = recording.named("reader-job").dependencies;
    expect(tasks).toEqual(["keys-scope", "reader-notebook"]);
  });
});

describe("a provider that logs in by a managed identity", () => {
  it("is told so twice, since it asks for no token otherwise", async () => {
    const recording = new Recording();
    const place = {
      resourceGroupName: "rg",
      resourceGroupId: rg,
      location: "westeurope",
      managedAddressPrefix: "10.1",
    };
    const login = { authType: "azure-msi" as const, azureClientId: "c" };
    const workspace = new DatabricksWorkspace("w", { ...place, ...login, workspaceName: "streams" });
    await settled(workspace.provider.urn);
    const inputs = recording.named("w-provider").inputs;
    expect(inputs).toMatchObject({ authType: "azure-msi", azureUseMsi: "true", azureClientId: "c" });
    expect(recording.named("w-ready").inputs.environment).toEqual({
      WORKSPACE_URL: expect.anything(),
      WORKSPACE_AUTH_TYPE: "azure-msi",
      WORKSPACE_CLIENT_ID: "c",
    });
  });
});

describe("clusters, jobs and notebooks with limits, a group and alerts", () => {
  const made = async (level: AccessLevel) => {
    const recording = new Recording();
    const provider = new databricks.Provider("mine", { host: "https://adb-9.9.azuredatabricks.net" });
    const limits = {
      nodeTypes: ["Standard_D4ds_v5", "Standard_D8ds_v5"],
      maxWorkers: 3,
      maxAutoterminationMinutes: 60,
    };
    const access = { group: "engineers", level };
    const policies = new ClusterPolicies("policy", { workspace: { provider }, limits, access });
    const compute = {
      ...{ workspace: { provider }, sparkVersion: "16.4.x-scala2.12", nodeType: "Standard_D4ds_v5", workers: 1 },
      ...{ user: "me@example.com", access },
    };
    const alerts = { emails: ["ops@example.com"], backlogRecords: 500 };
    const notebook = { notebookFile: "notebooks/KafkaConsumer.scala", parameters: {} };
    const spark = new SparkCluster("spark", {
      ...compute,
      autoterminationMinutes: 20,
      policyId: policies.interactive,
    });
    const jobs = [
      new NotebookJob("consumer", { ...compute, ...notebook, policyId: policies.jobs, alerts }),
      new NotebookJob("failures", { ...compute, ...notebook, alerts: { emails: alerts.emails } }),
    ];
    await Promise.all([spark.clusterId, ...jobs.map((job) => job.jobId)].map((output) => settled<unknown>(output)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    return recording;
  };
  let recording: Recording;
  beforeAll(async () => {
    recording = await made("run");
  });

  it("has one policy for interactive clusters and one for jobs, which know no automatic end", () => {
    const common = {
      node_type_id: {
        type: "allowlist",
        values: ["Standard_D4ds_v5", "Standard_D8ds_v5"],
        defaultValue: "Standard_D4ds_v5",
      },
      driver_node_type_id: { type: "allowlist", values: ["Standard_D4ds_v5", "Standard_D8ds_v5"], isOptional: true },
      num_workers: { type: "range", maxValue: 3, isOptional: true },
      "autoscale.max_workers": { type: "range", maxValue: 3, isOptional: true },
      data_security_mode: { type: "fixed", value: "SINGLE_USER" },
    };
    const { name, definition } = recording.named("policy-interactive").inputs as Record<string, string>;
    expect(name).toBe("policy-interactive");
    expect(JSON.parse(definition)).toEqual({
      ...common,
      cluster_type: { type: "fixed", value: "all-purpose" },
      autotermination_minutes: { type: "range", minValue: 10, maxValue: 60, defaultValue: 60 },
    });
    expect(JSON.parse(recording.named("policy-jobs").inputs.definition as string)).toEqual({
      ...common,
      cluster_type: { type: "fixed", value: "job" },
    });
  });

  it("makes each cluster with the policy of its kind", () => {
    expect(recording.named("spark-cluster").inputs.policyId).toBe("policy-interactive-id");
    expect(recording.named("consumer-job").inputs).toMatchObject({
      jobClusters: [{ newCluster: { policyId: "policy-jobs-id" } }],
    });
    const [{ newCluster }] = recording.named("failures-job").inputs.jobClusters as { newCluster: object }[];
    expect(newCluster).not.toHaveProperty("policyId");
  });

  const granted = (from: Recording) =>
    Object.fromEntries(
      from.resources
        .filter(({ type }) => type === "databricks:index/permissions:Permissions")
        .map(({ name, inputs: { accessControls, ...target } }) => {
          const [{ groupName, permissionLevel }] = accessControls as Record<string, string>[];
          return [name, [Object.entries(target).join("="), groupName, permissionLevel]];
        }),
    );

  it("gives the group what it needs to run things, on each object once", () => {
    expect(granted(recording)).toEqual({
      "policy-interactive-permissions": ["clusterPolicyId,policy-interactive-id", "engineers", "CAN_USE"],
      "policy-jobs-permissions": ["clusterPolicyId,policy-jobs-id", "engineers", "CAN_USE"],
      "spark-permissions": ["clusterId,spark-cluster-id", "engineers", "CAN_RESTART"],
      "consumer-notebook-permissions": ["notebookPath,/Shared/streaming/KafkaConsumer", "engineers", "CAN_RUN"],
      "consumer-job-permissions": ["jobId,consumer-job-id", "engineers", "CAN_MANAGE_RUN"],
      "failures-notebook-permissions": ["notebookPath,/Shared/streaming/KafkaConsumer", "engineers", "CAN_RUN"],
      "failures-job-permissions": ["jobId,failures-job-id", "engineers", "CAN_MANAGE_RUN"],
    });
    for (const { name, options, parent, provider, type } of recording.resources) {
      if (!type.endsWith(":Permissions")) continue;
      const object = name.replace(/permissions$/, "");
      expect(options.deletedWith, name).toMatch(new RegExp(`::(?:${object}cluster|${object.slice(0, -1)})$`));
      expect(parent, name).toMatch(/ClusterPolicies|NotebookJob|SparkCluster/);
      expect(provider, name).toContain("mine");
    }
  });

  it.each([
    ["view", ["CAN_ATTACH_TO", "CAN_READ", "CAN_VIEW"]],
    ["manage", ["CAN_MANAGE", "CAN_USE"]],
  ] as const)("gives a group that may %s no more than that", async (level, expected) => {
    const levels = Object.values(granted(await made(level))).map((entry) => entry[2]);
    expect([...new Set(levels)].sort()).toEqual(expected);
  });

  it("tells of failures, and of a backlog where there is a limit to it; never of a restart", () => {
    expect(recording.named("consumer-job").inputs).toMatchObject({
      emailNotifications: { onFailures: ["ops@example.com"], onStreamingBacklogExceededs: ["ops@example.com"] },
      health: { rules: [{ metric: "STREAMING_BACKLOG_RECORDS", op: "GREATER_THAN", value: 500 }] },
      notificationSettings: { noAlertForSkippedRuns: true, noAlertForCanceledRuns: true },
    });
    const { inputs } = recording.named("failures-job");
    expect(inputs.emailNotifications).toEqual({ onFailures: ["ops@example.com"] });
    expect(inputs).not.toHaveProperty("health");
  });
});

describe("libraries", () => {
  const java = "com.twitter:twitter-api-java-sdk:2.0.3";
  const twitter = "org.apache.bahir:spark-streaming-twitter_2.12:2.4.0";
  const kafka = "org.apache.spark:spark-streaming-kafka-0-10";
  const table: Record<string, string[]> = {
    "14.3.x-scala2.12": [`${kafka}_2.12:3.5.3`, twitter, java],
    "15.4.x-scala2.12": [`${kafka}_2.12:3.5.3`, twitter, java],
    "16.4.x-scala2.12": [`${kafka}_2.12:3.5.3`, twitter, java],
    "16.4.x-scala2.13": [`${kafka}_2.13:3.5.1`, java],
    "17.3.x-scala2.13": [`${kafka}_2.13:4.0.3`, java],
    "18.x-scala2.13": [`${kafka}_2.13:4.1.2`, java],
  };

  it.each(Object.entries(table))("of %s are builds for its Scala version", (runtime, expected) => {
    expect(librariesFor(runtime)).toEqual(expected);
    const scala = runtime.split("-scala")[1] as string;
    for (const coordinates of librariesFor(runtime)) {
      expect(scalaMismatch({ maven: { coordinates } }, scala), coordinates).toBeUndefined();
    }
  });

  it("are known for each runtime that Databricks supports for long, and no other", () => {
    expect(Object.keys(table).sort()).toEqual([...runtimeKeys].sort());
    expect(runtimes.map(({ key }) => key).sort()).toEqual([...runtimeKeys].sort());
  });

  it("of a variant of a runtime are those of the runtime", () => {
    expect(librariesFor("16.4.x-photon-scala2.12")).toEqual(table["16.4.x-scala2.12"]);
    expect(librariesFor("17.3.x-cpu-ml-scala2.13")).toEqual(table["17.3.x-scala2.13"]);
  });

  it.each(["9.1.x-scala2.12", "17.3.x-scala2.12", "15.4.x-scala2.13", "latest"])(
    "of %s are refused, with the runtimes that are known",
    (runtime) => {
      expect(() => librariesFor(runtime)).toThrow(
        `\`sparkVersion\` is \`${runtime}\`, and needs to be a supported long-term Databricks runtime: 14.3.x-scala2.12, 15.4.x-scala2.12, 16.4.x-scala2.12, 16.4.x-scala2.13, 17.3.x-scala2.13, 18.x-scala2.13.`,
      );
    },
  );
});
