import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ControlPlaneStack } from "../local/controlPlaneStack";
import { runEngine } from "../local/events";

/** How the cluster logs in to its storage, and what a change of it does to a stack that is deployed, by the real engine. */
describe("the cluster's storage", { timeout: 240_000 }, () => {
  let stack: ControlPlaneStack;
  const octets = { kafkaAddressSpace: "10.80.0.0/16", kafkaSubnetPrefix: "10.80.0.0/24" };
  const made = ["kafka-storage-identity", "kafka-storage-role"];

  beforeAll(async () => {
    stack = await ControlPlaneStack.start();
  }, 120_000);
  afterAll(() => stack?.stop());

  const run = (operation: "up" | "preview" | "refresh", config: Record<string, unknown> = {}) =>
    stack.done(operation, { ...octets, ...config });
  const exported = async () => {
    const { stdout } = await stack.pulumi(["stack", "export"]);
    return JSON.parse(String(stdout)) as {
      deployment: { resources: { urn: string; inputs: Record<string, unknown> }[] };
    };
  };

  it("is opened with a key where that is configured, as it was before there were identities", async () => {
    await run("up", { kafkaStorageAccess: "key" });
    const { resources } = (await exported()).deployment;
    expect(resources.some(({ urn }) => urn.includes("managedidentity"))).toBe(false);
  });

  it("is the same account as that of a state from before, by its former name", async () => {
    const state = await exported();
    const former = JSON.stringify(state)
      .replaceAll("$streaming:kafka:KafkaStorage$azure-native:storage", "$azure-native:storage")
      .replaceAll("StorageAccount::kafka-storage-account", "StorageAccount::kafka-storage")
      .replaceAll("BlobContainer::kafka-storage-container", "BlobContainer::kafka-container");
    const { deployment } = JSON.parse(former) as typeof state;
    const cluster = deployment.resources.find(({ urn }) => urn.endsWith("KafkaCluster::kafka"))?.urn;
    const isStorage = (urn: string) => /(StorageAccount|BlobContainer)::/.test(urn);
    deployment.resources = deployment.resources
      .filter(({ urn }) => !urn.endsWith("KafkaStorage::kafka-storage"))
      .map((one) => (isStorage(one.urn) ? { ...one, parent: cluster } : one));
    await stack.pulumi(["stack", "import"], { input: JSON.stringify({ ...state, deployment }) });
    // The component is new; what is in Azure stays.
    expect(await run("up", { kafkaStorageAccess: "key" })).toEqual({ create: ["kafka-storage"] });
  });

  it("is opened by an identity after a change that the preview calls a replacement of the cluster", async () => {
    const preview = await run("preview");
    expect(preview["delete-replaced"]).toContain("kafka-cluster");
    expect(preview.create).toEqual(expect.arrayContaining(made));
    expect(preview.update).toContain("kafka-storage-account");
    await run("up");
    const { resources } = (await exported()).deployment;
    expect(JSON.stringify(resources.find(({ urn }) => urn.endsWith("kafka-storage-account")))).toContain(
      '"allowSharedKeyAccess":false',
    );
  });

  it("has nothing to do a second time, nor after a refresh", async () => {
    expect(await run("up")).toEqual({});
    await run("refresh");
    expect(await run("up")).toEqual({});
  });

  it("becomes a data lake in an account of its own, which replaces the cluster, as the preview says", async () => {
    expect((await run("preview", { kafkaStorageKind: "adls" }))["delete-replaced"]).toContain("kafka-cluster");
    const touched = await run("up", { kafkaStorageKind: "adls" });
    expect(touched["create-replacement"]).toEqual(expect.arrayContaining(["kafka-storage-account", "kafka-cluster"]));
    expect(await run("up", { kafkaStorageKind: "adls" })).toEqual({});
  });

  it("is destroyed with the stack: the role only after the cluster that needs it", async () => {
    const { ok, errors, touched } = await runEngine(stack, "destroy");
    expect(errors).toBe("");
    expect(ok).toBe(true);
    const order = touched.delete ?? [];
    expect(order).toEqual(expect.arrayContaining([...made, "kafka-cluster"]));
    expect(order.indexOf("kafka-cluster")).toBeLessThan(order.indexOf("kafka-storage-role"));
  });
});
