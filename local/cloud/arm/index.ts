import { randomUUID } from "node:crypto";
import * as path from "node:path";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Logger } from "../../log";
import { loopbackNetworks } from "../../network/loopback";
import type { Networks } from "../../network/networks";
import { type Address, createServer, type HttpError, listenPublicly, pathOf } from "../http";
import { noteRequests, pathTemplate, type UnsupportedCalls } from "../unsupported";
import { TokenError, TokenService } from "./auth";
import { unknownCall } from "./errors";
import { groupId, parsePath } from "./ids";
import type { Stored } from "./kind";
import { resume } from "./lifecycle";
import { metadataEndpoints, openIdConfiguration } from "./metadata";
import { Operations, type Pace } from "./operations";
import { kinds } from "./providers";
import { Registry } from "./registry";
import type { ArmRequest } from "./request";
import { route, serve } from "./router";
import type { DatabricksService, KafkaService } from "./services";
import { ResourceState } from "./state";
import { type Credentials, World } from "./world";

export type { ClusterSpec, Driver, KafkaCluster } from "./services";

export interface ArmOptions {
  /** The twin's home; resources and operations are kept below `arm/` in it. */
  home: string;
  /** Issues the HTTPS certificate. */
  tls: { issue(names: string[]): Promise<{ cert: string; key: string }> };
  log: Logger;
  kafka: KafkaService;
  databricks: DatabricksService;
  credentials: Credentials;
  /** Told of calls that the twin does not imitate. */
  unsupported?: UnsupportedCalls;
  /** Default: all at loopback addresses of this machine. */
  networks?: Networks;
  /** How long operations last beyond the work itself, in milliseconds. Default none. */
  pace?: Pace;
}

/** Azure Resource Manager and the Entra ID token endpoint, on one HTTPS address of this machine. */
export class ArmService {
  private readonly world: World;
  private readonly tokens: TokenService;
  private readonly networks: Networks;
  private app?: FastifyInstance;

  constructor(private readonly options: ArmOptions) {
    const { home, kafka, databricks, credentials, log } = options;
    this.networks = options.networks ?? loopbackNetworks;
    const file = (name: string) => path.join(home, "arm", name);
    this.tokens = new TokenService(credentials);
    this.world = new World(
      new ResourceState(file("resources.json")),
      new Operations(file("operations.json"), log, options.pace),
      new Registry(kinds),
      kafka,
      databricks,
      { ...credentials, objectId: this.tokens.objectId },
      log,
      this.networks,
    );
  }

  /** Makes the networks what the recorded resources say: before anything runs in them. */
  applyNetworks(): Promise<void> {
    return this.world.applyNetworks();
  }

  /**
   * Starts serving on 127.0.0.1 (`port` 0 or absent: a free one), and takes up operations that an earlier process
   * left unfinished.
   */
  async listen(port?: number): Promise<Address> {
    const host = "127.0.0.1";
    const tls = await this.options.tls.issue([host, "localhost"]);
    this.app = this.createApp(tls);
    const address = await listenPublicly(this.app, this.networks, host, port);
    resume(this.world);
    return address;
  }

  /** Every resource there is, as GET shows it, and what GET does not show. */
  resources(): Stored[] {
    return this.world.state.all();
  }

  /**
   * Makes what somebody else has made in Azure, in whatever subscription, with the group that it is in. Leaves what is
   * there. Takes kinds that need no more than a region.
   *
   * @throws HttpError when the twin does not know the kind, or that needs more
   */
  async provide(id: string, location: string): Promise<void> {
    const { world } = this;
    const path = parsePath(id);
    if (!path?.resourceGroup) throw new Error(`\`${id}\` is no id of a resource in a resource group.`);
    const { namespace, resourceGroup, subscription, segments } = path;
    const type = [namespace, ...segments.filter((_, index) => index % 2 === 0)].join("/");
    const group = groupId(subscription, resourceGroup);
    for (const [each, ofType] of [
      [group, "Microsoft.Resources/resourceGroups"],
      [id, type],
    ] as const) {
      if (world.state.get(each)) continue;
      const request: ArmRequest = {
        method: "PUT",
        path: each,
        query: new URLSearchParams(),
        apiVersion: world.registry.find(ofType).apiVersions[0] ?? "",
        headers: {},
        body: { location },
        baseUrl: "",
      };
      await serve(world, parsePath(each) ?? path, request);
      await world.operations.settled();
    }
  }

