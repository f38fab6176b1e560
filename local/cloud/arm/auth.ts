import { createHash, createHmac, randomUUID } from "node:crypto";
import { HttpError } from "../http";
import { sameSecret } from "../secret";
import type { Credentials } from "./world";

/** An OAuth2 error of the token endpoint, in Entra ID's shape. */
export class TokenError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly number: number,
    message: string,
  ) {
    super(`AADSTS${number}: ${message}`);
  }
}

const lifetimeSeconds = 3600;

/** Azure Resource Manager's names as the audience of a token, besides the twin's own address. */
const managementAudiences = ["https://management.azure.com", "https://management.core.windows.net"];

/**
 * The twin's Entra ID: one tenant with one service principal. Tokens are signed with a key made from its secret, so
 * they stay good across restarts and nothing has to be kept.
 */
export class TokenService {
  private readonly key: Buffer;
  /** Object id of the service principal; stable, since role assignments name it. */
  readonly objectId: string;

  constructor(private readonly credentials: Credentials) {
    this.key = createHash("sha256").update(`token signing ${credentials.clientSecret}`).digest();
    this.objectId = uuidFrom(`service principal ${credentials.clientId}`);
  }

  /**
   * Serves `POST /{tenant}/oauth2/v2.0/token` and the older `/oauth2/token`.
   * Only client credentials (id and secret, in the form or as basic auth) are known.
   */
  issue(tenant: string, form: Record<string, string>, baseUrl: string, authorization?: string) {
    const { tenantId, clientId, clientSecret } = this.credentials;
    if (tenant !== tenantId) {
      throw new TokenError(400, "invalid_request", 90002, `Tenant '${tenant}' not found.`);
    }
    if (form.grant_type !== "client_credentials") {
      const got = form.grant_type ?? "";
      throw new TokenError(400, "unsupported_grant_type", 70003, `The twin grants client_credentials, not '${got}'.`);
    }
    const given = credentialsOf(form, authorization);
    if (given.id !== clientId) {
      throw new TokenError(
        400,
        "unauthorized_client",
        700016,
        `Application '${given.id}' was not found in the tenant.`,
      );
    }
    if (!given.secret || !sameSecret(given.secret, clientSecret)) {
      throw new TokenError(401, "invalid_client", 7000215, "Invalid client secret provided.");
    }
    const resource = audienceOf(form);
    if (!resource) throw new TokenError(400, "invalid_scope", 70011, "The provided value for `scope` is not valid.");
    const token = this.sign(resource, `${baseUrl}/${tenantId}/v2.0`);
    return { token_type: "Bearer", expires_in: lifetimeSeconds, ext_expires_in: lifetimeSeconds, access_token: token };
  }

  /** A token for `resource`, signed by the twin. */
  sign(resource: string, issuer: string, now = Date.now()): string {
    const seconds = Math.floor(now / 1000);
    const claims = {
      aud: resource,
      iss: issuer,
      iat: seconds,
      nbf: seconds,
      exp: seconds + lifetimeSeconds,
      appid: this.credentials.clientId,
      oid: this.objectId,
      sub: this.objectId,
      tid: this.credentials.tenantId,
      idtyp: "app",
      uti: randomUUID(),
      ver: "1.0",
    };
    const unsigned = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
    return `${unsigned}.${this.signature(unsigned)}`;
  }

  /** Accepts a bearer token for Azure Resource Manager, or throws the 401 that ARM answers. */
  verify(authorization: string | undefined, baseUrl: string, now = Date.now()): void {
    const challenge = { "WWW-Authenticate": `Bearer authorization_uri="${baseUrl}/${this.credentials.tenantId}"` };
    const refuse = (code: string, message: string) => new HttpError(401, code, message, challenge);
    if (!authorization) {
      throw refuse("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.");
    }
    const [scheme, token = ""] = authorization.split(" ");
    const [header, payload, signature] = token.split(".");
    if (
      scheme?.toLowerCase() !== "bearer" ||
      !payload ||
      !sameSecret(signature ?? "", this.signature(`${header}.${payload}`))
    ) {
      throw refuse("InvalidAuthenticationToken", "The access token is invalid: it was not issued by this twin.");
    }
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as { exp: number; aud: string };
    if (claims.exp * 1000 <= now) {
      throw refuse(
        "ExpiredAuthenticationToken",
        `The access token expiry UTC time '${new Date(claims.exp * 1000).toISOString()}' is earlier than current UTC ` +
          `time '${new Date(now).toISOString()}'.`,
      );
    }
    const audiences = [baseUrl, ...managementAudiences];
    if (!audiences.includes(claims.aud.replace(/\/+$/, ""))) {
      throw refuse(
        "InvalidAuthenticationTokenAudience",
        `The access token has been obtained for wrong audience or resource '${claims.aud}'. It should exactly match ` +
          `with one of the allowed audiences '${audiences.map((audience) => `${audience}/`).join("','")}'.`,
      );
    }
  }

  private signature(unsigned: string): string {
    return createHmac("sha256", this.key).update(unsigned).digest("base64url");
  }
}

/** A UUID that is always the same for the same name. */
function uuidFrom(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** `scope=https://management.azure.com//.default` (v2) or `resource=https://management.azure.com/` (v1). */
function audienceOf(form: Record<string, string>): string | undefined {
  if (form.resource) return form.resource;
  return form.scope
    ?.split(" ")
    .find((scope) => scope.endsWith("/.default"))
    ?.slice(0, -"/.default".length);
}

function credentialsOf(form: Record<string, string>, authorization?: string) {
  const [scheme, encoded = ""] = authorization?.split(" ") ?? [];
  if (scheme?.toLowerCase() !== "basic") return { id: form.client_id ?? "", secret: form.client_secret };
  const [id = "", secret] = Buffer.from(encoded, "base64").toString().split(":");
  return { id, secret };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
