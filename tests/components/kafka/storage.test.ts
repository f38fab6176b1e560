import { describe, expect, it } from "vitest";
import { KafkaCluster } from "../../../components/kafka/cluster";
import { storageAccountName } from "../../../components/naming";
import { plain, type Recording } from "../recording";
import { args, expectNoCanary, identityId, record, recorded } from "./support";

const accountName = storageAccountName("events", "rg/events");
const accountId = `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/${accountName}`;
const blobDataOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";

interface Storage {
  identity?: unknown;
  properties: { storageProfile: { storageaccounts: unknown[] } };
}

const storageOf = (recording: Recording) => plain(recording.named("kafka-cluster").inputs) as never as Storage;

describe("the storage of a Kafka cluster", () => {
  const ofType = (recording: Recording, type: RegExp) => recording.resources.filter((one) => type.test(one.type));

  it("is opened by an identity of its own, with a role on the account, and by no key", async () => {
    const recording = await recorded();
    const { identity, properties } = storageOf(recording);
    expect(identity).toEqual({ type: "UserAssigned", userAssignedIdentities: { [identityId]: {} } });
    expect(properties.storageProfile.storageaccounts).toEqual([
      {
        name: `${accountName}.blob.core.windows.net`,
        isDefault: true,
        container: "kafka",
        resourceId: accountId,
        msiResourceId: identityId,
      },
    ]);
    expect(recording.named("kafka-storage-account").inputs).toMatchObject({ allowSharedKeyAccess: false });
    expect(recording.named("kafka-storage-role").inputs).toEqual({
      roleAssignmentName: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/),
      scope: accountId,
      roleDefinitionId: `/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/${blobDataOwner}`,
      principalId: "the-principal",
      principalType: "ServicePrincipal",
    });
    const wait = recording.named("kafka-storage-role-wait").inputs;
    expect(wait.create).toBe("node --require ts-node/register/transpile-only awaitRole.ts");
    expect(wait.environment).toEqual({ ROLE_CREATED_ON: "2026-11-28T09:00:00Z", ROLE_WAIT_MINUTES: "10" });
    expect(wait.triggers).toEqual(["2026-11-28T09:00:00Z"]);
    expect(recording.before("kafka-cluster")).toContain("kafka-storage-role-wait");
    const again = await recorded({ storageRoleWaitMinutes: 2 });
    expect(again.named("kafka-storage-role-wait").inputs.environment).toMatchObject({ ROLE_WAIT_MINUTES: "2" });
    const name = (of: Recording) => of.named("kafka-storage-role").inputs.roleAssignmentName;
    expect(name(again)).toBe(name(recording));
  });

  it("is opened by the account's key where that is asked for, which stays secret", async () => {
    const recording = await recorded({ storageAccess: "key" });
    const { identity, properties } = storageOf(recording);
    expect(identity).toBeUndefined();
    expect(properties.storageProfile.storageaccounts).toEqual([
      {
        name: `${accountName}.blob.core.windows.net`,
        isDefault: true,
        container: "kafka",
        key: "canary-storage-key",
      },
    ]);
    expect(recording.named("kafka-storage-account").inputs).not.toHaveProperty("allowSharedKeyAccess");
    expect(ofType(recording, /managedidentity|authorization/)).toEqual([]);
    expect(recording.resources.map(({ name }) => name)).not.toContain("kafka-storage-role-wait");
    expectNoCanary(recording);
  });

  it("can be a data lake, with an account of another name", async () => {
    const recording = await recorded({ storageKind: "adls" });
    const account = recording.named("kafka-storage-account").inputs;
    expect(account).toMatchObject({ isHnsEnabled: true, allowSharedKeyAccess: false });
    expect(account.accountName).not.toBe(accountName);
    expect(storageOf(recording).properties.storageProfile.storageaccounts).toEqual([
      {
        name: `${account.accountName}.dfs.core.windows.net`,
        isDefault: true,
        fileSystem: "kafka",
        resourceId: `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/${account.accountName}`,
        msiResourceId: identityId,
      },
    ]);
  });

  it("takes no key for a data lake", async () => {
    const recording = record();
    expect(() => new KafkaCluster("kafka", { ...args, storageKind: "adls", storageAccess: "key" })).toThrow(
      "Storage `kafka-storage`: `kind` adls needs `access` identity",
    );
    await recording.finished();
  });

  it("can be there already, with its identity or its key; nothing is made then", async () => {
    const existing = { accountId: "/subscriptions/s/x/storageAccounts/lake", container: "files" };
    const identified = await recorded({ existingStorage: { ...existing, kind: "adls", identityId: "/s/me" } });
    expect(storageOf(identified)).toMatchObject({
      identity: { userAssignedIdentities: { "/s/me": {} } },
      properties: {
        storageProfile: {
          storageaccounts: [{ name: "lake.dfs.core.windows.net", fileSystem: "files", msiResourceId: "/s/me" }],
        },
      },
    });
    expect(ofType(identified, /storage|managedidentity|authorization/i)).toEqual([]);
    const keyed = await recorded({ existingStorage: { ...existing, key: "canary-of-theirs" } });
    expect(storageOf(keyed).properties.storageProfile.storageaccounts).toEqual([
      { name: "lake.blob.core.windows.net", isDefault: true, container: "files", key: "canary-of-theirs" },
    ]);
    expectNoCanary(keyed);
  });

  it("is refused when nothing opens it", async () => {
    const recording = record();
    const existingStorage = { accountId: "/subscriptions/s/x/storageAccounts/lake", container: "files" };
    expect(() => new KafkaCluster("kafka", { ...args, existingStorage })).toThrow("needs `identityId`, or `key`");
    await recording.finished();
  });

  it("was the cluster component's own child before, and stays what it is", async () => {
    const recording = await recorded();
    const parent = expect.stringMatching(/streaming:kafka:KafkaCluster::kafka$/);
    const former = (name: string) => recording.named(name).options.aliases;
    expect(former("kafka-storage-account")).toContainEqual({ name: "kafka-storage", parent });
    expect(former("kafka-storage-container")).toContainEqual({ name: "kafka-container", parent });
  });
});
