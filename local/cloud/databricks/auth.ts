import type { FastifyRequest } from "fastify";
import { HttpError } from "../http";
import { sameSecret } from "../secret";

/** A check of `Authorization: Bearer <token>` that answers as Databricks does: 401 without a token, 403 with a wrong one. */
export function bearerCheck(token: string): (request: FastifyRequest) => void {
  return (request) => {
    const given = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (given === undefined) {
      throw new HttpError(401, "401", "Credential was not sent or was of an unsupported type for this API.", {
        "www-authenticate": 'Bearer realm="DatabricksRealm"',
      });
    }
    if (!sameSecret(given, token)) throw new HttpError(403, "403", "Invalid access token.");
  };
}
