import { describe, expect, it } from "vitest";
import { type ClusterEncryption, parseKeyUri } from "../../../components/kafka/encryption";
import { plain, type Recorded } from "../recording";
import { identityId, recorded } from "./support";

describe("the encryption of a Kafka cluster", () => {
  const clusterWith = async (encryption?: ClusterEncryption) => (await recorded({ encryption })).named("kafka-cluster");
  const propertiesOf = ({ inputs }: Recorded) => (plain(inputs) as { properties: Record<string, unknown> }).properties;

  it("is what Azure does by itself, unless asked for more", async () => {
    for (const none of [undefined, {}, { atHost: false, inTransit: false }]) {
      const properties = propertiesOf(await clusterWith(none));
      expect(properties).not.toHaveProperty("diskEncryptionProperties");
      expect(properties).not.toHaveProperty("encryptionInTransitProperties");
    }
  });

  it("takes a key of one's own, which an identity of the cluster's may use", async () => {
    const cluster = await clusterWith({
      diskKey: { keyUri: "https://v.vault.azure.net/keys/k/0a1b", identityId: "/s/disks" },
    });
    expect(propertiesOf(cluster).diskEncryptionProperties).toEqual({
      vaultUri: "https://v.vault.azure.net",
      keyName: "k",
      keyVersion: "0a1b",
      msiResourceId: "/s/disks",
      // The SDK's own default.
      encryptionAtHost: false,
    });
    expect(plain(cluster.inputs)).toMatchObject({
      identity: { type: "UserAssigned", userAssignedIdentities: { [identityId]: {}, "/s/disks": {} } },
    });
  });

  it("follows the versions of a key that is given without one", async () => {
    const cluster = await clusterWith({
      diskKey: { keyUri: "https://v.vault.azure.net/keys/k", identityId: "/s/disks" },
      atHost: true,
    });
    expect(propertiesOf(cluster).diskEncryptionProperties).toEqual({
      vaultUri: "https://v.vault.azure.net",
      keyName: "k",
      msiResourceId: "/s/disks",
      encryptionAtHost: true,
    });
  });

  it("can be on hosts and between nodes only", async () => {
    const properties = propertiesOf(await clusterWith({ atHost: true, inTransit: true }));
    expect(properties.diskEncryptionProperties).toEqual({ encryptionAtHost: true });
    expect(properties.encryptionInTransitProperties).toEqual({ isEncryptionInTransitEnabled: true });
  });

  it("replaces the cluster when it changes, since HDInsight sets it at creation only", async () => {
    const { replaceOnChanges } = (await clusterWith()).options;
    expect(replaceOnChanges).toEqual(
      expect.arrayContaining([
        "identity",
        "properties.diskEncryptionProperties",
        "properties.encryptionInTransitProperties",
      ]),
    );
  });

  it.each([
    "http://v.vault.azure.net/keys/k",
    "https://v.vault.azure.net/k",
    "k",
    "https://v.vault.azure.net/keys/k/1/2",
  ])("refuses %s as a key", (uri) => {
    expect(() => parseKeyUri(uri)).toThrow("https://VAULT.vault.azure.net/keys/NAME");
  });
});
