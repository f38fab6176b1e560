import { z } from "zod";
import { HttpError } from "../../http";
import { badRequest, conflict, notImitated } from "../errors";
import { type ResourceId, sameId } from "../ids";
import { defineKind, type Kind } from "../kind";
import { resolveReference } from "../network/common";
import type { World } from "../world";
import { logCategories } from "./categories";
import { workspaceType } from "./workspaces";

const settingType = "Microsoft.Insights/diagnosticSettings";

/** How many settings one resource can have. Source: MicrosoftDocs/azure-docs, azure-monitor/essentials/diagnostic-settings.md */
const mostSettings = 5;

const retention = z.looseObject({ enabled: z.boolean(), days: z.number().int() });
const logs = z
  .array(
    z.looseObject({
      category: z.string().min(1).nullish(),
      categoryGroup: z.string().min(1).nullish(),
      enabled: z.boolean(),
      retentionPolicy: retention.nullish(),
    }),
  )
  .default([]);

const schema = z.looseObject({
  properties: z.looseObject({
    workspaceId: z.string().nullish(),
    storageAccountId: z.string().nullish(),
    eventHubAuthorizationRuleId: z.string().nullish(),
    marketplacePartnerId: z.string().nullish(),
    logAnalyticsDestinationType: z.enum(["Dedicated", "AzureDiagnostics"]).nullish(),
    logs,
    metrics: z.array(z.looseObject({ category: z.string().nullish(), enabled: z.boolean() })).default([]),
  }),
});
type Setting = z.infer<typeof schema>["properties"];

/** Where a resource's logs go: an extension of that resource. The twin sends nothing there. */
export const diagnosticSetting: Kind = defineKind({
  type: settingType,
  apiVersions: ["2021-05-01-preview"],
  schema,
  names: { pattern: /^[^<>*%&:\\?+/]{1,260}$/, rule: "1 to 260 characters without < > * % & : \\ ? + /" },
  location: "none",

  prepare({ id, body: { properties } }, world) {
    const chosen = checkCategories(world, id, properties);
    if (properties.eventHubAuthorizationRuleId || properties.marketplacePartnerId) {
      throw notImitated("diagnostic settings that send to an event hub or a partner", "Send to a workspace.");
    }
    const { workspaceId, storageAccountId } = properties;
    if (!workspaceId && !storageAccountId) {
      throw badRequest("BadRequest", "At least one data sink needs to be specified.");
    }
    if (workspaceId) resolveReference(world, workspaceId, workspaceType, id.id);
    if (storageAccountId) resolveReference(world, storageAccountId, "Microsoft.Storage/storageAccounts", id.id);
    checkOthers(world, id, properties, chosen);
    return {
      properties: {
        ...properties,
        logs: properties.logs.map((log) => ({ ...log, retentionPolicy: log.retentionPolicy ?? noRetention })),
      },
    };
  },
});

/** The retention of a setting does nothing for a workspace, and is always shown. */
const noRetention = { enabled: false, days: 0 };

/** The categories that are switched on, each of which the resource has. */
function checkCategories(world: World, id: ResourceId, { logs, metrics }: Setting): string[] {
  const target = world.state.get(id.scope);
  if (!target) throw notImitated("diagnostic settings of a subscription", "It knows those of resources.");
  const known = logCategories[target.resource.type];
  if (!known) {
    throw badRequest(
      "ResourceTypeNotSupported",
      `The resource type '${target.resource.type.toLowerCase()}' does not support diagnostic settings, as far as the ` +
        `twin knows: it knows the logs of ${Object.keys(logCategories).join(", ")}.`,
    );
  }
  if (metrics.length > 0) throw notImitated("metrics in diagnostic settings", "It knows logs.");
  for (const { category, categoryGroup } of logs) {
    if ((category === null || category === undefined) === (categoryGroup === null || categoryGroup === undefined)) {
      throw badRequest("BadRequest", "Each log needs either a `category` or a `categoryGroup`.");
    }
    if (category && !known.includes(category))
      throw badRequest("BadRequest", `Category '${category}' is not supported.`);
    if (categoryGroup && !["allLogs", "audit"].includes(categoryGroup)) {
      throw badRequest("BadRequest", `Category group '${categoryGroup}' is not supported.`);
    }
  }
  // https://github.com/Azure/azure-rest-api-specs/issues/22719
  if (logs.some(({ category }) => category) && logs.some(({ categoryGroup }) => categoryGroup)) {
    throw badRequest("BadRequest", "Diagnostic setting does not support mix of log category and log category group.");
  }
  const chosen = logs.filter(({ enabled }) => enabled);
  if (chosen.length === 0) throw badRequest("BadRequest", "At least one log or metric has to be enabled.");
  return chosen.flatMap(({ category }) => (category ? [category] : known));
}

/**
 * A resource sends a category to one place once.
 * Source of the words: https://github.com/Azure/bicep-registry-modules/issues/3407
 */
function checkOthers(world: World, id: ResourceId, { workspaceId, storageAccountId }: Setting, chosen: string[]): void {
  const others = world.state
    .below(id.scope ?? "")
    .filter(({ resource }) => resource.type === settingType && !sameId(resource.id, id.id))
    .filter(({ resource }) => sameId(resource.id.split("/providers/Microsoft.Insights/")[0], id.scope));
  if (others.length >= mostSettings) {
    throw new HttpError(409, "Conflict", `A resource has ${mostSettings} diagnostic settings at most.`);
  }
  for (const { resource } of others) {
    const other = resource.properties as unknown as Setting;
    const sink = [workspaceId, storageAccountId].find(
      (mine) => mine && [other.workspaceId, other.storageAccountId].some((theirs) => sameId(mine, theirs ?? undefined)),
    );
    const twice = other.logs.find(({ category, enabled }) => enabled && (!category || chosen.includes(category)));
    if (!sink || !twice) continue;
    throw conflict(
      "Conflict",
      `Data sink '${sink}' is already used in diagnostic setting '${resource.name}' for category ` +
        `'${twice.category ?? chosen[0]}'. Data sinks can't be reused in different settings on the same category for ` +
        "the same resource.",
    );
  }
}
