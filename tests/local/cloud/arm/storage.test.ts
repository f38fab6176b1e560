import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { group, location, provider, subscription, TestArm } from "./twin";

let arm: TestArm;
const account = (name: string) => `${provider("Storage")}/storageAccounts/${name}`;
const body = {
  location,
  kind: "StorageV2",
  sku: { name: "Standard_LRS" },
  properties: { minimumTlsVersion: "TLS1_2" },
};

beforeAll(async () => {
  arm = await TestArm.start();
  await arm.put(group, { location });
});
afterAll(() => arm.stop());

describe("storage accounts", () => {
  it("are created with 202 and no body, followed by Location, which ends with the account", async () => {
    const response = await arm.put(account("first"), body);
    expect(response.status).toBe(202);
    expect(response.body).toBeUndefined();
    expect(response.headers["azure-asyncoperation"]).toBeUndefined();
    const done = await arm.finish(response);
    expect(done).toMatchObject({
      status: 200,
      body: {
        name: "first",
        sku: { name: "Standard_LRS", tier: "Standard" },
        properties: {
          provisioningState: "Succeeded",
          minimumTlsVersion: "TLS1_2",
          primaryEndpoints: { blob: "https://first.blob.core.windows.net/" },
        },
      },
    });
    expect((await arm.put(account("first"), body)).status).toBe(200);
  });

  it("have two keys that stay, are shown by listKeys only, and change one at a time", async () => {
    await arm.create(account("keyed"), body);
    const { keys } = (await arm.post(`${account("keyed")}/listKeys`)).body;
    expect(keys.map((key: { keyName: string }) => key.keyName)).toEqual(["key1", "key2"]);
    expect(Buffer.from(keys[0].value, "base64")).toHaveLength(64);
    await arm.create(account("keyed"), body);
    expect((await arm.post(`${account("keyed")}/listKeys`)).body.keys).toEqual(keys);
    const renewed = (await arm.post(`${account("keyed")}/regenerateKey`, { keyName: "key1" })).body.keys;
    expect(renewed[0].value).not.toBe(keys[0].value);
    expect(renewed[1].value).toBe(keys[1].value);
    expect((await arm.post(`${account("keyed")}/regenerateKey`, { keyName: "key3" })).status).toBe(400);
    expect(JSON.stringify((await arm.get(account("keyed"))).body)).not.toContain(renewed[0].value);
  });

  it("have names that are unique across resource groups", async () => {
    await arm.create(account("unique"), body);
    await arm.put(`${subscription}/resourceGroups/second`, { location });
    const again = await arm.put(account("unique").replace("/rg/", "/second/"), body);
    expect(again).toMatchObject({ status: 409, body: { error: { code: "StorageAccountAlreadyTaken" } } });
  });

  it.each([
    ["InvalidResourceName", "Upper", body],
    ["InvalidRequestContent", "nosku", { location, kind: "StorageV2" }],
    ["InvalidRequestContent", "badsku", { ...body, sku: { name: "Cheap" } }],
  ])("are refused with %s", async (code, name, request) => {
    expect((await arm.put(account(name), request)).body.error.code).toBe(code);
  });

  it("change properties by PATCH, but not whether they have a hierarchical name space", async () => {
    await arm.create(account("patched"), body);
    const patched = await arm.patch(account("patched"), { properties: { allowBlobPublicAccess: true } });
    expect(patched.body.properties).toMatchObject({ allowBlobPublicAccess: true, minimumTlsVersion: "TLS1_2" });
    const hns = await arm.patch(account("patched"), { properties: { isHnsEnabled: true } });
    expect(hns.body.error.code).toBe("PropertyCannotBeChanged");
  });
});

describe("blob containers", () => {
  it("are made in their account's blob service and go with the account", async () => {
    await arm.create(account("holder"), body);
    const id = `${account("holder")}/blobServices/default/containers/kafka`;
    expect(await arm.put(id, { properties: {} })).toMatchObject({
      status: 201,
      body: { name: "kafka", properties: { publicAccess: "None", leaseState: "Available" } },
    });
    expect((await arm.get(`${account("holder")}/blobServices/default/containers`)).body.value).toHaveLength(1);
    expect((await arm.get(`${account("holder")}/blobServices/default`)).status).toBe(200);
    expect((await arm.delete(account("holder"))).status).toBe(200);
    expect((await arm.get(id)).status).toBe(404);
  });

  it("need their account, a valid name, and an account that allows public access", async () => {
    await arm.create(account("strict"), body);
    const container = (name: string) => `${account("strict")}/blobServices/default/containers/${name}`;
    expect((await arm.put(container("a--b"), {})).body.error.code).toBe("InvalidResourceName");
    expect((await arm.put(container("open"), { properties: { publicAccess: "Blob" } })).body.error.code).toBe(
      "PublicAccessNotPermitted",
    );
    expect((await arm.put(`${account("absent")}/blobServices/default/containers/abc`, {})).body.error.code).toBe(
      "ParentResourceNotFound",
    );
  });
});
