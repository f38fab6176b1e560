import { randomBytes, randomUUID } from "node:crypto";
import { z } from "zod";
import { badRequest } from "../errors";
import { defineKind, type Kind } from "../kind";

/** Microsoft.OperationalInsights: Log Analytics workspaces and their keys. No logs arrive, and none can be asked for. */

export const workspaceType = "Microsoft.OperationalInsights/workspaces";

const sku = z.looseObject({
  name: z.enum(
    ["PerGB2018", "CapacityReservation", "LACluster", "Standalone", "PerNode", "Free", "Standard", "Premium"],
    "must be the name of a pricing tier, such as PerGB2018",
  ),
});

export const logAnalyticsWorkspace: Kind = defineKind({
  type: workspaceType,
  apiVersions: [
    "2023-09-01",
    "2025-07-01",
    "2025-02-01",
    "2022-10-01",
    "2021-12-01-preview",
    "2021-06-01",
    "2020-10-01",
    "2020-08-01",
  ],
  schema: z.looseObject({
    properties: z
      .looseObject({
        sku: sku.optional(),
        retentionInDays: z.number().int().optional(),
        workspaceCapping: z.looseObject({ dailyQuotaGb: z.number().optional() }).optional(),
      })
      .optional(),
  }),
  names: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/,
    rule: "4 to 63 letters, digits and `-`, starting and ending with a letter or digit",
  },
  location: "region",
  longRunning: { put: "azure-async", delete: "azure-async" },
  busyState: "Creating",
  patchable: ["properties", "sku"],
  readOnly: ["customerId", "createdDate", "modifiedDate", "privateLinkScopedResources"],

  prepare({ body, existing }) {
    const before = existing?.resource.properties;
    const given = body.properties ?? {};
    const { retentionInDays = before?.retentionInDays ?? 30 } = given;
    checkRetention(Number(retentionInDays), given.sku?.name ?? "PerGB2018");
    const now = new Date().toISOString();
    return {
      properties: {
        features: { legacy: 0, searchVersion: 1, enableLogAccessUsingOnlyResourcePermissions: true },
        publicNetworkAccessForIngestion: "Enabled",
        publicNetworkAccessForQuery: "Enabled",
        ...given,
        sku: { name: "PerGB2018", ...given.sku, lastSkuUpdate: before?.createdDate ?? now },
        retentionInDays,
        workspaceCapping: { dailyQuotaGb: -1, dataIngestionStatus: "RespectQuota", ...given.workspaceCapping },
        customerId: before?.customerId ?? randomUUID(),
        createdDate: before?.createdDate ?? now,
        modifiedDate: now,
      },
      internal: existing ? {} : { keys: { primarySharedKey: newKey(), secondarySharedKey: newKey() } },
    };
  },

  actions: {
    sharedKeys: ({ stored }) => ({ body: stored.internal.keys }),
  },
});

/**
 * A month to two years, a week where nothing is paid.
 * Source: https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
 */
function checkRetention(days: number, tier: string): void {
  if (tier === "Free" ? days === 7 : days >= 30 && days <= 730) return;
  throw badRequest(
    "InvalidParameter",
    `'RetentionInDays' property doesn't match the SKU limits: it is ${days}, and ${tier} keeps ${tier === "Free" ? "7" : "30 to 730"} days.`,
  );
}

function newKey(): string {
  return randomBytes(64).toString("base64");
}
