import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClusterPlace, cluster, placeForClusters } from "./clusters";
import { type Json, location, provider, subscription, type TestArm } from "./twin";

let arm: TestArm;
let clusterBody: ClusterPlace["clusterBody"];
beforeAll(async () => {
  ({ arm, clusterBody } = await placeForClusters());
});
afterAll(() => arm.stop());

describe("a cluster with an identity for its storage", () => {
  const identity = `${provider("ManagedIdentity")}/userAssignedIdentities/storage`;
  const lake = `${provider("Storage")}/storageAccounts/lake`;
  const roles = {
    owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    dataReader: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    dataContributor: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    dataOwner: "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
  };
  const assignment = `${lake}/providers/Microsoft.Authorization/roleAssignments/${roles.owner}`;
  let principalId: string;

  beforeAll(async () => {
    const properties = { isHnsEnabled: true, allowSharedKeyAccess: false };
    await arm.create(lake, { location, kind: "StorageV2", sku: { name: "Standard_LRS" }, properties });
    principalId = (await arm.put(identity, { location })).body.properties.principalId;
  });

  const assign = async (role: string) => {
    await arm.delete(assignment);
    const roleDefinitionId = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
    const properties = { roleDefinitionId, principalId, principalType: "ServicePrincipal" };
    expect((await arm.put(assignment, { properties })).status).toBe(201);
  };
  const body = (service: "blob" | "dfs", change: (body: Json) => void = () => {}) =>
    clusterBody((edited) => {
      edited.identity = { type: "UserAssigned", userAssignedIdentities: { [identity]: {} } };
      edited.properties.storageProfile.storageaccounts = [
        {
          name: `lake.${service}.core.windows.net`,
          isDefault: true,
          ...(service === "dfs" ? { fileSystem: "kafka" } : { container: "kafka" }),
          resourceId: lake,
          msiResourceId: identity,
        },
      ];
      change(edited);
    });
  const message = async (sent: Json) => {
    const response = await arm.put(cluster("identified"), sent);
    expect(response.status).toBe(400);
    return response.body.error.message;
  };

  it("is refused as long as the identity may not use the account's data", async () => {
    expect(await message(body("dfs"))).toContain("the identity has no role on it; assign Storage Blob Data Owner");
    for (const role of [roles.owner, roles.dataReader, roles.dataContributor]) {
      await assign(role);
      expect(await message(body("dfs"))).toContain("no role on it that opens its data");
    }
    for (const role of [roles.owner, roles.dataReader]) {
      await assign(role);
      expect(await message(body("blob"))).toContain("no role on it that opens its data");
    }
  });

  it("is refused when the identity is not the cluster's, or another account's id is given", async () => {
    await assign(roles.dataOwner);
    const without = body("dfs", (edited) => {
      delete edited.identity;
    });
    expect(await message(without)).toContain("must be among the cluster's `identity.userAssignedIdentities`");
    const other = body("dfs", ({ properties }) => {
      properties.storageProfile.storageaccounts[0].resourceId = `${lake}2`;
    });
    expect(await message(other)).toContain("`resourceId` must be the account's id");
  });

  it.each([
    ["dfs", roles.dataOwner],
    ["blob", roles.dataOwner],
    ["blob", roles.dataContributor],
  ] as const)("is made when it may: %s %s", async (service, role) => {
    await assign(role);
    await arm.create(cluster("identified"), body(service));
    const { identity: shown, properties } = (await arm.get(cluster("identified"))).body;
    expect(shown.userAssignedIdentities).toEqual({ [identity]: { principalId, clientId: expect.any(String) } });
    expect(properties.storageProfile.storageaccounts).toEqual([expect.objectContaining({ msiResourceId: identity })]);
    await arm.destroy(cluster("identified"));
  });

  it("does not get by with a role on an account whose name only begins alike", async () => {
    await arm.delete(assignment);
    const long = `${lake}2`;
    await arm.create(long, { location, kind: "StorageV2", sku: { name: "Standard_LRS" } });
    await assign(roles.dataOwner);
    const sent = body("blob", ({ properties }) => {
      Object.assign(properties.storageProfile.storageaccounts[0], {
        name: "lake2.blob.core.windows.net",
        resourceId: long,
      });
    });
    expect(await message(sent)).toContain("no role on it");
  });
});

describe("a cluster with a key for its disks", () => {
  const identity = `${provider("ManagedIdentity")}/userAssignedIdentities/disks`;
  const key = { vaultUri: "https://vault.vault.azure.net", keyName: "kafka" };
  const body = (diskEncryptionProperties: Json, identities = [identity]) =>
    clusterBody((edited) => {
      edited.identity = {
        type: "UserAssigned",
        userAssignedIdentities: Object.fromEntries(identities.map((id) => [id, {}])),
      };
      edited.properties.diskEncryptionProperties = diskEncryptionProperties;
    });
  const rotate = (to: Json) => arm.post(`${cluster("encrypted")}/rotatediskencryptionkey`, to);

  beforeAll(async () => {
    await arm.put(identity, { location });
  });

  it.each<[string, Json, string[]?]>([
    ["`msiResourceId` too", key],
    ["`vaultUri` and `keyName` too", { msiResourceId: identity }],
    ["is no user-assigned identity", { ...key, msiResourceId: `${identity}2` }],
    ["must be among the cluster's `identity", { ...key, msiResourceId: identity }, []],
  ])("is refused: %s", async (message, encryption, identities) => {
    const response = await arm.put(cluster("encrypted"), body(encryption, identities));
    expect(response).toMatchObject({ status: 400, body: { error: { code: "InvalidDiskEncryptionProperties" } } });
    expect(response.body.error.message).toContain(message);
  });

  it("keeps what it is given, and takes another key by POST only", async () => {
    const given = { ...key, keyVersion: "1", msiResourceId: identity, encryptionAtHost: true };
    await arm.create(cluster("encrypted"), body(given));
    const shown = async () => (await arm.get(cluster("encrypted"))).body.properties.diskEncryptionProperties;
    expect(await shown()).toEqual(given);
    await arm.put(cluster("encrypted"), body({ ...given, keyVersion: "2" }));
    expect(await shown()).toEqual(given);
    await arm.finish(await rotate({ ...key, keyVersion: "3" }));
    expect(await shown()).toEqual({ ...given, keyVersion: "3" });
    expect((await rotate({ keyName: "kafka" })).status).toBe(400);
    await arm.destroy(cluster("encrypted"));
  });

  it("is not what a cluster without a key becomes later", async () => {
    await arm.create(cluster("encrypted"), body({ encryptionAtHost: true }));
    expect((await rotate({ ...key, keyVersion: "1" })).body.error.code).toBe("DiskEncryptionNotEnabled");
    await arm.destroy(cluster("encrypted"));
  });
});
