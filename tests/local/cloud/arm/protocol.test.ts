import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { credentials, group, location, provider, subscription, TestArm } from "./twin";

let arm: TestArm;
const vnet = `${provider("Network")}/virtualNetworks/v`;
const body = { location, properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } } };

beforeAll(async () => {
  arm = await TestArm.start();
  await arm.put(group, { location });
});
afterAll(() => arm.stop());

describe("where clients look first", () => {
  it("is the metadata that names the twin's own endpoints and is taken for the public cloud", async () => {
    const { body: cloud } = await arm.request("GET", "/metadata/endpoints?api-version=2022-09-01");
    expect(cloud).toMatchObject({
      name: "AzureCloud",
      resourceManager: `${arm.url}/`,
      authentication: { loginEndpoint: `${arm.url}/`, identityProvider: "AAD" },
    });
    expect(cloud.authentication.audiences).toContain(`${arm.url}/`);
    expect((await arm.request("GET", "/metadata/endpoints?api-version=2019-05-01")).body).toHaveLength(1);
  });

  it("is the tenant's OpenID configuration, which leads to the token endpoint", async () => {
    const found = await arm.request("GET", `/${credentials.tenantId}/v2.0/.well-known/openid-configuration`);
    expect(found.body.token_endpoint).toBe(`${arm.url}/${credentials.tenantId}/oauth2/v2.0/token`);
    expect(found.body.issuer).toContain(credentials.tenantId);
  });
});

