import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { DatabricksWorkspace, NotebookJob, SecretScope, SparkCluster } from "../../components";
import { librariesFor } from "../../components/databricks/runtime";
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
      managedResourceGroupId: "/subscriptions/1-2/resourceGroups/databricks-rg-streams",
      parameters: { vnetAddressPrefix: { value: "10.139" } },
    });
  });

  it("is used only once it answers steadily: the provider comes after the readiness check", () => {
    const order = recording.resources.map((r) => r.name);
    expect(order.indexOf("databricks-ready")).toBeLessThan(order.indexOf("databricks-provider"));
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
    expect(recording.named("s-scope").options.deletedWith).toBe("");
  });
});

describe("libraries", () => {
  it.each([
    [
      "15.4.x-scala2.12",
      ["spark-streaming-kafka-0-10_2.12:3.5.3", "spark-streaming-twitter_2.12:2.4.0", "twitter-api-java-sdk:2.0.3"],
    ],
    [
      "16.4.x-scala2.12",
      ["spark-streaming-kafka-0-10_2.12:3.5.3", "spark-streaming-twitter_2.12:2.4.0", "twitter-api-java-sdk:2.0.3"],
    ],
    ["16.4.x-scala2.13", ["spark-streaming-kafka-0-10_2.13:3.5.3", "twitter-api-java-sdk:2.0.3"]],
    ["17.3.x-scala2.13", ["spark-streaming-kafka-0-10_2.13:4.0.0", "twitter-api-java-sdk:2.0.3"]],
  ])("of %s are builds for its Scala version", (runtime, expected) => {
    expect(librariesFor(runtime).map((c) => c.split(":").slice(1).join(":"))).toEqual(expected);
  });

  it("of a runtime that is not known are refused with the ones that are", () => {
    expect(() => librariesFor("9.1.x-scala2.12")).toThrow(/`sparkVersion` is `9.1.x-scala2.12`.*16\.4/);
    expect(() => librariesFor("latest")).toThrow(/needs to be a supported/);
  });
});
