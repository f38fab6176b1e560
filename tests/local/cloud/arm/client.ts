import * as https from "node:https";

// biome-ignore lint/suspicious/noExplicitAny: answers have many shapes, and each test asserts the one it expects
export type Json = any;

export interface Response {
  status: number;
  headers: Record<string, string | undefined>;
  body: Json;
}

export interface ServicePrincipal {
  tenantId: string;
  clientId: string;
  clientSecret: string;
}

/** A client of Azure Resource Manager that follows operations as Azure's SDKs do. */
export class ArmClient {
  token = "";
  /** `https://127.0.0.1:port` */
  url = "";
  /** Certificate of the twin's authority, PEM. */
  ca = "";

  constructor(private readonly account: ServicePrincipal) {}

  /** Logs in at `url` and keeps the token. */
  async connect(url: string, ca: string): Promise<void> {
    Object.assign(this, { url, ca });
    this.token = (await this.login()).body.access_token;
  }

  login(form: Record<string, string> = {}, tenant = this.account.tenantId): Promise<Response> {
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: this.account.clientId,
      client_secret: this.account.clientSecret,
      scope: `${this.url}/.default`,
      ...form,
    });
    return this.send("POST", `${this.url}/${tenant}/oauth2/v2.0/token`, body.toString(), {
      "content-type": "application/x-www-form-urlencoded",
    });
  }

  request(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const full = url.startsWith("https://") ? url : `${this.url}${url}`;
    const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    return this.send(method, full, text, {
      authorization: `Bearer ${this.token}`,
      "content-type": "application/json",
      ...headers,
    });
  }

  get = (id: string) => this.request("GET", versioned(id));
  put = (id: string, body: unknown, headers = {}) => this.request("PUT", versioned(id), body, headers);
  patch = (id: string, body: unknown) => this.request("PATCH", versioned(id), body);
  delete = (id: string) => this.request("DELETE", versioned(id));
  post = (id: string, body?: unknown) => this.request("POST", versioned(id), body);

  /** PUT, wait, GET: what a create of an SDK does. Fails with the operation's error. */
  async create(id: string, body: unknown): Promise<Json> {
    const response = await this.put(id, body);
    if (response.status >= 400) throw new Error(JSON.stringify(response.body));
    await this.finish(response);
    return (await this.get(id)).body;
  }

  async destroy(id: string): Promise<Response> {
    const response = await this.delete(id);
    return response.status === 202 ? this.finish(response) : response;
  }

  /** Polls an answer's operation to its end. */
  async finish(response: Response): Promise<Response> {
    const url = response.headers["azure-asyncoperation"] ?? response.headers.location;
    if (!url) return response;
    for (;;) {
      const poll = await this.request("GET", url);
      const status = response.headers["azure-asyncoperation"]
        ? poll.body.status
        : poll.status === 202
          ? "InProgress"
          : "";
      if (status === "Failed") throw new Error(JSON.stringify(poll.body.error));
      if (status !== "InProgress") return poll;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  private send(
    method: string,
    url: string,
    body: string | undefined,
    headers: Record<string, string>,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const request = https.request(url, { method, headers, ca: this.ca, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => {
          const flat = response.headers as Record<string, string | undefined>;
          resolve({
            status: response.statusCode ?? 0,
            headers: flat,
            body: text === "" ? undefined : JSON.parse(text),
          });
        });
      });
      request.on("error", reject);
      request.end(body);
    });
  }
}

/** The api-version azure-native 3.28 uses for a path. */
export function versioned(id: string): string {
  if (id.includes("?")) return id;
  const namespace = id.split("/providers/").at(-1)?.split("/")[0]?.toLowerCase();
  const insights = /diagnosticSettings/i.test(id) ? "2021-05-01-preview" : "2025-01-01-preview";
  const version: Record<string, string> = {
    "microsoft.network": /dns/i.test(id) ? "2024-06-01" : "2024-05-01",
    "microsoft.storage": "2024-01-01",
    "microsoft.hdinsight": "2024-08-01-preview",
    "microsoft.databricks": "2026-01-01",
    "microsoft.managedidentity": "2023-01-31",
    "microsoft.authorization": "2022-04-01",
    "microsoft.operationalinsights": "2023-09-01",
    "microsoft.insights": /actionGroups/i.test(id) ? "2024-10-01-preview" : insights,
  };
  return `${id}?api-version=${(id.includes("/providers/") && version[namespace ?? ""]) || "2024-03-01"}`;
}
