import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "../../log";
import { createServer, HttpError, pathOf, unsupported } from "../http";
import { sameSecret } from "../secret";
import { noteRequests, type UnsupportedCalls } from "../unsupported";
import type { AmbariCluster } from "./cluster";
import { registerPage } from "./page";
import { registerReads } from "./reads";
import { registerWrites } from "./writes";

export interface AmbariServerOptions {
  cluster: AmbariCluster;
  /** The cluster login. */
  username: string;
  password: string;
  tls: { cert: string; key: string };
  log: Logger;
  /** Told of calls that the twin does not imitate. */
  unsupported?: UnsupportedCalls;
}

/**
 * Ambari's REST API for one cluster, as the HDInsight gateway serves it: basic authentication with the cluster login,
 * `X-Requested-By` on writes, errors as `{"status", "message"}`. What it does not know is a 404 that names the call.
 */
export function createAmbariServer(options: AmbariServerOptions): FastifyInstance {
  const { cluster, username, password, tls, log } = options;
  const app = createServer({
    log,
    tls,
    errorBody: ({ status, message }) => ({ status, message }),
    notFound: unknownCall,
    onUnsupported: noteRequests(options.unsupported, "ambari"),
    bodyLimit: 4 * 1024 * 1024,
  });
  // curl calls what `-d` sends a form, whatever it is; Ambari reads it as JSON, whatever it is called.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.addHook("onRequest", async (request) => {
    authenticate(request, username, password);
    if (!["GET", "HEAD"].includes(request.method) && !request.headers["x-requested-by"]) {
      throw new HttpError(400, "BadRequest", "CSRF protection is turned on. X-Requested-By HTTP header is required.");
    }
  });
  app.addHook("onSend", async (_request, reply) => {
    reply.headers(browserRules);
  });
  app.addHook("preSerialization", asPlainText);
  registerReads(app, cluster);
  registerWrites(app, cluster);
  registerPage(app, cluster);
  return app;
}

/** As Ambari sends them: its pages are in no other page's frame, its answers in no cache and of the type they say. */
const browserRules = {
  "X-Frame-Options": "DENY",
  "X-XSS-Protection": "1; mode=block",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
  Pragma: "no-cache",
};

/** Ambari calls its JSON text/plain, and indents it. */
async function asPlainText(_request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  reply
    .header("content-type", "text/plain;charset=utf-8")
    .serializer((value: unknown) => JSON.stringify(value, null, 2));
  return payload;
}

function authenticate(request: FastifyRequest, username: string, password: string): void {
  const [scheme, encoded] = request.headers.authorization?.split(" ") ?? [];
  const challenge = { "WWW-Authenticate": 'Basic realm="Ambari"' };
  if (scheme?.toLowerCase() !== "basic" || !encoded) {
    throw new HttpError(401, "Unauthorized", "Missing authentication token", challenge);
  }
  if (!sameSecret(Buffer.from(encoded, "base64").toString("utf8"), `${username}:${password}`)) {
    throw new HttpError(401, "Unauthorized", "Unable to sign in. Invalid username/password combination.", challenge);
  }
}

function unknownCall(request: FastifyRequest): HttpError {
  return unsupported(
    new HttpError(
      404,
      "NotFound",
      `The requested resource doesn't exist: the twin's Ambari does not know ${request.method} ${pathOf(request)}`,
    ),
  );
}
