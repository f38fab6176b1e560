import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { group, location, provider, subscription, TestArm } from "./twin";

let arm: TestArm;
const identity = `${provider("ManagedIdentity")}/userAssignedIdentities/storage-access`;
const account = `${provider("Storage")}/storageAccounts/identified`;
const owner = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/b7e6dc6d-f1e8-4753-8033-0f276bb0955b`;
const assignment = (scope: string, last: number) =>
  `${scope}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-00000000000${last}`;

beforeAll(async () => {
  arm = await TestArm.start();
  await arm.put(group, { location });
  await arm.create(account, { location, kind: "StorageV2", sku: { name: "Standard_LRS" } });
});
afterAll(() => arm.stop());

describe("user-assigned identities", () => {
  it("get ids that stay the same", async () => {
    const made = await arm.put(identity, { location });
    expect(made).toMatchObject({ status: 201, body: { properties: { principalId: expect.stringMatching(/-/) } } });
    const again = await arm.put(identity, { location, tags: { a: "b" } });
    expect(again.body.properties).toEqual(made.body.properties);
  });
});

describe("role assignments", () => {
  it("hang on any resource, are unique there, and go with it", async () => {
    const { principalId } = (await arm.put(identity, { location })).body.properties;
    const body = { properties: { roleDefinitionId: owner, principalId, principalType: "ServicePrincipal" } };
    const made = await arm.put(assignment(account, 1), body);
    expect(made).toMatchObject({ status: 201, body: { properties: { scope: account, principalId } } });
    expect((await arm.put(assignment(account, 1), body)).status).toBe(200);
    expect((await arm.put(assignment(account, 2), body)).body.error.code).toBe("RoleAssignmentExists");
    expect((await arm.put(assignment(group, 3), body)).status).toBe(201);
    expect((await arm.put(assignment(subscription, 4), body)).status).toBe(201);
    const listed = (await arm.get(`${account}/providers/Microsoft.Authorization/roleAssignments`)).body.value;
    expect(listed.map((one: { id: string }) => one.id)).toEqual([assignment(account, 1)]);
    await arm.destroy(account);
    expect((await arm.get(assignment(account, 1))).status).toBe(404);
    expect((await arm.get(assignment(group, 3))).status).toBe(200);
  });

  it.each([
    ["PrincipalNotFound", assignment(group, 5), { roleDefinitionId: owner, principalId: owner.slice(-36) }],
    ["InvalidRequestContent", assignment(group, 5), { roleDefinitionId: "Owner", principalId: owner.slice(-36) }],
    ["InvalidResourceName", `${group}/providers/Microsoft.Authorization/roleAssignments/mine`, {}],
    ["ParentResourceNotFound", assignment(`${provider("Storage")}/storageAccounts/none`, 6), {}],
  ])("are refused with %s", async (code, id, properties) => {
    expect((await arm.put(id, { properties })).body.error.code).toBe(code);
  });
});
