import { randomBytes, randomUUID } from "node:crypto";
import { z } from "zod";
import { badRequest, conflict } from "./errors";
import { nameOf, parentOf, sameId } from "./ids";
import { defineKind, type Kind, type Properties, type Stored } from "./kind";
import type { World } from "./world";

/** Microsoft.Storage: accounts with their keys, and blob containers. No data plane: nothing in the twin stores blobs. */

const accountType = "Microsoft.Storage/storageAccounts";
const serviceType = `${accountType}/blobServices`;
const apiVersions = ["2024-01-01", "2025-06-01", "2025-01-01", "2023-05-01", "2023-04-01", "2023-01-01", "2022-09-01"];

interface AccountKey {
  keyName: string;
  value: string;
  creationTime: string;
}

const accountSchema = z.looseObject({
  sku: z.looseObject({
    name: z.enum([
      "Standard_LRS",
      "Standard_GRS",
      "Standard_RAGRS",
      "Standard_ZRS",
      "Standard_GZRS",
      "Standard_RAGZRS",
      "Premium_LRS",
      "Premium_ZRS",
    ]),
  }),
  kind: z.enum(["StorageV2", "Storage", "BlobStorage", "BlockBlobStorage", "FileStorage"]),
  properties: z
    .looseObject({
      accessTier: z.string().optional(),
      supportsHttpsTrafficOnly: z.boolean().optional(),
      minimumTlsVersion: z.enum(["TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"]).optional(),
      allowBlobPublicAccess: z.boolean().optional(),
      allowSharedKeyAccess: z.boolean().optional(),
      isHnsEnabled: z.boolean().optional(),
    })
    .optional(),
});

export const storageAccount: Kind = defineKind({
  type: accountType,
  apiVersions,
  schema: accountSchema,
  names: { pattern: /^[a-z0-9]{3,24}$/, rule: "3 to 24 lower-case letters and digits" },
  location: "region",
  longRunning: { put: "location" },
  busyState: "Creating",
  patchable: ["properties", "sku", "kind", "identity"],
  readOnly: ["primaryEndpoints", "primaryLocation", "statusOfPrimary", "creationTime", "keyCreationTime"],

  prepare({ id, body, location, existing }, world) {
    refuseTakenName(world, id.id, id.name);
    const hns = body.properties?.isHnsEnabled ?? false;
    if (existing && (existing.resource.properties.isHnsEnabled ?? false) !== hns) {
      throw badRequest(
        "PropertyCannotBeChanged",
        "The property 'isHnsEnabled' of a storage account cannot be changed.",
      );
    }
    if (existing && existing.resource.kind !== body.kind && body.kind !== "StorageV2") {
      throw conflict(
        "AccountTypeCannotBeChanged",
        `The account kind cannot be changed from ${existing.resource.kind} to ${body.kind}.`,
      );
    }
    const now = new Date().toISOString();
    const creationTime = String(existing?.resource.properties.creationTime ?? now);
    return {
      provision: !existing,
      top: { sku: { ...body.sku, tier: body.sku.name.split("_")[0] } },
      properties: {
        accessTier: "Hot",
        allowBlobPublicAccess: false,
        supportsHttpsTrafficOnly: true,
        minimumTlsVersion: "TLS1_0",
        networkAcls: { bypass: "AzureServices", virtualNetworkRules: [], ipRules: [], defaultAction: "Allow" },
        encryption: {
          keySource: "Microsoft.Storage",
          services: { blob: enabled(creationTime), file: enabled(creationTime) },
        },
        ...body.properties,
        primaryEndpoints: Object.fromEntries(
          ["dfs", "web", "blob", "queue", "table", "file"].map((service) => [
            service,
            `https://${id.name}.${service}.core.windows.net/`,
          ]),
        ),
        primaryLocation: location,
        statusOfPrimary: "available",
        creationTime,
        keyCreationTime: { key1: creationTime, key2: creationTime },
      },
      internal: existing ? {} : { keys: ["key1", "key2"].map((name) => newKey(name, now)) },
      stored: () => addBlobService(world, id.id),
    };
  },

  actions: {
    listKeys: ({ stored }) => ({ body: { keys: accountKeys(stored).map(withPermissions) } }),
    regenerateKey({ stored, body }, world) {
      const keys = accountKeys(stored);
      if (!keys.some((key) => key.keyName === body.keyName)) {
        throw badRequest("InvalidKeyName", `\`keyName\` is '${body.keyName}'; it must be key1 or key2.`);
      }
      const now = new Date().toISOString();
      const renewed = keys.map((key) => (key.keyName === body.keyName ? newKey(key.keyName, now) : key));
      world.state.mergeInternal(stored.resource.id, { keys: renewed });
      return { body: { keys: renewed.map(withPermissions) } };
    },
  },
});

