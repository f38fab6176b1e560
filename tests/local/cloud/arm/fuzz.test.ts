import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { kinds } from "../../../../local/cloud/arm/providers";
import { createNetwork, group, location, provider, TestArm } from "./twin";

let arm: TestArm;
beforeAll(async () => {
  arm = await TestArm.start();
  await arm.put(group, { location });
  await createNetwork(arm);
  await arm.create(`${provider("Storage")}/storageAccounts/fuzzed`, {
    location,
    kind: "StorageV2",
    sku: { name: "Standard_LRS" },
  });
});
afterAll(() => arm.stop());

/** A name that each type accepts, below a parent that is there where the type has one that can be. */
function idOf(type: string): string {
  const [namespace, ...types] = type.split("/");
  if (type === "Microsoft.Resources/resourceGroups") return group;
  const name = (segment: string) =>
    ({
      virtualNetworks: "vnet",
      storageAccounts: "fuzzed",
      blobServices: "default",
      networkSecurityGroups: "vnet-nsg",
      privateDnsZones: "fuzz.internal",
      roleAssignments: "00000000-0000-4000-8000-000000000001",
    })[segment] ?? "fuzz";
  return `${group}/providers/${namespace}/${types.map((segment) => `${segment}/${name(segment)}`).join("/")}`;
}

/** Property names that the schemas know, so that nonsense gets past the first check. */
const known = [
  "addressSpace addressPrefixes subnets name properties remoteVirtualNetwork id securityRules publicIpAddresses",
  "clusterVersion clusterDefinition kind configurations gateway computeProfile roles storageProfile storageaccounts",
  "computeMode managedResourceGroupId parameters vnetAddressPrefix value aRecords ttl principalId roleDefinitionId",
]
  .join(" ")
  .split(" ");

const nonsense = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(
      null,
      true,
      0,
      -1,
      1e308,
      "",
      "10.0.0.0/16",
      "Hybrid",
      "/subscriptions/x/resourceGroups/y",
      "\u0000",
    ),
    fc.string(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...known), fc.string({ maxLength: 5 })), tie("value"), { maxKeys: 5 }),
  ),
})).value;

it("no body makes the service fail: nonsense is answered with what is wrong with it", {
  timeout: 240_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...kinds.map(({ type, apiVersions }) => ({ type, version: apiVersions[0] }))),
      fc.constantFrom("PUT", "PATCH", "POST"),
      nonsense,
      async ({ type, version }, method, properties) => {
        const url = `${idOf(type)}${method === "POST" ? "/listKeys" : ""}?api-version=${version}`;
        const response = await arm.request(method, url, { location, tags: properties, properties, sku: properties });
        expect([200, 201, 202, 400, 403, 404, 409, 412, 501], JSON.stringify(response.body)).toContain(response.status);
        const withoutTags = await arm.request(method, url, { location, properties });
        expect([200, 201, 202, 400, 403, 404, 409, 412, 501], JSON.stringify(withoutTags.body)).toContain(
          withoutTags.status,
        );
      },
    ),
    { numRuns: 400 },
  );
});

it("no path makes the service fail", { timeout: 240_000 }, async () => {
  const segment = fc.oneof(
    fc.constantFrom(
      "subscriptions",
      "resourceGroups",
      "rg",
      "providers",
      "Microsoft.Network",
      "virtualNetworks",
      "..",
      "%00",
    ),
    fc.string({ maxLength: 6 }).map(encodeURIComponent),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("GET", "HEAD", "PUT", "DELETE", "POST"),
      fc.array(segment, { maxLength: 8 }),
      async (method, segments) => {
        const url = `/subscriptions/${segments.join("/")}?api-version=2024-05-01`;
        expect((await arm.request(method, url, method === "PUT" ? {} : undefined)).status).not.toBe(500);
      },
    ),
    { numRuns: 300 },
  );
});
