import { z } from "zod";
import { invalidParameter } from "./errors";

const rule = z.looseObject({
  type: z.enum(["fixed", "forbidden", "allowlist", "blocklist", "regex", "range", "unlimited"]),
  value: z.unknown().optional(),
  values: z.array(z.unknown()).optional(),
  pattern: z.string().optional(),
  minValue: z.number().optional(),
  maxValue: z.number().optional(),
  isOptional: z.boolean().optional(),
  defaultValue: z.unknown().optional(),
});

type Rule = z.infer<typeof rule>;

/** An attribute that Databricks computes from prices, and that the twin therefore cannot check. */
const computed = ["dbus_per_hour"];

/** A cluster has one of these two sizes, whatever a policy says of both. */
const sizes = ["num_workers", "autoscale.min_workers", "autoscale.max_workers"];

/** Reads a policy's definition: a JSON object from attribute paths to rules. */
export function parseDefinition(definition: string): Record<string, Rule> {
  let content: unknown;
  try {
    content = JSON.parse(definition);
  } catch (error) {
    throw invalidParameter(`\`definition\` is not JSON: ${(error as Error).message}`);
  }
  const parsed = z.record(z.string(), rule).safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalidParameter(`\`definition\` is not a policy: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** What a cluster is for: the attribute `cluster_type` of policies. */
export type ClusterType = "all-purpose" | "job";

/**
 * The cluster with what a policy fills in: fixed values, and defaults where the cluster asks for them with
 * `apply_policy_default_values`. Settings inside an object (`spark_conf.x`, `custom_tags.x`) are filled in, too.
 */
export function filledIn<S extends Record<string, unknown>>(rules: Record<string, Rule>, spec: S): S {
  const filled: Record<string, unknown> = structuredClone(spec);
  for (const [attribute, { type, value, defaultValue }] of Object.entries(rules)) {
    const given = type === "fixed" ? value : spec.apply_policy_default_values === true ? defaultValue : undefined;
    if (given === undefined || isVirtual(attribute) || attributeOf(filled, attribute) !== undefined) continue;
    const dot = attribute.indexOf(".");
    const outer = dot < 0 ? attribute : attribute.slice(0, dot);
    filled[outer] = dot < 0 ? given : { ...(filled[outer] as object), [attribute.slice(dot + 1)]: given };
  }
  return filled as S;
}

/**
 * The first rule that a cluster breaks, in words; undefined when it keeps them all. An attribute that is limited has to
 * be there, unless its rule says `isOptional`.
 */
export function violation(
  rules: Record<string, Rule>,
  spec: Record<string, unknown>,
  type: ClusterType,
): string | undefined {
  for (const [attribute, ruleOf] of Object.entries(rules)) {
    if (computed.includes(attribute)) continue;
    const got = attribute === "cluster_type" ? type : attributeOf(spec, attribute);
    const broken = got === undefined ? absent(attribute, ruleOf) : broke(ruleOf, got);
    const shown = got === undefined ? "" : ` (got ${JSON.stringify(got)})`;
    if (broken) return `Validation failed for ${attribute}, ${broken}${shown}`;
  }
  return undefined;
}

const isVirtual = (attribute: string) => attribute === "cluster_type" || computed.includes(attribute);

function absent(attribute: string, { type, isOptional }: Rule): string | undefined {
  if (type === "forbidden" || isOptional || sizes.includes(attribute)) return undefined;
  return "the value must be present";
}

function broke(ruleOf: Rule, got: unknown): string | undefined {
  const text = String(got);
  const listed = () => (ruleOf.values ?? []).map(String);
  switch (ruleOf.type) {
    case "fixed":
      return text === String(ruleOf.value) ? undefined : `the value must be ${String(ruleOf.value)}`;
    case "forbidden":
      return "the value must not be present";
    case "allowlist":
      return listed().includes(text) ? undefined : `the value must be one of ${listed().join(", ")}`;
    case "blocklist":
      return listed().includes(text) ? `the value must not be one of ${listed().join(", ")}` : undefined;
    case "regex":
      return new RegExp(`^(?:${ruleOf.pattern ?? ""})$`).test(text)
        ? undefined
        : `the value must match ${ruleOf.pattern}`;
    case "range":
      return Number(got) >= (ruleOf.minValue ?? -Infinity) && Number(got) <= (ruleOf.maxValue ?? Infinity)
        ? undefined
        : `the value must be from ${ruleOf.minValue ?? "any"} to ${ruleOf.maxValue ?? "any"}`;
    case "unlimited":
      return undefined;
  }
}

/** `spark_conf.spark.master` is one key below `spark_conf`; `autoscale.max_workers` are two fields. */
function attributeOf(spec: Record<string, unknown>, attribute: string): unknown {
  if (attribute in spec) return spec[attribute];
  const dot = attribute.indexOf(".");
  if (dot < 0) return undefined;
  const inner = spec[attribute.slice(0, dot)];
  return typeof inner === "object" && inner !== null
    ? attributeOf(inner as Record<string, unknown>, attribute.slice(dot + 1))
    : undefined;
}
