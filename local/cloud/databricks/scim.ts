import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { WorkspaceContext } from "./context";

/** `/api/2.0/preview/scim/v2/Me`: who holds the token, a workspace admin as the creator of a workspace is. */
export function scimRoutes(app: FastifyInstance, context: WorkspaceContext): void {
  const { userName } = context;
  // Numeric as on Databricks, and the same after a restart.
  const id = String(createHash("sha256").update(userName).digest().readUIntBE(0, 6));
  app.get("/api/2.0/preview/scim/v2/Me", async () => ({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    id,
    userName,
    displayName: userName,
    active: true,
    emails: [{ type: "work", value: userName, primary: true }],
    groups: [{ display: "admins", type: "direct", value: "admins" }],
  }));
}
