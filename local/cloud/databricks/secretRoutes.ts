import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { invalidParameter, notInTwin } from "./errors";
import { read } from "./input";
import type { Secrets } from "./secrets";

const scope = z.looseObject({ scope: z.string() });
const newScope = scope.extend({
  scope_backend_type: z.string().default("DATABRICKS"),
  initial_manage_principal: z.string().optional(),
});
const secret = scope.extend({ key: z.string() });
const value = secret.extend({ string_value: z.string().optional(), bytes_value: z.string().optional() });
const principal = scope.extend({ principal: z.string().min(1) });
const acl = principal.extend({ permission: z.enum(["READ", "WRITE", "MANAGE"]) });

/** `/api/2.0/secrets/*`, without `get`: the twin never gives a value back. */
export function secretRoutes(app: FastifyInstance, secrets: Secrets): void {
  const base = "/api/2.0/secrets";
  app.post(`${base}/scopes/create`, async (request) => {
    const body = read(newScope, request.body);
    if (body.scope_backend_type !== "DATABRICKS") {
      throw notInTwin(`\`scope_backend_type\` ${body.scope_backend_type} is not supported; use DATABRICKS`);
    }
    const initial = body.initial_manage_principal;
    if (initial && initial !== "users") {
      throw invalidParameter(`\`initial_manage_principal\` must be "users" or absent, got "${initial}"`);
    }
    secrets.createScope(body.scope, initial === "users");
    return {};
  });
  app.post(`${base}/scopes/delete`, async (request) => {
    secrets.deleteScope(read(scope, request.body).scope);
    return {};
  });
  app.get(`${base}/scopes/list`, async () => ({
    scopes: secrets.scopes().map((name) => ({ name, backend_type: "DATABRICKS" })),
  }));
  app.post(`${base}/put`, async (request) => {
    const body = read(value, request.body);
    if ((body.string_value === undefined) === (body.bytes_value === undefined)) {
      throw invalidParameter("Give exactly one of `string_value` and `bytes_value`");
    }
    const text = body.string_value ?? Buffer.from(body.bytes_value ?? "", "base64").toString();
    secrets.put(body.scope, body.key, text);
    return {};
  });
  app.post(`${base}/delete`, async (request) => {
    const body = read(secret, request.body);
    secrets.delete(body.scope, body.key);
    return {};
  });
  app.get(`${base}/list`, async (request) => ({ secrets: secrets.list(read(scope, request.query).scope) }));

  app.post(`${base}/acls/put`, async (request) => {
    const body = read(acl, request.body);
    secrets.putAcl(body.scope, body.principal, body.permission);
    return {};
  });
  app.post(`${base}/acls/delete`, async (request) => {
    const body = read(principal, request.body);
    secrets.deleteAcl(body.scope, body.principal);
    return {};
  });
  app.get(`${base}/acls/get`, async (request) => {
    const query = read(principal, request.query);
    return secrets.acl(query.scope, query.principal);
  });
  app.get(`${base}/acls/list`, async (request) => ({ items: secrets.acls(read(scope, request.query).scope) }));
}
