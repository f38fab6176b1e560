import { z } from "zod";

/** The body of a cluster PUT. Values of configurations may come as booleans and numbers; HDInsight keeps strings. */

const text = z.union([z.string(), z.boolean(), z.number()]).transform(String);
const configuration = z.record(z.string(), text);

const osProfile = z.looseObject({
  username: z.string().min(1),
  password: z.string().optional(),
  sshProfile: z.looseObject({ publicKeys: z.array(z.looseObject({ certificateData: z.string() })) }).nullish(),
});

const roleSchema = z.looseObject({
  name: z.string().min(1),
  targetInstanceCount: z.number().int().min(1),
  hardwareProfile: z.looseObject({ vmSize: z.string().min(1) }),
  osProfile: z.looseObject({ linuxOperatingSystemProfile: osProfile }),
  virtualNetworkProfile: z.looseObject({ id: z.string().min(1), subnet: z.string().min(1) }).nullish(),
  dataDisksGroups: z.array(z.looseObject({ disksPerNode: z.number().int() })).nullish(),
  scriptActions: z.array(z.looseObject({ name: z.string(), uri: z.string() })).nullish(),
});
export type Role = z.infer<typeof roleSchema>;

const storageSchema = z.looseObject({
  name: z.string().min(1),
  isDefault: z.boolean().optional(),
  container: z.string().optional(),
  fileSystem: z.string().optional(),
  key: z.string().nullish(),
  resourceId: z.string().optional(),
  msiResourceId: z.string().optional(),
});
export type StorageEntry = z.infer<typeof storageSchema>;

/** The key of Key Vault that encrypts a cluster's disks; `keyVersion` is left out, or empty, to follow its versions. */
export const diskKeySchema = z.looseObject({
  vaultUri: z.url({ protocol: /^https$/ }),
  keyName: z.string().regex(/^[a-zA-Z0-9-]{1,127}$/, "must be the name of a key in Key Vault"),
  keyVersion: z.string().nullish(),
});

const diskEncryptionSchema = diskKeySchema.partial().extend({
  msiResourceId: z.string().optional(),
  encryptionAlgorithm: z.enum(["RSA-OAEP", "RSA-OAEP-256", "RSA1_5"]).optional(),
  encryptionAtHost: z.boolean().optional(),
});
export type DiskEncryption = z.infer<typeof diskEncryptionSchema>;

export const clusterSchema = z.looseObject({
  identity: z.looseObject({ userAssignedIdentities: z.record(z.string(), z.unknown()).optional() }).nullish(),
  properties: z.looseObject({
    clusterVersion: z.string(),
    osType: z.string().default("Linux"),
    tier: z.string().default("Standard"),
    clusterDefinition: z.looseObject({
      kind: z.string(),
      componentVersion: z.record(z.string(), z.string()).optional(),
      configurations: z.record(z.string(), configuration),
    }),
    computeProfile: z.looseObject({ roles: z.array(roleSchema) }),
    storageProfile: z.looseObject({ storageaccounts: z.array(storageSchema) }),
    diskEncryptionProperties: diskEncryptionSchema.nullish(),
    encryptionInTransitProperties: z.looseObject({ isEncryptionInTransitEnabled: z.boolean().optional() }).nullish(),
    securityProfile: z.looseObject({}).nullish(),
    kafkaRestProperties: z.looseObject({}).nullish(),
  }),
});
export type ClusterBody = z.infer<typeof clusterSchema>;

export const gatewaySchema = z.looseObject({
  "restAuthCredential.isEnabled": text.default("true"),
  "restAuthCredential.username": z.string(),
  "restAuthCredential.password": z.string(),
});
