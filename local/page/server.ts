import { PassThrough } from "node:stream";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";
import { type Address, createServer, HttpError, listen } from "../cloud/http";
import type { Logger } from "../log";
import type { PageAccess } from "./access";
import { pageAssets } from "./assets";
import { document } from "./document";
import { Feed } from "./feed";
import { guard, registerLogin } from "./login";
import type { SnapshotSource } from "./snapshot";

export interface PageOptions {
  access: PageAccess;
  source: SnapshotSource;
  log: Logger;
  /** Between two looks, ms. Default 2000. */
  intervalMs?: number;
}

/**
 * The page of a running environment, on a loopback address of this machine. It only shows: no call changes anything.
 * Without a session, which a ticket gives, nothing is answered.
 */
export class PageServer {
  private readonly feed: Feed;
  /** What is sent without an end: the server's own end waits for these. */
  private readonly streams = new Set<PassThrough>();
  private app: FastifyInstance | undefined;

  constructor(private readonly options: PageOptions) {
    this.feed = new Feed(options.source, options.log, options.intervalMs);
  }

  async listen(port?: number): Promise<Address> {
    this.app = await this.createApp();
    return listen(this.app, "127.0.0.1", port);
  }

  async close(): Promise<void> {
    await this.feed.close();
    for (const stream of this.streams) stream.destroy();
    await this.app?.close();
    this.app = undefined;
  }

  private async createApp(): Promise<FastifyInstance> {
    const { access, log } = this.options;
    const app = createServer({ log, errorBody: ({ code, message }) => ({ error: { code, message } }) });
    await app.register(cookie);
    await app.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'"],
          connectSrc: ["'self'"],
          baseUri: ["'none'"],
          formAction: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
      referrerPolicy: { policy: "no-referrer" },
      frameguard: { action: "deny" },
      // Plain HTTP, which does not leave this machine.
      hsts: false,
    });
    app.addHook("onSend", async (_request, reply) => {
      reply.header("Cache-Control", "no-store");
    });
    registerLogin(app, access);
    await app.register(async (page) => this.addPage(page), { prefix: access.path });
    return app;
  }

  private addPage(page: FastifyInstance): void {
    const { access, source } = this.options;
    guard(page, access);
    page.get("/", async (_request, reply) => reply.type("text/html; charset=utf-8").send(document(access.path)));
    for (const [url, type, asset] of [
      ["/page.js", "text/javascript; charset=utf-8", "script"],
      ["/page.css", "text/css; charset=utf-8", "style"],
      ["/icon.svg", "image/svg+xml", "icon"],
    ] as const) {
      page.get(url, async (_request, reply) => reply.type(type).send((await pageAssets())[asset]));
    }
    page.get<{ Querystring: { urn?: string } }>("/resource", async (request, reply) => {
      const { urn = "" } = request.query;
      const found = source.resource(urn);
      if (!found) throw new HttpError(404, "NotFound", `The stack has no resource \`${urn}\`.`);
      return reply.type("application/json; charset=utf-8").send(JSON.stringify(found, null, 2));
    });
    page.get("/snapshots", { exposeHeadRoute: false }, async (_request, reply) => {
      const stream = new PassThrough();
      // Tells the browser how soon to come back when the connection breaks, ms.
      stream.write("retry: 2000\n\n");
      const leave = this.feed.watch((snapshot) => {
        // A browser that does not read (a laptop asleep) gets what is newest when it does.
        if (stream.writableLength === 0) stream.write(`data: ${JSON.stringify(snapshot)}\n\n`);
      });
      this.streams.add(stream);
      stream.on("close", () => {
        leave();
        this.streams.delete(stream);
      });
      reply.raw.on("close", () => stream.destroy());
      return reply.type("text/event-stream").send(stream);
    });
  }
}
