import { z } from "zod";
import { invalidParameter } from "./errors";

/**
 * Checks a request body or query. The first thing wrong is answered as Databricks does: a 400 that names the field.
 * Fields that the schema does not name are kept by `z.looseObject`, as Databricks ignores or stores them.
 */
export function read<S extends z.ZodType>(schema: S, value: unknown, prefix = ""): z.infer<S> {
  const input = value ?? {};
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (!issue) throw invalidParameter("Could not parse request object");
  const field = prefix + pathText(issue.path);
  if (issue.code === "custom") throw invalidParameter(issue.message);
  const got = valueAt(input, issue.path);
  if (got === undefined && issue.path.length > 0) throw invalidParameter(`Missing required field: ${field}`);
  throw invalidParameter(`Invalid value for \`${field || "body"}\`: got ${shown(got)}; ${issue.message}`);
}

/** An integer id in a body or a query string. */
export const id = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)], { error: "expected an integer" })
  .pipe(z.int().nonnegative());

/** A page length in a query string or body. */
export const pageSize = (fallback: number, most: number) => id.pipe(z.int().min(1).max(most)).default(fallback);

/** `true` or `false` in a query string; absent is false. */
export const flag = z
  .union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")])
  .optional()
  .transform((value) => value ?? false);

function pathText(path: PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text ? `${text}.${String(key)}` : String(key)),
    "",
  );
}

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
