import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { type Feed, timeOfId } from "./feed";
import { matches, type Searchable } from "./match";
import { invalidRequest } from "./problems";
import { parseQuery, QueryError } from "./query";
import type { RateLimit } from "./rateLimit";
import { describeTweet, ignoredParameters, tweetFields } from "./tweet";

/** What the endpoints share. */
export interface Source {
  feed: Feed;
  /** The data set's texts, and the same with what queries look at. */
  texts: string[];
  searchables: Searchable[];
  /** Language of the texts. */
  lang: string;
  now: () => number;
}

const parameters = [
  ..."query start_time end_time since_id until_id max_results next_token pagination_token sort_order".split(" "),
  "tweet.fields",
  ...ignoredParameters,
];
const day = 24 * 60 * 60 * 1000;
const week = 7 * day;

type Params = Record<string, string | undefined>;

/** `GET /2/tweets/search/recent`: the tweets of the last seven days, newest first. */
export function searchRoutes(app: FastifyInstance, source: Source, limit: RateLimit): void {
  app.get("/2/tweets/search/recent", async (request, reply) => {
    reply.headers(limit.take(source.now()));
    const params = knownOnly(request.query as Params, parameters);
    const ignored = ignoredParameters.filter((name) => params[name] !== undefined);
    if (ignored.length > 0) reply.header("x-twin-ignored", ignored.join(","));
    return searchRecent(source, params);
  });
}

/** Parameters that X does not have are errors, not ignored. */
export function knownOnly(query: Params, allowed: readonly string[]): Params {
  for (const [name, value] of Object.entries(query)) {
    if (!allowed.includes(name)) {
      throw invalidRequest(name, String(value), `The query parameter [${name}] is not one of [${allowed.join(",")}]`);
    }
    if (typeof value !== "string") throw invalidRequest(name, String(value), `\`${name}\` is given more than once`);
  }
  return query;
}

function searchRecent(source: Source, params: Params) {
  const { feed, texts, lang } = source;
  if (params.query === undefined) throw invalidRequest("query", "", "The `query` query parameter can not be empty");
  if ((params.sort_order ?? "recency") !== "recency") {
    throw invalidRequest("sort_order", String(params.sort_order), "The twin sorts by `recency` only");
  }
  const rows = rowsFor(source, params.query);
  const fields = tweetFields(params);
  const most = maxResults(params.max_results);
  const { from, to } = range(source, params);
  const token = params.next_token ?? params.pagination_token;
  const key = createHash("sha256")
    .update(JSON.stringify([params.query, params.since_id, params.start_time]))
    .digest("base64url");
  const before = token === undefined ? to : Math.min(to, positionIn(token, key.slice(0, 12)));

  if (!rows.includes(true)) return { meta: { result_count: 0 } };
  const found: number[] = [];
  for (let index = before - 1; index >= from && found.length <= most; index--) {
    if (rows[index % feed.size]) found.push(index);
  }
  const page = found.slice(0, most).map((index) => feed.at(index));
  if (page.length === 0) return { meta: { result_count: 0 } };
  const oldest = page[page.length - 1];
  return {
    data: page.map((published) => describeTweet(published, texts[published.row] ?? "", lang, fields)),
    meta: {
      newest_id: page[0]?.id,
      oldest_id: oldest?.id,
      result_count: page.length,
      ...(found.length > most && { next_token: tokenFor(oldest?.index ?? 0, key.slice(0, 12)) }),
    },
  };
}

/** Which rows of the data set a query finds. Each row comes again and again, so the query is looked up once a row. */
function rowsFor(source: Source, text: string): boolean[] {
  try {
    const query = parseQuery(text);
    return source.searchables.map((searchable) => matches(query, searchable));
  } catch (error) {
    if (error instanceof QueryError) {
      throw invalidRequest("query", text, `There were errors processing your request: ${error.message}`);
    }
    throw error;
  }
}

function maxResults(text: string | undefined): number {
  if (text === undefined) return 10;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 10 && value <= 100) return value;
  throw invalidRequest(
    "max_results",
    text,
    `The \`max_results\` query parameter value [${text}] is not between 10 and 100`,
  );
}

/** Positions in the feed that a request may see, the second one exclusive. */
function range({ feed, now }: Source, params: Params): { from: number; to: number } {
  const { since_id, until_id, start_time, end_time } = params;
  if ((since_id ?? until_id) !== undefined && (start_time ?? end_time) !== undefined) {
    throw invalidRequest(
      "since_id",
      since_id ?? until_id ?? "",
      "Invalid use of 'since_id' or 'until_id' in conjunction with 'start_time' or 'end_time'.",
    );
  }
  const time = now();
  const published = feed.count(time);
  const oldest = time - week;
  let from = feed.firstFrom(oldest);
  let to = published;
  if (since_id !== undefined) {
    const id = idIn("since_id", since_id);
    if (timeOfId(id) < oldest) throw tooOld("since_id", since_id, "a tweet id created after", oldest);
    from = Math.max(from, feed.firstAbove(id));
  }
  if (until_id !== undefined) {
    const id = idIn("until_id", until_id);
    if (timeOfId(id) < oldest) throw tooOld("until_id", until_id, "a tweet id created after", oldest);
    to = Math.min(to, feed.firstNotBelow(id));
  }
  if (start_time !== undefined) {
    const start = timeIn("start_time", start_time);
    if (start < oldest) throw tooOld("start_time", start_time, "on or after", oldest);
    from = Math.max(from, feed.firstFrom(start));
  }
  if (end_time !== undefined) {
    const end = timeIn("end_time", end_time);
    if (end < oldest) throw tooOld("end_time", end_time, "on or after", oldest);
    to = Math.min(to, feed.firstFrom(end));
  }
  return { from, to };
}

const tooOld = (name: string, value: string, must: string, oldest: number) =>
  invalidRequest(
    name,
    value,
    `Invalid '${name}':'${value}'. '${name}' must be ${must} ${new Date(oldest).toISOString()}.`,
  );

function idIn(name: string, text: string): bigint {
  if (/^\d{1,19}$/.test(text)) return BigInt(text);
  throw invalidRequest(name, text, `The \`${name}\` query parameter value [${text}] does not match ^[0-9]{1,19}$`);
}

function timeIn(name: string, text: string): number {
  const time = Date.parse(text);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(time)) return time;
  throw invalidRequest(name, text, `The \`${name}\` query parameter value [${text}] is not a valid RFC 3339 date-time`);
}

/** A page begins before a position in the feed, so it is the same page however many tweets have come since. */
const tokenFor = (position: number, key: string) => Buffer.from(`${key}.${position}`).toString("base64url");

function positionIn(token: string, key: string): number {
  const match = /^([\w-]+)\.(\d{1,15})$/.exec(Buffer.from(token, "base64url").toString());
  if (match && match[1] === key) return Number(match[2]);
  throw invalidRequest(
    "next_token",
    token,
    "Invalid `next_token`: use the one of the page before, with the same query",
  );
}
