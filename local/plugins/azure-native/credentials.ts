import { type Answer, ask } from "../rpc/http";
import { child, isProps, type Props, text, type Value } from "../rpc/values";
import { retryFailures } from "./retries";
import type { Settings } from "./settings";

/** The endpoints of a cloud. */
export interface Cloud {
  resourceManager: string;
  login: string;
  /** Audience of tokens for the resource manager. */
  audience: string;
}

const publicCloud: Cloud = {
  resourceManager: "https://management.azure.com",
  login: "https://login.microsoftonline.com",
  audience: "https://management.azure.com",
};

/** Renew tokens this long before they expire, in milliseconds. */
const RENEW_BEFORE_MS = 60_000;

/** Signs in as a service principal and finds the cloud's endpoints. Both are asked for once and kept. */
export class Credentials {
  private endpoints: Promise<Cloud> | undefined;
  private token: { value: string; expires: number } | undefined;

  constructor(private readonly settings: Settings) {}

  /** The endpoints of the configured cloud. */
  cloud(signal: AbortSignal): Promise<Cloud> {
    this.endpoints ??= this.discover(signal).catch((error) => {
      this.endpoints = undefined;
      throw error;
    });
    return this.endpoints;
  }

  /** A token for the resource manager; a new one after `forget`. */
  async bearer(signal: AbortSignal): Promise<string> {
    if (!this.token || this.token.expires - RENEW_BEFORE_MS < Date.now()) this.token = await this.signIn(signal);
    return this.token.value;
  }

  /** Drops a token the service did not accept. */
  forget(): void {
    this.token = undefined;
  }

  /** Who is signed in, from the token's claims where it has them. */
  async identity(signal: AbortSignal): Promise<Props> {
    const claims = claimsOf(await this.bearer(signal));
    const objectId = text(claims, "oid");
    if (objectId === undefined) {
      throw new Error("cannot tell the object id of the service principal: the access token has no `oid` claim");
    }
    return {
      clientId: text(claims, "appid") ?? this.settings.clientId,
      objectId,
      subscriptionId: this.settings.subscriptionId,
      tenantId: text(claims, "tid") ?? this.settings.tenantId,
    };
  }

  private async discover(signal: AbortSignal): Promise<Cloud> {
    const host = this.settings.metadataHost;
    if (host === undefined) return publicCloud;
    const base = host.includes("://") ? host : `https://${host}`;
    const url = `${base.replace(/\/+$/, "")}/metadata/endpoints?api-version=2022-09-01`;
    const answer = await ask({ method: "GET", url }, retryFailures, signal);
    const body = answer.json as Value;
    const authentication = isProps(body) ? child(body, "authentication") : {};
    const resourceManager = isProps(body) ? text(body, "resourceManager") : undefined;
    const login = text(authentication, "loginEndpoint");
    if (answer.status !== 200 || resourceManager === undefined || login === undefined) {
      throw new Error(
        `failed to get Azure environment metadata from ${base}: HTTP ${answer.status} ${answer.text.slice(0, 200)}`,
      );
    }
    const audiences = authentication.audiences;
    const audience = Array.isArray(audiences) && typeof audiences[0] === "string" ? audiences[0] : resourceManager;
    return { resourceManager: trimmed(resourceManager), login: trimmed(login), audience: trimmed(audience) };
  }

  private async signIn(signal: AbortSignal): Promise<{ value: string; expires: number }> {
    const { login, audience } = await this.cloud(signal);
    const { tenantId, clientId, clientSecret } = this.settings;
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${audience}/.default`,
    });
    const answer = await ask(
      {
        method: "POST",
        url: `${login}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`,
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: form.toString(),
      },
      retryFailures,
      signal,
    );
    const body = answer.json as Value;
    const value = isProps(body) ? text(body, "access_token") : undefined;
    if (value === undefined) throw new Error(`cannot sign in to Azure as ${clientId}: ${problem(answer)}`);
    const seconds = isProps(body) ? Number(body.expires_in) : Number.NaN;
    return { value, expires: Date.now() + (Number.isFinite(seconds) ? seconds : 3600) * 1000 };
  }
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "");
}

function problem(answer: Answer): string {
  const body = answer.json as Value;
  const description = isProps(body) ? (text(body, "error_description") ?? text(body, "error")) : undefined;
  return description ?? `HTTP ${answer.status} ${answer.text.slice(0, 200)}`;
}

/** The claims of a JSON web token; none if it is not one. */
function claimsOf(token: string): Props {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return isProps(claims as Value) ? (claims as Props) : {};
  } catch {
    return {};
  }
}
