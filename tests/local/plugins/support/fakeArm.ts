import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";

type Body = Record<string, unknown> & { properties?: Record<string, unknown> };

/** What the fake answers once instead of doing what it was asked. */
interface Trouble {
  status: number;
  code: string;
  message: string;
  headers?: Record<string, string>;
}

export const credentials = {
  tenantId: "11111111-1111-1111-1111-111111111111",
  subscriptionId: "22222222-2222-2222-2222-222222222222",
  clientId: "33333333-3333-3333-3333-333333333333",
  clientSecret: "s3cr3t-of-the-service-principal",
};

/** A resource manager that keeps what it is given, for tests of its client. Knows no rules of Azure. */
export class FakeArm {
  readonly resources = new Map<string, Body>();
  /** Every call but sign-ins, as `METHOD /path`. */
  readonly calls: string[] = [];
  /** Trouble for the next calls whose line (`PUT /...`) contains the key. */
  readonly troubles = new Map<string, Trouble[]>();
  /** PUTs of paths that contain one of these are long-running operations, with the given outcome. */
  readonly operations = new Map<string, { error?: { code: string; message: string }; style?: "location" }>();
  private readonly running = new Map<string, { looks: number; path: string; deletes: boolean }>();
  private readonly app: FastifyInstance;
  url = "";

  constructor() {
    this.app = Fastify();
    this.app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_r, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(body as string))),
    );
    this.app.get("/metadata/endpoints", () => ({
      resourceManager: this.url,
      authentication: { loginEndpoint: this.url, audiences: ["https://management.azure.com/"] },
    }));
    this.app.post("/:tenant/oauth2/v2.0/token", (request, reply) => this.signIn(request, reply));
    this.app.get("/operations/:number", (request, reply) => this.look(request, reply));
    this.app.all("/*", (request, reply) => this.resource(request, reply));
  }

  async listen(): Promise<this> {
    this.url = await this.app.listen({ host: "127.0.0.1", port: 0 });
    return this;
  }

  close(): Promise<void> {
    return this.app.close();
  }

  /** The environment of a client that uses this resource manager. */
  get environment(): Record<string, string> {
    return {
      ARM_METADATA_HOSTNAME: this.url,
      ARM_TENANT_ID: credentials.tenantId,
      ARM_SUBSCRIPTION_ID: credentials.subscriptionId,
      ARM_CLIENT_ID: credentials.clientId,
      ARM_CLIENT_SECRET: credentials.clientSecret,
    };
  }

  /** The only resource whose path ends with the given text. */
  find(end: string): Body {
    const found = [...this.resources].filter(([path]) => path.endsWith(end.toLowerCase()));
    if (found.length !== 1) throw new Error(`${found.length} resources end with ${end}`);
    return found[0][1];
  }

  /** The calls since the last time this was asked. */
  newCalls(): string[] {
    return this.calls.splice(0);
  }

  trouble(line: string, ...troubles: Trouble[]): void {
    this.troubles.set(line, troubles);
  }

  private async signIn(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const form = request.body as Record<string, string>;
    if (form.client_secret !== credentials.clientSecret) {
      return reply
        .code(401)
        .send({ error: "invalid_client", error_description: "AADSTS7000215: Invalid client secret" });
    }
    const claims = Buffer.from(JSON.stringify({ oid: "the-object", appid: form.client_id, tid: credentials.tenantId }));
    return { access_token: `e30.${claims.toString("base64url")}.x`, expires_in: 3600, token_type: "Bearer" };
  }

  private async resource(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const url = new URL(request.url, this.url);
    const path = decodeURIComponent(url.pathname);
    this.calls.push(`${request.method} ${path}`);
    if (!request.headers.authorization) return this.fail(reply, 401, "AuthenticationFailed", "no token");
    if (!url.searchParams.get("api-version"))
      return this.fail(reply, 400, "MissingApiVersionParameter", "no api-version");
    for (const [line, list] of this.troubles) {
      const next = `${request.method} ${path}`.includes(line) ? list.shift() : undefined;
      if (next) return this.fail(reply.headers(next.headers ?? {}), next.status, next.code, next.message);
    }
    const key = path.toLowerCase();
    if (request.method === "POST" && key.endsWith("/listkeys")) {
      return { keys: [{ keyName: "key1", value: "c3RvcmFnZS1rZXk=", permissions: "FULL" }] };
    }
    if (request.method === "PUT") return this.put(request.body as Body, path, reply);
    const found = this.resources.get(key);
    if (!found) return this.fail(reply, 404, "ResourceNotFound", `The Resource '${path}' was not found.`);
    if (request.method === "GET") return found;
    if (this.slow(path)) return this.accept(path, reply, true);
    this.resources.delete(key);
    return reply.code(200).send();
  }

  private async put(body: Body, path: string, reply: FastifyReply): Promise<unknown> {
    const name = path.split("/").pop() as string;
    const type = /providers\/(.+?)\/[^/]+$/.exec(path)?.[1] ?? "Microsoft.Resources/resourceGroups";
    const stored: Body = { ...body, id: path, name, type, etag: 'W/"1"' };
    stored.properties = { ...body.properties, provisioningState: "Succeeded", resourceGuid: "guid" };
    const isNew = !this.resources.has(path.toLowerCase());
    this.resources.set(path.toLowerCase(), stored);
    return this.slow(path) ? this.accept(path, reply, false) : reply.code(isNew ? 201 : 200).send(stored);
  }

  private slow(path: string): { error?: { code: string; message: string }; style?: "location" } | undefined {
    return [...this.operations].find(([part]) => path.includes(part))?.[1];
  }

  private accept(path: string, reply: FastifyReply, deletes: boolean): FastifyReply {
    const number = String(this.running.size + 1);
    this.running.set(number, { looks: 0, path, deletes });
    const header = this.slow(path)?.style === "location" ? "location" : "azure-asyncoperation";
    const address = `${this.url}/operations/${number}?api-version=2024-01-01`;
    return reply
      .code(202)
      .headers({ [header]: address, "retry-after": "0" })
      .send(this.resources.get(path.toLowerCase()));
  }

  private async look(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const operation = this.running.get((request.params as { number: string }).number);
    if (!operation) return this.fail(reply, 404, "NotFound", "no such operation");
    const slow = this.slow(operation.path);
    const done = ++operation.looks > 2;
    if (done && operation.deletes) this.resources.delete(operation.path.toLowerCase());
    if (slow?.style === "location")
      return reply
        .code(done ? 200 : 202)
        .header("retry-after", "0")
        .send();
    reply.header("retry-after", "0");
    if (!done) return { status: "InProgress" };
    return slow?.error && !operation.deletes ? { status: "Failed", error: slow.error } : { status: "Succeeded" };
  }

  private fail(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
    return reply.code(status).send({ error: { code, message } });
  }
}
