import * as path from "node:path";
import type { FastifyInstance } from "fastify";
import type { Logger } from "../../log";
import { loopbackNetworks } from "../../network/loopback";
import type { Networks } from "../../network/networks";
import { type Address, createServer, listenPublicly, pathOf, unsupported } from "../http";
import { sameSecret } from "../secret";
import { JsonStore } from "../store";
import { noteRequests, type UnsupportedCalls } from "../unsupported";
import { readTexts } from "./dataset";
import { Feed } from "./feed";
import { searchable } from "./match";
import { notFound, problemBody, unauthorized } from "./problems";
import { RateLimit } from "./rateLimit";
import { type Rule, Rules, ruleRoutes } from "./rules";
import { type Source, searchRoutes } from "./search";
import { FilteredStream } from "./stream";

export interface XApiOptions {
  /** JSON lines with `id` and `text`: the tweets, in the order in which they are published. */
  dataset: string;
  /** The app's bearer token. */
  bearerToken: string;
  log: Logger;
  /** Told of calls that the twin does not imitate. */
  unsupported?: UnsupportedCalls;
  /**
   * Folder that keeps when the feed began and the stream's rules, so that a restart neither publishes tweets again under
   * new ids nor forgets rules. Absent: each instance begins anew.
   */
  state?: string;
  /** Tweets published when the feed begins. Default: all but the last 1000, or three quarters of a smaller data set. */
  initial?: number;
  /** Tweets published each second after that, and before it as their times say. Default 10, at most 1000. */
  perSecond?: number;
  /** Language of the texts, BCP 47. Default `en`. */
  lang?: string;
  /** An idle stream sends an empty line this often. Default 20,000 ms, as X. */
  keepAliveMs?: number;
  /** Requests in 15 minutes. Defaults: X's for an app. */
  limits?: Partial<typeof defaultLimits>;
  /** The clock, ms since 1970. */
  now?: () => number;
  /** Default: all at loopback addresses of this machine. */
  networks?: Networks;
}

const defaultLimits = { search: 450, stream: 50, readRules: 450, writeRules: 100 };

/**
 * X's API v2, as far as recent search and the filtered stream, served from a data set of real tweets. It has no
 * authors, and makes none up.
 */
export class XApi {
  private readonly app: FastifyInstance;
  private readonly stream: FilteredStream;

  /** @throws Error when the data set is missing or malformed */
  constructor(private readonly options: XApiOptions) {
    const { now = Date.now, lang = "en", perSecond = 10 } = options;
    const texts = readTexts(options.dataset);
    const startedAt = options.state === undefined ? now() : rememberedStart(options.state, now);
    const initial = options.initial ?? (texts.length > 1000 ? texts.length - 1000 : Math.floor(texts.length * 0.75));
    const feed = new Feed({ size: texts.length, startedAt, initial, perSecond });
    const searchables = texts.map((text) => searchable(text, lang));
    const source: Source = { feed, texts, searchables, lang, now };
    const limits = { ...defaultLimits, ...options.limits };
    const kept = options.state === undefined ? undefined : JsonStore.open<Rule>(path.join(options.state, "rules.json"));
    const rules = new Rules(now, kept);

    this.stream = new FilteredStream(source, rules, new RateLimit(limits.stream), options.keepAliveMs ?? 20_000);
    this.app = createServer({
      log: options.log.child("x"),
      errorBody: problemBody,
      notFound: (request) => unsupported(notFound(`${request.method} ${pathOf(request)}`)),
      onUnsupported: noteRequests(options.unsupported, "x"),
    });
    requireBearer(this.app, options.bearerToken);
    searchRoutes(this.app, source, new RateLimit(limits.search));
    ruleRoutes(
      this.app,
      rules,
      { read: new RateLimit(limits.readRules), write: new RateLimit(limits.writeRules) },
      now,
    );
    this.stream.register(this.app);
  }

  /** Serves HTTP on 127.0.0.1; port 0, the default, picks a free one. */
  listen(port = 0): Promise<Address> {
    return listenPublicly(this.app, this.options.networks ?? loopbackNetworks, "127.0.0.1", port);
  }

  async close(): Promise<void> {
    this.stream.close();
    await this.app.close();
  }
}

/** X's endpoints here take an app's bearer token only. */
function requireBearer(app: FastifyInstance, token: string): void {
  app.addHook("onRequest", async (request) => {
    const given = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (given === undefined || !sameSecret(given, token)) throw unauthorized();
  });
}

function rememberedStart(folder: string, now: () => number): number {
  const store = JsonStore.open<number>(path.join(folder, "feed.json"));
  const startedAt = store.get("startedAt") ?? now();
  if (!store.has("startedAt")) store.set("startedAt", startedAt);
  return startedAt;
}
