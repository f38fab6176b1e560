import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ArmClient } from "../local/cloud/arm/client";
import { ControlPlaneStack } from "../local/controlPlaneStack";

/** Encryption with a key of one's own, and how the key is changed, by the real engine against the control plane. */
describe("the encryption of a cluster", { timeout: 240_000 }, () => {
  let stack: ControlPlaneStack;
  let arm: ArmClient;
  let cluster: string;
  let config: Record<string, unknown>;
  const vault = "https://my-vault.vault.azure.net";
  const version = (digit: string) => digit.repeat(32);
  const key = (digit: string) => ({ kafkaDiskEncryptionKey: `${vault}/keys/kafka/${version(digit)}` });

  beforeAll(async () => {
    stack = await ControlPlaneStack.start();
    arm = await stack.arm();
    const groups = `/subscriptions/${stack.environment.ARM_SUBSCRIPTION_ID}/resourceGroups`;
    const identity = `${groups}/keys/providers/Microsoft.ManagedIdentity/userAssignedIdentities/kafka-disks`;
    await arm.put(`${groups}/keys`, { location: "westeurope" });
    await arm.put(identity, { location: "westeurope" });
    cluster = `${groups}/rg-streaming-local/providers/Microsoft.HDInsight/clusters/kafkalocal`;
    config = {
      kafkaAddressSpace: "10.82.0.0/16",
      kafkaSubnetPrefix: "10.82.0.0/24",
      kafkaDiskEncryptionIdentity: identity,
      kafkaEncryptionInTransit: "true",
    };
  }, 120_000);
  afterAll(() => stack?.stop());

  const run = (operation: "up" | "preview" | "refresh", more: Record<string, unknown>) =>
    stack.done(operation, { ...config, ...more });

  it("is what the configuration says, with both identities at the cluster", async () => {
    await run("up", key("1"));
    const { identity, properties } = (await arm.get(cluster)).body;
    expect(properties).toMatchObject({
      diskEncryptionProperties: { vaultUri: vault, keyName: "kafka", keyVersion: version("1") },
      encryptionInTransitProperties: { isEncryptionInTransitEnabled: true },
    });
    const names = Object.keys(identity.userAssignedIdentities).map((id) => id.split("/").at(-1));
    expect(names.sort()).toEqual(["kafka-disks", "kafkalocal-storage"]);
    expect(await run("up", key("1"))).toEqual({});
  });

  it("gets another key by the call for it, then by a refresh, then in the configuration, and the cluster stays", async () => {
    const next = { vaultUri: vault, keyName: "kafka", keyVersion: version("2") };
    await arm.finish(await arm.post(`${cluster}/rotatediskencryptionkey`, next));
    await run("refresh", key("1"));
    expect(await run("preview", key("2"))).toEqual({});
    expect(await run("up", key("2"))).toEqual({});
  });

  it.each([
    ["another key without that call", key("3")],
    ["encryption at the host", { ...key("2"), kafkaEncryptionAtHost: "true" }],
    ["none in transit", { ...key("2"), kafkaEncryptionInTransit: "false" }],
    ["no key of one's own", { kafkaDiskEncryptionIdentity: "" }],
  ])("replaces the cluster when it becomes %s, and the preview says so", async (_what, change) => {
    expect((await run("preview", change))["delete-replaced"]).toContain("kafka-cluster");
  });
});
