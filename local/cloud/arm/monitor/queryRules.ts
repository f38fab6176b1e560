import { z } from "zod";
import { badRequest, notImitated } from "../errors";
import { defineKind, type Kind } from "../kind";
import { resolveReference } from "../network/common";
import { actionGroupType } from "./actionGroups";
import { workspaceType } from "./workspaces";

/** Source: https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-log-alert-rule */
const frequencies = [
  "PT1M",
  "PT5M",
  "PT10M",
  "PT15M",
  "PT30M",
  "PT45M",
  "PT1H",
  "PT2H",
  "PT3H",
  "PT4H",
  "PT5H",
  "PT6H",
];
const frequency = z.enum([...frequencies, "P1D"], "must be a length of time such as PT5M or PT1H");
const window = z.enum([...frequencies, "P1D", "P2D"], "must be a length of time such as PT15M or PT1H");

const condition = z.looseObject({
  query: z.string().min(1),
  timeAggregation: z.enum(["Count", "Average", "Minimum", "Maximum", "Total"]),
  operator: z.enum(["Equals", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual"]),
  threshold: z.number(),
  failingPeriods: z
    .looseObject({ numberOfEvaluationPeriods: z.number().int(), minFailingPeriodsToAlert: z.number().int() })
    .default({ numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }),
});

/** Alerts on what logs say. Queries are kept, and neither read nor run. */
export const scheduledQueryRule: Kind = defineKind({
  type: "Microsoft.Insights/scheduledQueryRules",
  apiVersions: ["2025-01-01-preview", "2026-03-01", "2023-12-01", "2023-03-15-preview", "2022-06-15", "2021-08-01"],
  schema: z.looseObject({
    properties: z.looseObject({
      scopes: z.array(z.string()).length(1, "must hold the id of one resource"),
      severity: z.number().int().min(0).max(4),
      enabled: z.boolean().default(true),
      evaluationFrequency: frequency,
      windowSize: window,
      autoMitigate: z.boolean().default(true),
      skipQueryValidation: z.boolean().default(false),
      criteria: z.looseObject({ allOf: z.array(condition).min(1, "needs a condition") }),
      actions: z.looseObject({ actionGroups: z.array(z.string()).optional() }).optional(),
    }),
  }),
  names: { pattern: /^[^*#&+:<>?@%{}\\/]{1,260}$/, rule: "1 to 260 characters without * # & + : < > ? @ % { } \\ /" },
  location: "region",
  readOnly: ["createdWithApiVersion", "isLegacyLogAnalyticsRule", "isWorkspaceAlertsStorageConfigured"],

  prepare({ id, body: { properties }, apiVersion, location, existing }, world) {
    const [scope = ""] = properties.scopes;
    resolveReference(world, scope, workspaceType, id.id, location);
    for (const group of properties.actions?.actionGroups ?? []) {
      resolveReference(world, group, actionGroupType, id.id);
    }
    for (const { failingPeriods: of } of properties.criteria.allOf) {
      if (of.minFailingPeriodsToAlert <= of.numberOfEvaluationPeriods) continue;
      throw badRequest("BadRequest", "`minFailingPeriodsToAlert` must not be above `numberOfEvaluationPeriods`.");
    }
    if (!properties.skipQueryValidation) {
      throw notImitated("the validation of a query", "With `skipQueryValidation: true` Azure asks for none either.");
    }
    return {
      properties: {
        ...properties,
        createdWithApiVersion: existing?.resource.properties.createdWithApiVersion ?? apiVersion,
        isLegacyLogAnalyticsRule: false,
        isWorkspaceAlertsStorageConfigured: false,
      },
    };
  },
});
