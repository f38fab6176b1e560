import type { FastifyInstance, FastifyReply } from "fastify";
import { matches } from "./match";
import { connectionException, invalidRequest } from "./problems";
import type { RateLimit } from "./rateLimit";
import type { Rules } from "./rules";
import { knownOnly, type Source } from "./search";
import { describeTweet, ignoredParameters, tweetFields } from "./tweet";

/** Shortest pause between two looks at the feed: tweets of one look go out together. */
const pollMs = 50;
const parameters = ["tweet.fields", "backfill_minutes", "start_time", "end_time", ...ignoredParameters];

/** `GET /2/tweets/search/stream`: each new tweet that matches a rule, one JSON object a line. One client at a time. */
export class FilteredStream {
  private connected: (() => void) | undefined;

  /**
   * @param keepAliveMs an empty line goes out when nothing else did for so long
   */
  constructor(
    private readonly source: Source,
    private readonly rules: Rules,
    private readonly limit: RateLimit,
    private readonly keepAliveMs: number,
  ) {}

  register(app: FastifyInstance): void {
    app.get("/2/tweets/search/stream", async (request, reply) => {
      const headers = this.limit.take(this.source.now());
      reply.headers(headers);
      const params = knownOnly(request.query as Record<string, string>, parameters);
      for (const name of ["backfill_minutes", "start_time", "end_time"]) {
        if (params[name] !== undefined) {
          throw invalidRequest(name, params[name], `The twin's stream has no past: \`${name}\` is not supported`);
        }
      }
      const fields = tweetFields(params);
      if (this.connected) throw connectionException("TooManyConnections");
      if (this.rules.list().length === 0) throw connectionException("RuleConfigurationIssue");
      const ignored = ignoredParameters.filter((name) => params[name] !== undefined);
      this.send(reply, fields, { ...headers, ...(ignored.length > 0 && { "x-twin-ignored": ignored.join(",") }) });
      return reply;
    });
  }

  /** Ends the connection that there is. */
  close(): void {
    this.connected?.();
  }

  private send(reply: FastifyReply, fields: Set<string>, headers: Record<string, string>): void {
    reply.hijack();
    const out = reply.raw;
    out.writeHead(200, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers });
    out.flushHeaders();
    const { feed, now } = this.source;
    let next = feed.count(now());
    let lastWrite = now();
    let timer: NodeJS.Timeout;

    const end = () => {
      clearTimeout(timer);
      if (this.connected === end) this.connected = undefined;
      if (!out.writableEnded) out.end();
    };
    const write = (line: string): boolean => {
      lastWrite = now();
      return out.write(`${line}\r\n`);
    };
    const look = () => {
      const published = feed.count(now());
      while (next < published) {
        const line = this.lineFor(next++, fields);
        // A client that reads slowly is waited for: what it has not seen stays in the feed, not in memory.
        if (line !== undefined && !write(line)) return void out.once("drain", look);
      }
      if (now() - lastWrite >= this.keepAliveMs) write("");
      timer = setTimeout(look, Math.min(this.keepAliveMs, Math.max(pollMs, feed.at(next).createdAt - now())));
    };
    this.connected = end;
    out.on("close", end);
    out.on("error", end);
    look();
  }

  private lineFor(index: number, fields: Set<string>): string | undefined {
    const { feed, texts, searchables, lang } = this.source;
    const published = feed.at(index);
    const searchable = searchables[published.row];
    if (!searchable) return undefined;
    const matching = this.rules.queries().filter(({ query }) => matches(query, searchable));
    if (matching.length === 0) return undefined;
    return JSON.stringify({
      data: describeTweet(published, texts[published.row] ?? "", lang, fields),
      matching_rules: matching.map(({ rule }) => ({ id: rule.id, ...(rule.tag !== undefined && { tag: rule.tag }) })),
    });
  }
}