/** `blobServices/default` is there as soon as its account is. */
export const blobService: Kind = defineKind({
  type: serviceType,
  apiVersions,
  schema: z.looseObject({ properties: z.looseObject({}).optional() }),
  names: { pattern: /^default$/, rule: "it is always `default`" },
  location: "none",
  prepare: ({ body, existing }) => ({ properties: { ...existing?.resource.properties, ...body.properties } }),
});

export const blobContainer: Kind = defineKind({
  type: `${serviceType}/containers`,
  apiVersions,
  schema: z.looseObject({
    properties: z
      .looseObject({
        publicAccess: z.enum(["None", "Blob", "Container"]).optional(),
        metadata: z.record(z.string(), z.string()).optional(),
      })
      .optional(),
  }),
  names: {
    pattern: /^(\$root|\$web|[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9])$/,
    rule: "3 to 63 lower-case letters, digits and single `-`, starting and ending with a letter or digit",
  },
  location: "none",
  readOnly: ["etag", "lastModifiedTime", "leaseState", "leaseStatus", "hasLegalHold", "hasImmutabilityPolicy"],

  prepare({ id, body }, world) {
    const account = world.state.get(parentOf(id.parent ?? ""));
    const publicAccess = body.properties?.publicAccess ?? "None";
    if (publicAccess !== "None" && account?.resource.properties.allowBlobPublicAccess !== true) {
      throw conflict("PublicAccessNotPermitted", "Public access is not permitted on this storage account.");
    }
    return { properties: containerProperties({ ...body.properties, publicAccess }) };
  },
});

/** The account behind a `NAME.blob.core.windows.net`, wherever in the subscription it is. */
export function accountNamed(world: World, name: string): Stored | undefined {
  return world.state.ofType(accountType).find(({ resource }) => resource.name === name);
}

export function hasKey(account: Stored, key: string): boolean {
  return accountKeys(account).some(({ value }) => value === key);
}

/** Makes a container, as a service does that is given one which is not there. */
export function ensureContainer(world: World, account: Stored, name: string): void {
  const id = `${account.resource.id}/blobServices/default/containers/${name}`;
  if (world.state.get(id)) return;
  const properties = { ...containerProperties({ publicAccess: "None" }), provisioningState: "Succeeded" };
  world.state.put({
    resource: { id, name, type: blobContainer.type, etag: `"${randomUUID()}"`, properties },
    internal: {},
  });
}

/** `blobServices/default` of a new account. */
export function addBlobService(world: World, account: string): void {
  const id = `${account}/blobServices/default`;
  if (world.state.get(id)) return;
  const properties = { deleteRetentionPolicy: { enabled: false }, cors: { corsRules: [] } };
  world.state.put({ resource: { id, name: "default", type: serviceType, properties }, internal: {} });
}

function containerProperties(given: Properties): Properties {
  return {
    ...given,
    defaultEncryptionScope: "$account-encryption-key",
    denyEncryptionScopeOverride: false,
    deleted: false,
    hasImmutabilityPolicy: false,
    hasLegalHold: false,
    leaseState: "Available",
    leaseStatus: "Unlocked",
    lastModifiedTime: new Date().toISOString(),
  };
}

function refuseTakenName(world: World, id: string, name: string): void {
  const taken = world.state.ofType(accountType).some(({ resource }) => {
    return nameOf(resource.id).toLowerCase() === name.toLowerCase() && !sameId(resource.id, id);
  });
  if (taken) throw conflict("StorageAccountAlreadyTaken", `The storage account named ${name} is already taken.`);
}

function accountKeys(account: Stored): AccountKey[] {
  return (account.internal.keys ?? []) as AccountKey[];
}

function newKey(keyName: string, creationTime: string): AccountKey {
  return { keyName, value: randomBytes(64).toString("base64"), creationTime };
}

function withPermissions(key: AccountKey) {
  return { ...key, permissions: "FULL" };
}

function enabled(since: string) {
  return { keyType: "Account", enabled: true, lastEnabledTime: since };
}
