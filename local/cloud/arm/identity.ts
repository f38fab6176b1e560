import { randomUUID } from "node:crypto";
import { z } from "zod";
import { defineKind, type Kind } from "./kind";

/** Microsoft.ManagedIdentity: user-assigned identities. */
export const userAssignedIdentity: Kind = defineKind({
  type: "Microsoft.ManagedIdentity/userAssignedIdentities",
  apiVersions: ["2023-01-31", "2024-11-30", "2018-11-30"],
  schema: z.looseObject({}),
  names: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$/,
    rule: "3 to 128 letters, digits, `-` and `_`, starting with a letter or digit",
  },
  location: "region",

  prepare({ existing }, world) {
    const { principalId = randomUUID(), clientId = randomUUID() } = existing?.resource.properties ?? {};
    return { properties: { tenantId: world.principal.tenantId, principalId, clientId } };
  },
});