  /** Waits until no operation is under way. */
  settled(): Promise<void> {
    return this.world.operations.settled();
  }

  /** Stops serving. Operations under way go on at the next start. */
  async close(): Promise<void> {
    this.world.operations.close();
    await this.app?.close();
    this.app = undefined;
  }

  private createApp(tls: { cert: string; key: string }): FastifyInstance {
    const app = createServer({
      log: this.options.log,
      tls,
      errorBody,
      notFound: (request) => unknownCall(request.method, pathOf(request)),
      onUnsupported: noteRequests(this.options.unsupported, "arm", nameOf),
      // Azure's SDKs put `/` before a resource's id, which begins with one.
      ignoreDuplicateSlashes: true,
      bodyLimit: 4 * 1024 * 1024,
    });
    app.addHook("onSend", async (_request, reply) => {
      reply.header("x-ms-request-id", randomUUID());
    });
    this.addIdentity(app);

    // Before the body: nobody without a token makes the twin keep what they send.
    const onRequest = async (request: FastifyRequest) => {
      this.tokens.verify(request.headers.authorization, baseUrl(request));
    };
    for (const url of ["/subscriptions", "/subscriptions/*", "/tenants", "/providers/*"]) {
      app.all(url, { onRequest }, async (request, reply) => {
        const { status, body, headers } = await route(this.world, toArmRequest(request));
        return reply
          .code(status)
          .headers(headers ?? {})
          .send(body);
      });
    }
    return app;
  }

  /** What needs no token: where things are, and tokens. */
  private addIdentity(app: FastifyInstance): void {
    app.get("/metadata/endpoints", async (request) =>
      metadataEndpoints(baseUrl(request), queryOf(request).get("api-version") ?? "2022-09-01"),
    );
    app.get<{ Params: { tenant: string } }>("/:tenant/v2.0/.well-known/openid-configuration", async (request) =>
      openIdConfiguration(baseUrl(request), request.params.tenant),
    );
    // Identity libraries insist on the address. There is nothing to publish: the twin alone checks its tokens.
    app.get("/:tenant/discovery/v2.0/keys", async () => ({ keys: [] }));
    for (const url of ["/:tenant/oauth2/v2.0/token", "/:tenant/oauth2/token"]) {
      app.post<{ Params: { tenant: string } }>(url, { bodyLimit: 64 * 1024 }, async (request, reply) => {
        try {
          const form = (request.body ?? {}) as Record<string, string>;
          return this.tokens.issue(request.params.tenant, form, baseUrl(request), request.headers.authorization);
        } catch (error) {
          if (!(error instanceof TokenError)) throw error;
          const { status, code, number, message } = error;
          return reply.code(status).send({ error: code, error_description: message, error_codes: [number] });
        }
      });
    }
  }
}

function errorBody({ code, message }: HttpError) {
  return { error: { code: code === "FST_ERR_CTP_BODY_TOO_LARGE" ? "RequestContentTooLarge" : code, message } };
}

function toArmRequest(request: FastifyRequest): ArmRequest {
  const query = queryOf(request);
  return {
    method: request.method,
    path: pathOf(request),
    query,
    apiVersion: query.get("api-version") ?? "",
    headers: request.headers as Record<string, string | undefined>,
    body: request.body,
    baseUrl: baseUrl(request),
  };
}

/** The resource type, with the action of a POST, and the version that was asked for. */
function nameOf(request: FastifyRequest): { call: string; apiVersion?: string } {
  const apiVersion = queryOf(request).get("api-version") ?? undefined;
  const path = parsePath(pathOf(request));
  if (!path) return { call: pathTemplate(pathOf(request)), apiVersion };
  const { namespace, resourceGroup, segments } = path;
  const types = segments.filter((_, index) => index % 2 === 0);
  if (namespace) return { call: [namespace, ...types].join("/"), apiVersion };
  const scope = resourceGroup ? "/subscriptions/{}/resourceGroups/{}" : "/subscriptions/{}";
  return { call: pathTemplate([scope, ...segments].join("/")), apiVersion };
}

function baseUrl(request: FastifyRequest): string {
  return `https://${request.host}`;
}

function queryOf(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams(request.url.split("?").slice(1).join("?"));
}