describe("tokens", () => {
  it("are given for the client's id and secret, in the form or as basic auth, at both endpoints", async () => {
    expect((await arm.login()).body).toMatchObject({ token_type: "Bearer", expires_in: 3600 });
    const basic = Buffer.from(`${credentials.clientId}:${credentials.clientSecret}`).toString("base64");
    const old = await arm.request(
      "POST",
      `/${credentials.tenantId}/oauth2/token`,
      "grant_type=client_credentials&resource=https://management.azure.com/",
      { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
    );
    expect(old.body.access_token).toMatch(/^ey/);
  });

  it.each([
    [401, 7000215, { client_secret: "wrong" }],
    [400, 700016, { client_id: "44444444-4444-4444-8444-444444444444" }],
    [400, 70003, { grant_type: "password" }],
    [400, 70011, { scope: "nothing" }],
  ])("are refused with %i AADSTS%i", async (status, number, form) => {
    const response = await arm.login(form);
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({
      error_codes: [number],
      error_description: `AADSTS${number}: ${response.body.error_description.split(": ").slice(1).join(": ")}`,
    });
    expect(JSON.stringify(response.body)).not.toContain(credentials.clientSecret);
  });

  it("of another tenant are refused", async () => {
    expect((await arm.login({}, "other")).body.error_codes).toEqual([90002]);
  });

  it("are needed for every ARM call, and the answer says where to get one", async () => {
    const response = await arm.request("GET", `${group}?api-version=2024-03-01`, undefined, { authorization: "" });
    expect(response.status).toBe(401);
    expect(response.body.error.code).toBe("AuthenticationFailed");
    expect(response.headers["www-authenticate"]).toContain(`${arm.url}/${credentials.tenantId}`);
  });

  it.each([
    ["InvalidAuthenticationToken", async () => "not.a.token"],
    ["InvalidAuthenticationToken", async () => `${arm.token}x`],
    [
      "InvalidAuthenticationTokenAudience",
      async () => (await arm.login({ scope: "https://vault.azure.net/.default" })).body.access_token,
    ],
  ])("that are wrong end in %s", async (code, token) => {
    const authorization = `Bearer ${await token()}`;
    const response = await arm.request("GET", `${group}?api-version=2024-03-01`, undefined, { authorization });
    expect(response).toMatchObject({ status: 401, body: { error: { code } } });
  });
});

describe("calls that cannot be served", () => {
  it.each([
    [400, "MissingApiVersionParameter", "GET", `${vnet}`],
    [400, "NoRegisteredProviderFound", "GET", `${vnet}?api-version=1999-01-01`],
    [400, "InvalidApiVersionParameter", "GET", `${group}?api-version=1999-01-01`],
    [400, "InvalidFilterInQueryString", "GET", `${subscription}/resources?$filter=plan&api-version=2024-03-01`],
    [400, "InvalidFilterInQueryString", "GET", `${subscription}/resourcegroups?$filter=name&api-version=2024-03-01`],
    [400, "InvalidTopInQueryString", "GET", `${subscription}/resources?$top=many&api-version=2024-03-01`],
    [404, "InvalidResourceNamespace", "GET", `${provider("Quantum")}/things/a?api-version=2024-05-01`],
    [404, "InvalidResourceType", "GET", `${provider("Network")}/loadBalancers/a?api-version=2024-05-01`],
    [404, "SubscriptionNotFound", "GET", "/subscriptions/other/resourceGroups/rg?api-version=2024-03-01"],
    [404, "ResourceGroupNotFound", "GET", `${vnet.replace("/rg/", "/none/")}?api-version=2024-05-01`],
    [404, "ResourceNotFound", "GET", `${vnet}-absent?api-version=2024-05-01`],
    [404, "NotFound", "GET", `${subscription}/tagNames?api-version=2024-03-01`],
    [404, "NotFound", "GET", "/providers/Microsoft.Other?api-version=2024-03-01"],
    [404, "OperationNotFound", "GET", `${subscription}/operationResults/none?api-version=2024-03-01`],
    [501, "NotImplementedByTwin", "POST", `${vnet}/checkThings?api-version=2024-05-01`],
    [400, "InvalidRequestUri", "GET", `${subscription}/resourceGroups/%zz?api-version=2024-03-01`],
  ])("end in %i %s", async (status, code, method, url) => {
    const response = await arm.request(method, url);
    expect(response).toMatchObject({ status, body: { error: { code } } });
    expect(response.body.error.message.length).toBeGreaterThan(20);
  });

  it.each([["not json"], ["[1]"], ['"text"'], ["null"], ["{}"]])("end in 400 for the body %s", async (text) => {
    const response = await arm.request("PUT", `${vnet}?api-version=2024-05-01`, text);
    expect(response.status).toBe(400);
    expect(response.body.error.code).toMatch(/InvalidRequestContent|LocationRequired/);
  });

  it("end in 400 for a name that Azure would refuse", async () => {
    expect((await arm.put(`${provider("Network")}/virtualNetworks/-x`, body)).body.error.code).toBe(
      "InvalidResourceName",
    );
    expect((await arm.put(`${subscription}/resourceGroups/ends-with.`, { location })).status).toBe(400);
  });
});

describe("resource groups", () => {
  it("answer PUT with 201, then 200, and HEAD with 204 or 404", async () => {
    const id = `${subscription}/resourceGroups/mine`;
    expect(await arm.put(id, { location: "West Europe", tags: { a: "1" } })).toMatchObject({
      status: 201,
      body: {
        id,
        name: "mine",
        type: "Microsoft.Resources/resourceGroups",
        location,
        tags: { a: "1" },
        properties: { provisioningState: "Succeeded" },
      },
    });
    expect((await arm.put(id, { location })).status).toBe(200);
    expect((await arm.request("HEAD", `${id}?api-version=2024-03-01`)).status).toBe(204);
    expect((await arm.request("HEAD", `${id}x?api-version=2024-03-01`)).status).toBe(404);
  });

  it("are the same however their name is spelled, and keep their first spelling", async () => {
    await arm.put(`${subscription}/resourceGroups/Spelled`, { location });
    const again = await arm.put(`${subscription.toUpperCase()}/RESOURCEGROUPS/SPELLED`, { location });
    expect(again).toMatchObject({
      status: 200,
      body: { name: "Spelled", id: `${subscription}/resourceGroups/Spelled` },
    });
  });

  it("go with all that is in them, followed by Location", async () => {
    const id = `${subscription}/resourceGroups/leaving`;
    const inside = vnet.replace("/rg/", "/leaving/");
    await arm.put(id, { location });
    await arm.create(inside, body);
    const response = await arm.delete(id);
    expect(response.status).toBe(202);
    expect(response.headers.location).toContain("/operationResults/");
    expect(response.headers["azure-asyncoperation"]).toBeUndefined();
    await arm.finish(response);
    expect((await arm.get(id)).body.error.code).toBe("ResourceGroupNotFound");
    expect((await arm.get(inside)).body.error.code).toBe("ResourceGroupNotFound");
    expect((await arm.delete(id)).status).toBe(204);
  });

  it("refuse new resources while they go", async () => {
    const slow = await TestArm.start({ pace: (_type, verb) => (verb === "delete" ? 60_000 : 0) });
    await slow.put(group, { location });
    const leaving = await slow.delete(group);
    expect((await slow.put(vnet, body)).body.error.code).toBe("ResourceGroupBeingDeleted");
    expect((await slow.delete(group)).headers.location).toBe(leaving.headers.location);
    await slow.stop();
  });
});

describe("lists", () => {
  it("show groups, resources of a type, and resources of all types", async () => {
    const id = `${provider("Network")}/virtualNetworks/listed`;
    await arm.create(id, { ...body, properties: { addressSpace: { addressPrefixes: ["10.9.0.0/16"] } } });
    const ids = async (url: string) => (await arm.get(url)).body.value.map((one: { id: string }) => one.id);
    expect(await ids(`${subscription}/resourcegroups`)).toContain(group);
    expect(await ids(`${provider("Network")}/virtualNetworks`)).toContain(id);
    expect(await ids(`${subscription}/providers/Microsoft.Network/virtualNetworks`)).toContain(id);
    expect(await ids(`${group}/resources`)).toContain(id);
    expect(
      await ids(
        `${subscription}/resources?$filter=resourceType eq 'microsoft.network/natgateways'&api-version=2024-03-01`.replaceAll(
          " ",
          "%20",
        ),
      ),
    ).toEqual([]);
    expect((await arm.get(`${vnet}x/subnets`)).body.error.code).toBe("ParentResourceNotFound");
  });

  it("are narrowed by tag, name and number, and never by a filter that is not understood", async () => {
    await arm.put(`${subscription}/resourceGroups/tagged`, { location, tags: { Team: "data" } });
    const names = async (query: string) => {
      const url = `${subscription}/resourcegroups?${encodeURI(query)}&api-version=2024-03-01`;
      return (await arm.get(url)).body.value.map(({ name }: { name: string }) => name);
    };
    expect(await names("$filter=tagName eq 'team'")).toEqual(["tagged"]);
    expect(await names("$filter=tagName eq 'team' and tagValue eq 'data'")).toEqual(["tagged"]);
    expect(await names("$filter=tagName eq 'team' and tagValue eq 'other'")).toEqual([]);
    expect(await names("$top=1")).toHaveLength(1);
  });

  it("are found by ids with a slash too many, as Azure's SDKs send them", async () => {
    expect((await arm.request("GET", `/${group}?api-version=2024-03-01`)).body.id).toBe(group);
  });

  it("show the subscription, its tenant, and that every provider is registered", async () => {
    expect((await arm.get(subscription)).body).toMatchObject({ tenantId: credentials.tenantId, state: "Enabled" });
    expect((await arm.get("/subscriptions")).body.value).toHaveLength(1);
    expect((await arm.get("/tenants")).body.value).toHaveLength(1);
    const registered = await arm.post(`${subscription}/providers/Microsoft.HDInsight/register?api-version=2024-03-01`);
    expect(registered.body).toMatchObject({ namespace: "Microsoft.HDInsight", registrationState: "Registered" });
    expect((await arm.get(`${subscription}/providers?api-version=2024-03-01`)).body.value.length).toBeGreaterThan(4);
  });
});

describe("writes", () => {
  it("keep properties and top-level keys that the twin does not know", async () => {
    const id = `${provider("Network")}/virtualNetworks/unknown`;
    const made = await arm.create(id, {
      location,
      extendedLocation: { name: "edge" },
      properties: { addressSpace: { addressPrefixes: ["10.8.0.0/16"] }, flowTimeoutInMinutes: 10 },
    });
    expect(made).toMatchObject({ extendedLocation: { name: "edge" }, properties: { flowTimeoutInMinutes: 10 } });
    expect(made.etag).toMatch(/^W\//);
  });

  it("obey If-Match and If-None-Match", async () => {
    const id = `${provider("Network")}/virtualNetworks/matched`;
    const { etag } = await arm.create(id, {
      ...body,
      properties: { addressSpace: { addressPrefixes: ["10.7.0.0/16"] } },
    });
    const again = { location, properties: { addressSpace: { addressPrefixes: ["10.7.0.0/16"] } } };
    expect((await arm.put(id, again, { "if-none-match": "*" })).status).toBe(412);
    expect((await arm.put(id, again, { "if-match": 'W/"other"' })).status).toBe(412);
    expect((await arm.put(id, again, { "if-match": etag })).status).toBe(200);
  });

  it("meet 409 while another operation on the resource goes on", async () => {
    const slow = await TestArm.start({ pace: () => 60_000 });
    await slow.put(group, { location });
    const first = await slow.put(vnet, body);
    expect((await slow.put(vnet, body)).body.error.code).toBe("AnotherOperationInProgress");
    expect((await slow.delete(vnet)).status).toBe(409);
    const child = await slow.put(`${vnet}/subnets/a`, { properties: { addressPrefix: "10.0.0.0/24" } });
    expect(child.body.error.code).toBe("AnotherOperationInProgress");
    const poll = await slow.request("GET", first.headers["azure-asyncoperation"] ?? "");
    expect(poll).toMatchObject({ status: 200, body: { status: "InProgress" } });
    await slow.stop();
  });
});
