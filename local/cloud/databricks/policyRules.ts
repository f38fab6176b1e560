import { z } from "zod";
import { invalidParameter } from "./errors";

const rule = z.looseObject({
  type: z.enum(["fixed", "forbidden", "allowlist", "blocklist", "regex", "range", "unlimited"]),
  value: z.unknown().optional(),
  values: z.array(z.unknown()).optional(),
  pattern: z.string().optional(),
  minValue: z.number().optional(),
  maxValue: z.number().optional(),
});

type Rule = z.infer<typeof rule>;

/** Attributes that Databricks computes, and that the twin therefore cannot check. */
const computed = ["dbus_per_hour", "cluster_type"];

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

/** The first rule that a cluster breaks, in words; undefined when it keeps them all. */
export function violation(rules: Record<string, Rule>, spec: Record<string, unknown>): string | undefined {
  for (const [attribute, ruleOf] of Object.entries(rules)) {
    if (computed.includes(attribute)) continue;
    const got = attributeOf(spec, attribute);
    const broken = got === undefined ? undefined : broke(ruleOf, got);
    if (broken) return `Validation failed for ${attribute}, ${broken} (got ${JSON.stringify(got)})`;
  }
  return undefined;
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
