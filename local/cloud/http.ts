import { once } from "node:events";
import type { AddressInfo } from "node:net";
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Logger } from "../log";
import { machine } from "../network/loopback";
import type { Networks } from "../network/networks";
import type { Place } from "../network/place";
import { addFaults } from "./faults";
import { HttpError, unsupported } from "./httpError";
import { refuseMisdirected } from "./misdirected";

export { HttpError, unsupported } from "./httpError";

export interface Address {
  host: string;
  port: number;
}

export interface ServerOptions {
  /** Whose requests these are, in the log. */
  log: Logger;
  /** PEM certificate and key: serve HTTPS. Without it: HTTP. */
  tls?: { cert: string; key: string };
  /** The error body of this protocol, such as `{ error: { code, message } }` for ARM. */
  errorBody: (error: HttpError, request: FastifyRequest) => unknown;
  /** What an unknown call is answered with. Default: a 404 `NotFound` naming method and path. */
  notFound?: (request: FastifyRequest) => HttpError;
  /** Told of each request for something that the twin lacks. */
  onUnsupported?: (request: FastifyRequest, error: HttpError) => void;
  /** Largest request body in bytes. Default 64 MiB: notebooks and files travel in bodies. */
  bodyLimit?: number;
  /** Whether `//a` is the same path as `/a`. Default: it is not. */
  ignoreDuplicateSlashes?: boolean;
}

/**
 * A server with what all services here share: one log line per request (never its body, query or headers), errors in
 * the protocol's own shape, JSON bodies that may be empty, and a close() that does not wait for idle connections.
 */
export function createServer(options: ServerOptions): FastifyInstance {
  const common = {
    bodyLimit: options.bodyLimit ?? 64 * 1024 * 1024,
    forceCloseConnections: true,
    // A path that cannot be decoded never reaches a handler.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const known = new HttpError(error.statusCode ?? 400, "InvalidRequestUri", error.message);
      return reply.code(known.status).send(options.errorBody(known, request));
    },
    routerOptions: {
      caseSensitive: false,
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: options.ignoreDuplicateSlashes ?? false,
      maxParamLength: 2000,
    },
  };
  const app = (options.tls
    ? fastify({ ...common, https: options.tls })
    : fastify(common)) as unknown as FastifyInstance;

  addFaults(app, options.log);
  acceptEmptyJson(app);
  refuseMisdirected(app, options.tls?.cert);

  app.addHook("onResponse", async (request, reply) => {
    options.log.info("request", {
      method: request.method,
      path: pathOf(request),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
  });
  app.setNotFoundHandler((request) => {
    throw (
      options.notFound?.(request) ??
      unsupported(new HttpError(404, "NotFound", `This service does not know ${request.method} ${pathOf(request)}`))
    );
  });
  app.setErrorHandler((error: FastifyError | HttpError, request, reply) => {
    const known = error instanceof HttpError ? error : asHttpError(error, request, options.log);
    if (known.unsupported) options.onUnsupported?.(request, known);
    reply.code(known.status).headers(known.headers);
    return reply.send(options.errorBody(known, request));
  });
  return app;
}

/**
 * Starts listening on an address of this machine, or of the place that is given; port 0 picks a free one. A taken port
 * is named in the error.
 */
export async function listen(app: FastifyInstance, host: string, port = 0, place: Place = machine): Promise<Address> {
  if (place === machine && !host.startsWith("127.")) {
    throw new Error(`The twin listens on loopback addresses only, not on \`${host}\``);
  }
  try {
    const target = await place.listen(host, port);
    await app.ready();
    app.server.listen(target);
    await once(app.server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") {
      throw new Error(`${host}:${port} is taken by another process; stop it, or see what it is with: ss -ltnp`);
    }
    throw error;
  }
  return { host, port: (app.server.address() as AddressInfo).port };
}

/** The same for what Azure has on the internet: on this machine, and at the same address in every network. */
export async function listenPublicly(
  app: FastifyInstance,
  networks: Pick<Networks, "publish" | "withdraw">,
  host: string,
  port?: number,
): Promise<Address> {
  let address: Address | undefined;
  app.addHook("onClose", async () => {
    if (address) await networks.withdraw(address);
  });
  address = await listen(app, host, port);
  await networks.publish(address, (socket) => app.server.emit("connection", socket));
  return address;
}

export function pathOf(request: FastifyRequest): string {
  return request.url.split("?", 1)[0] ?? request.url;
}

/** Real clients send `Content-Type: application/json` with an empty body on POST and DELETE. */
function acceptEmptyJson(app: FastifyInstance): void {
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    if (body === "") return done(null, undefined);
    try {
      done(null, JSON.parse(body as string));
    } catch (error) {
      done(new HttpError(400, "InvalidRequestContent", `The body is not JSON: ${(error as Error).message}`));
    }
  });
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(body as string))),
  );
}

function asHttpError(error: FastifyError, request: FastifyRequest, log: Logger): HttpError {
  const status = error.statusCode ?? 500;
  if (status < 500) return new HttpError(status, error.code ?? "BadRequest", error.message);
  log.error("request failed", { method: request.method, path: pathOf(request), error });
  return new HttpError(
    status,
    "InternalServerError",
    `The twin failed at ${request.method} ${pathOf(request)}: ${error.message}`,
  );
}
