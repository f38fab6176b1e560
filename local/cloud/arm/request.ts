import type { z } from "zod";
import { badRequest } from "./errors";
import type { Properties } from "./kind";

export interface ArmRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  apiVersion: string;
  headers: Record<string, string | undefined>;
  body: unknown;
  /** `https://127.0.0.1:port`, as the client addressed it: what links in answers start with. */
  baseUrl: string;
}

export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** The body as an object, or the 400 that ARM answers. */
export function bodyOf(request: ArmRequest): Properties {
  if (typeof request.body !== "object" || request.body === null || Array.isArray(request.body)) {
    throw badRequest("InvalidRequestContent", `${request.method} ${request.path} needs a JSON object as its body.`);
  }
  return request.body as Properties;
}

/** Checks a body, naming every property that is wrong, where, and what it must be. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const where = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
    return `\`${where.replace(/^\./, "") || "the body"}\`: ${issue.message}`;
  });
  throw badRequest("InvalidRequestContent", `The request content was invalid: ${problems.join("; ")}`);
}
