import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { DatabricksWorkspace, NotebookJob, SecretScope, SparkCluster } from "../../../components";
import { librariesFor } from "../../../components/databricks/runtime";
import { managedGroupId } from "../../../components/naming";
import { isSecret, plain, Recording, settled } from "../recording";

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
