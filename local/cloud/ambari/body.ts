import { z } from "zod";
import { HttpError } from "../http";

/** The body of a change: what it is for, and the properties. Ambari takes them side by side or below `Body`. */
export interface Change<T> {
  context: string;
  /** CLUSTER, SERVICE, HOST or HOST_COMPONENT; undefined when not given. */
  level: string | undefined;
  properties: T;
}

const requestInfo = z.looseObject({
  context: z.string().optional(),
  operation_level: z
    .union([
      // As a plain word it is taken, and means nothing: Ambari looks for `operation_level/level`.
      z.string().transform(() => undefined),
      z.looseObject({ level: z.string(), cluster_name: z.string().optional() }),
    ])
    .optional(),
  command: z.string().optional(),
});

/**
 * Reads a body that changes a resource. Ambari ignores content types: what matters is that it is JSON.
 * Rejects with a 400 that names the property.
 */
export function readChange<T>(text: unknown, schema: z.ZodType<T>): Change<T> {
  const { RequestInfo, Body, ...beside } = readObject(text);
  const info = check(requestInfo, RequestInfo ?? {}, "RequestInfo");
  return {
    context: info.context ?? "",
    level: levelOf(info.operation_level),
    properties: check(schema, Body === undefined ? beside : { ...beside, ...(Body as object) }),
  };
}

/** As strict as Ambari: a level without the cluster's name is refused, although the path names the cluster too. */
function levelOf(given: { level: string; cluster_name?: string } | undefined): string | undefined {
  if (!given) return undefined;
  const level = given.level.trim().toUpperCase();
  if (!["CLUSTER", "SERVICE", "HOST", "HOST_COMPONENT"].includes(level)) {
    throw new HttpError(400, "BadRequest", `Wrong operation level value: ${given.level}`);
  }
  if (given.cluster_name === undefined) {
    const message = "Mandatory key operation_level/cluster_name for operation level is not specified";
    throw new HttpError(400, "BadRequest", message);
  }
  return level;
}

/** A body's JSON value. Undefined and empty text are an empty object. */
export function parseBody(text: unknown): unknown {
  if (typeof text !== "string" || text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`the body is not JSON (${(error as Error).message})`);
  }
}

/** Checks a value of a body. Throws a 400 that lists what is wrong where. */
export function check<T>(schema: z.ZodType<T>, value: unknown, at = ""): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const where = [at, ...path].filter((step) => step !== "").join("/");
    return where ? `\`${where}\`: ${message}` : message;
  });
  throw invalid(problems.join("; "));
}

function readObject(text: unknown): Record<string, unknown> {
  return check(z.record(z.string(), z.unknown()), parseBody(text));
}

function invalid(why: string): HttpError {
  return new HttpError(400, "BadRequest", `Invalid Request: Malformed Request Body. ${why}`);
}
