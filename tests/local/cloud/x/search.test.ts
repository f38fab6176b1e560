import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { type Answer, type Json, TestX } from "./service";

let x: TestX;
afterEach(() => x.stop());

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `tweet number${index} ${index % 3 === 0 ? "third" : ""}`);

describe("recent search", () => {
  it("gives the newest matches first, with X's meta", async () => {
    x = await TestX.start(numbered(100), { initial: 60 });
    const { status, body } = await x.search({ query: "third", max_results: "10" });
    expect(status).toBe(200);
    expect(body.data.map((tweet: Json) => tweet.text.split(" ")[1])).toEqual(
      [57, 54, 51, 48, 45, 42, 39, 36, 33, 30].map((index) => `number${index}`),
    );
    expect(body.meta).toEqual({
      newest_id: body.data[0].id,
      oldest_id: body.data[9].id,
      result_count: 10,
      next_token: expect.any(String),
    });
    expect(Object.keys(body.data[0])).toEqual(["id", "text", "edit_history_tweet_ids"]);
    expect(body.data[0].edit_history_tweet_ids).toEqual([body.data[0].id]);
  });

  it("has no data when nothing matches", async () => {
    x = await TestX.start(numbered(20), { initial: 20 });
    expect((await x.search({ query: "nowhere" })).body).toEqual({ meta: { result_count: 0 } });
    const { body } = await x.search({ query: "third" });
    expect((await x.search({ query: "third", since_id: body.meta.newest_id })).body).toEqual({
      meta: { result_count: 0 },
    });
  });

  it("in pages is all matches once, newest first, whatever is published meanwhile", async () => {
    x = await TestX.start(numbered(50), { initial: 200, perSecond: 100 });
    const everything = (await x.searchAll({ query: "tweet", max_results: "100" })).map((tweet) => tweet.id);
    expect(everything).toHaveLength(200);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("tweet", "third", "number7", "third OR number1", "tweet -third"),
        fc.integer({ min: 10, max: 100 }),
        fc.nat(40),
        async (query, size, pause) => {
          const found: Json[] = [];
          const published = Math.floor(x.now);
          let next: string | undefined;
          do {
            const { body }: Answer = await x.search({
              query,
              max_results: String(size),
              ...(next && { next_token: next }),
            });
            found.push(...(body.data ?? []));
            next = body.meta.next_token;
            x.advance(pause);
          } while (next);
          const ids = found.map((tweet) => BigInt(tweet.id));
          for (let index = 1; index < ids.length; index++) expect(ids[index - 1] > ids[index]).toBe(true);
          const whole = (
            await x.searchAll({ query, max_results: "100", end_time: new Date(published + 1).toISOString() })
          ).map((tweet) => tweet.id);
          expect(found.map((tweet) => tweet.id)).toEqual(whole);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("forward in time by since_id sees each tweet once", async () => {
    x = await TestX.start(numbered(40), { initial: 30, perSecond: 7 });
    const seen: string[] = [];
    let since: string | undefined;
    for (let round = 0; round < 20; round++) {
      const found = await x.searchAll({ query: "tweet", max_results: "10", ...(since && { since_id: since }) });
      seen.push(...found.map((tweet) => tweet.id).reverse());
      since = found[0]?.id ?? since;
      x.advance(300 * round);
    }
    const all = (await x.searchAll({ query: "tweet", max_results: "100", until_id: String(BigInt(since ?? 0) + 1n) }))
      .map((tweet) => tweet.id)
      .reverse();
    expect(seen).toEqual(all);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("narrows by time, and its times are those of publication", async () => {
    x = await TestX.start(numbered(100), { initial: 50, perSecond: 10 });
    x.advance(2000);
    const start_time = new Date(x.now - 1000).toISOString();
    const end_time = new Date(x.now - 500).toISOString();
    const found = await x.searchAll({ query: "tweet", start_time, end_time, "tweet.fields": "created_at" });
    expect(found).toHaveLength(5);
    for (const tweet of found) {
      expect(tweet.created_at >= start_time && tweet.created_at < end_time).toBe(true);
    }
  });

  it("gives the fields that the data set has, and no author, whoever asks", async () => {
    x = await TestX.start(["Tom & <b>Jerry</b> #Fun", "#cats &c"], { initial: 2 });
    const { body, headers } = await x.search({
      query: "tom OR #cats",
      "tweet.fields": "created_at,lang,entities,author_id,public_metrics",
      expansions: "author_id",
      "user.fields": "name",
    });
    expect(body.data[1]).toEqual({
      id: expect.stringMatching(/^\d{19}$/),
      text: "Tom &amp; &lt;b&gt;Jerry&lt;/b&gt; #Fun",
      edit_history_tweet_ids: [body.data[1].id],
      created_at: expect.stringMatching(/^2026-01-15T11:59:59\.\d{3}Z$/),
      lang: "en",
      entities: { hashtags: [{ start: 35, end: 39, tag: "Fun" }] },
    });
    expect(body.includes).toBeUndefined();
    expect(headers.get("x-twin-ignored")).toBe("expansions,user.fields");
  });

  it("forgets what is older than seven days, and refuses to be asked for it", async () => {
    x = await TestX.start(numbered(10), { initial: 10, perSecond: 0.001 });
    const [newest] = await x.searchAll({ query: "tweet" });
    x.advance(8 * 24 * 3600 * 1000);
    const ids = (await x.searchAll({ query: "tweet", max_results: "100" })).map((tweet) => tweet.id);
    expect(ids).not.toContain(newest.id);
    expect((await x.search({ query: "tweet", since_id: newest.id })).body.errors[0].message).toMatch(
      /must be a tweet id created after 2026-01-16/,
    );
    expect((await x.search({ query: "tweet", start_time: "2026-01-15T00:00:00Z" })).status).toBe(400);
  });

  it("goes on after a restart with the same ids", async () => {
    x = await TestX.start(numbered(30), { initial: 10, perSecond: 10 });
    const before = await x.searchAll({ query: "tweet" });
    x.advance(1000);
    await x.restart();
    const after = await x.searchAll({ query: "tweet", max_results: "100" });
    expect(after).toHaveLength(20);
    expect(after.slice(10)).toEqual(before);
  });

  it.each([
    [{}, "query", /can not be empty/],
    [{ query: "from:me" }, "query", /operator `from:me`/],
    [{ query: "a", max_results: "9" }, "max_results", /value \[9\] is not between 10 and 100/],
    [{ query: "a", max_results: "101" }, "max_results", /not between/],
    [{ query: "a", next_token: "zzz" }, "next_token", /Invalid `next_token`/],
    [{ query: "a", since_id: "x" }, "since_id", /does not match/],
    [{ query: "a", since_id: "1" }, "since_id", /must be a tweet id created after/],
    [{ query: "a", start_time: "yesterday" }, "start_time", /not a valid RFC 3339/],
    [
      { query: "a", since_id: "1", start_time: "2026-01-15T00:00:00Z" },
      "since_id",
      /Invalid use of 'since_id' or 'until_id' in conjunction/,
    ],
    [{ query: "a", "tweet.fields": "created_at,colour" }, "tweet.fields", /value \[colour\] is not one of \[/],
    [{ query: "a", sort_order: "relevancy" }, "sort_order", /recency/],
    [{ query: "a", page: "2" }, "page", /query parameter \[page\] is not one of \[query,/],
  ])("refuses %o, naming the parameter", async (parameters, name, message) => {
    x = await TestX.start(["a"], { initial: 1 });
    const { status, body, headers } = await x.search(parameters as Record<string, string>);
    expect(status).toBe(400);
    expect(headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({
      title: "Invalid Request",
      type: "https://api.twitter.com/2/problems/invalid-request",
    });
    expect(Object.keys(body.errors[0].parameters)).toEqual([name]);
    expect(body.errors[0].message).toMatch(message);
  });

  it("refuses a page token of another query", async () => {
    x = await TestX.start(numbered(40), { initial: 40 });
    const { body } = await x.search({ query: "tweet" });
    expect((await x.search({ query: "third", next_token: body.meta.next_token })).status).toBe(400);
  });

  it("needs the bearer token, and knows no other calls", async () => {
    x = await TestX.start(["a"]);
    const none = await x.call("GET", "/2/tweets/search/recent?query=a", undefined, "wrong");
    expect([none.status, none.body]).toEqual([
      401,
      { title: "Unauthorized", type: "about:blank", status: 401, detail: "Unauthorized" },
    ]);
    const unknown = await x.call("GET", "/2/users/me");
    expect([unknown.status, unknown.body.detail]).toEqual([404, "The local twin has no GET /2/users/me"]);
  });

  it("counts requests, and answers 429 until the window of fifteen minutes is over", async () => {
    x = await TestX.start(["a"], { initial: 1, limits: { search: 2 } });
    const first = await x.search({ query: "a" });
    const reset = Math.ceil((x.now + 900_000) / 1000);
    const rate = ({ headers }: Answer) =>
      ["limit", "remaining", "reset"].map((name) => Number(headers.get(`x-rate-limit-${name}`)));
    expect(rate(first)).toEqual([2, 1, reset]);
    expect(rate(await x.search({ query: "from:nobody" }))).toEqual([2, 0, reset]);
    const third = await x.search({ query: "a" });
    expect(third.status).toBe(429);
    expect(rate(third)).toEqual([2, 0, reset]);
    expect(third.headers.get("retry-after")).toBeNull();
    expect(third.body).toMatchObject({ title: "Too Many Requests", status: 429 });
    x.advance(900_000);
    expect((await x.search({ query: "a" })).status).toBe(200);
  });

  it("has X's own limits unless told otherwise", async () => {
    x = await TestX.start(["a"], { limits: undefined });
    expect((await x.search({ query: "a" })).headers.get("x-rate-limit-limit")).toBe("450");
  });
});

describe("a data set", () => {
  it("that is missing, empty or malformed is named", async () => {
    x = await TestX.start(["a"]);
    await expect(TestX.start([], {})).rejects.toThrow(/has no tweets/);
    await expect(TestX.start(["a"], { dataset: "/nowhere/tweets.jsonl" })).rejects.toThrow(
      /`\/nowhere\/tweets\.jsonl` is missing/,
    );
    await expect(TestX.start(["a"], { dataset: __filename })).rejects.toThrow(
      /search\.test\.ts:1` is not a JSON object/,
    );
  });
});
