import * as http from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { bearerToken, type Json, TestX } from "./service";

let x: TestX;
const open: Connection[] = [];
afterEach(async () => {
  for (const connection of open.splice(0)) connection.close();
  await x.stop();
});

const rulesCall = "/2/tweets/search/stream/rules";

/** A connection to the stream, as bytes. */
class Connection {
  text = "";
  ended = false;
  private constructor(
    private readonly request: http.ClientRequest,
    readonly response: http.IncomingMessage,
  ) {
    response.setEncoding("utf8");
    response.on("data", (part) => {
      this.text += part;
    });
    response.on("error", () => undefined);
    response.on("close", () => {
      this.ended = true;
    });
  }

  static open(query = ""): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${bearerToken}` };
      const request = http.get(`${x.base}/2/tweets/search/stream${query}`, { headers, agent: false });
      request.on("response", (response) => {
        const connection = new Connection(request, response);
        open.push(connection);
        resolve(connection);
      });
      request.on("error", reject);
    });
  }

  get lines(): string[] {
    return this.text.split("\r\n").slice(0, -1);
  }

  get tweets(): Json[] {
    return this.lines.filter((line) => line !== "").map((line) => JSON.parse(line));
  }

  close(): void {
    this.request.destroy();
  }
}

async function eventually(what: string, check: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!check()) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const texts = Array.from({ length: 20 }, (_, index) => `tweet ${index} ${index % 2 === 0 ? "#even" : "odd"}`);
/** The clock of the machine, since the stream waits for real time. */
const live = { now: Date.now, initial: 4, perSecond: 50 };

describe("the rules of the stream", () => {
  it("are added, listed and deleted", async () => {
    x = await TestX.start(texts);
    expect((await x.call("GET", rulesCall)).body).toEqual({ meta: { sent: expect.any(String), result_count: 0 } });
    const added = await x.call("POST", rulesCall, { add: [{ value: "#even", tag: "e" }, { value: "odd" }] });
    expect(added.status).toBe(201);
    expect(added.body).toEqual({
      data: [
        { value: "#even", tag: "e", id: expect.stringMatching(/^\d+$/) },
        { value: "odd", id: expect.stringMatching(/^\d+$/) },
      ],
      meta: { sent: expect.any(String), summary: { created: 2, not_created: 0, valid: 2, invalid: 0 } },
    });
    const [even, odd] = added.body.data;
    expect((await x.call("GET", `${rulesCall}?ids=${odd.id}`)).body.data).toEqual([odd]);
    const deleted = await x.call("POST", rulesCall, { delete: { ids: [even.id, "1"], values: ["odd"] } });
    expect(deleted.body.meta.summary).toEqual({ deleted: 2, not_deleted: 1 });
    expect((await x.call("GET", rulesCall)).body.data).toBeUndefined();
  });

  it("that are there already or cannot be parsed are reported beside those that were created", async () => {
    x = await TestX.start(texts);
    const [cat] = (await x.addRules({ value: "cat" })).data;
    const { status, body } = await x.call("POST", rulesCall, {
      add: [{ value: "cat" }, { value: "from:me" }, { value: "dog" }],
    });
    expect(status).toBe(201);
    expect(body.meta.summary).toEqual({ created: 1, not_created: 2, valid: 1, invalid: 2 });
    expect(body.errors).toEqual([
      { value: "cat", id: cat.id, title: "DuplicateRule", type: "https://api.twitter.com/2/problems/duplicate-rules" },
      {
        value: "from:me",
        details: [expect.stringMatching(/operator `from:me`/)],
        title: "UnprocessableEntity",
        type: "https://api.twitter.com/2/problems/invalid-rules",
      },
    ]);
    expect((await x.call("GET", rulesCall)).body.meta.result_count).toBe(2);
  });

  it("are only checked in a dry run", async () => {
    x = await TestX.start(texts);
    const { body } = await x.call("POST", `${rulesCall}?dry_run=true`, { add: [{ value: "cat" }] });
    expect(body.meta.summary).toEqual({ created: 0, not_created: 1, valid: 1, invalid: 0 });
    expect((await x.call("GET", rulesCall)).body.meta.result_count).toBe(0);
  });

  it("outlive a restart", async () => {
    x = await TestX.start(texts);
    const { data } = await x.addRules({ value: "cat", tag: "t" });
    await x.restart();
    expect((await x.call("GET", rulesCall)).body.data).toEqual(data);
    expect((await x.addRules({ value: "dog" })).data[0].id).not.toBe(data[0].id);
  });

  it.each([{}, { add: [] }, { add: [{ value: "a" }], delete: { ids: ["1"] } }, { delete: {} }, { add: "cat" }])(
    "refuse the body %j",
    async (body) => {
      x = await TestX.start(texts);
      const answer = await x.call("POST", rulesCall, body);
      expect([answer.status, answer.body.title]).toEqual([400, "Invalid Request"]);
    },
  );
});

describe("the filtered stream", () => {
  it("sends each new tweet that matches a rule, once, in order, with the rules it matched", async () => {
    x = await TestX.start(texts, live);
    const { data: rules } = await x.addRules({ value: "#even", tag: "e" }, { value: "4 OR 5" });
    const stream = await Connection.open("?tweet.fields=created_at");
    expect(stream.response.statusCode).toBe(200);
    await eventually("12 tweets", () => stream.tweets.length >= 12);
    const received = stream.tweets;
    for (const { data, matching_rules } of received) {
      expect(matching_rules).toEqual(
        [rules[0], rules[1]]
          .filter((_, index) => (index === 0 ? data.text.includes("#even") : /\b[45]\b/.test(data.text)))
          .map((rule) => ({ id: rule.id, ...(rule.tag && { tag: rule.tag }) })),
      );
      expect(Date.parse(data.created_at)).toBeLessThanOrEqual(Date.now());
    }
    const found = await x.searchAll({ query: "#even OR 5", max_results: "100" });
    const first = BigInt(received[0].data.id);
    const expected = found
      .map((tweet) => tweet.id)
      .filter((id) => BigInt(id) >= first)
      .reverse();
    expect(received.map((line) => line.data.id)).toEqual(expected.slice(0, received.length));
    expect(stream.text).toMatch(/^\{.*\}\r\n/);
  });

  it("carries only what is published after the connection", async () => {
    x = await TestX.start(texts, { ...live, initial: 10, perSecond: 1 });
    await x.addRules({ value: "tweet" });
    const before = Date.now();
    const stream = await Connection.open("?tweet.fields=created_at");
    await eventually("a tweet", () => stream.tweets.length >= 1);
    expect(Date.parse(stream.tweets[0].data.created_at)).toBeGreaterThanOrEqual(before);
  });

  it("sends empty lines while there is nothing to send", async () => {
    x = await TestX.start(texts, { ...live, keepAliveMs: 40 });
    await x.addRules({ value: "nothing-like-this" });
    const stream = await Connection.open();
    await eventually("empty lines", () => stream.lines.length >= 3);
    expect(new Set(stream.lines)).toEqual(new Set([""]));
  });

  it("follows rules as they change", async () => {
    x = await TestX.start(texts, live);
    await x.addRules({ value: "odd", tag: "odd" });
    const stream = await Connection.open();
    await eventually("an odd tweet", () => stream.tweets.length > 0);
    await x.call("POST", rulesCall, { delete: { values: ["odd"] } });
    await x.addRules({ value: "#even", tag: "even" });
    await eventually("an even tweet", () =>
      stream.tweets.some(({ matching_rules }) => matching_rules[0].tag === "even"),
    );
    const tags = stream.tweets.map(({ matching_rules }) => matching_rules[0].tag);
    expect(tags.lastIndexOf("odd")).toBeLessThan(tags.indexOf("even"));
  });

  it("takes one connection at a time, and the next one when that is over", async () => {
    x = await TestX.start(texts, live);
    await x.addRules({ value: "tweet" });
    const stream = await Connection.open();
    const second = await x.call("GET", "/2/tweets/search/stream");
    expect([second.status, second.body]).toMatchObject([
      429,
      { title: "ConnectionException", connection_issue: "TooManyConnections" },
    ]);
    stream.close();
    let third: Connection | undefined;
    await eventually("the place to be free", () => {
      void Connection.open().then((connection) => {
        if (connection.response.statusCode === 200) third = connection;
      });
      return third !== undefined;
    });
    await eventually("a tweet", () => (third?.tweets.length ?? 0) > 0);
  });

  it("wants rules first, and has no past", async () => {
    x = await TestX.start(texts, live);
    const noRules = await x.call("GET", "/2/tweets/search/stream");
    expect([noRules.status, noRules.body.connection_issue]).toEqual([409, "RuleConfigurationIssue"]);
    await x.addRules({ value: "tweet" });
    expect((await x.call("GET", "/2/tweets/search/stream?backfill_minutes=2")).body.errors[0].message).toMatch(
      /no past/,
    );
  });

  it("limits how often it is connected to", async () => {
    x = await TestX.start(texts, { ...live, limits: { stream: 1 } });
    await x.addRules({ value: "tweet" });
    const stream = await Connection.open();
    expect(stream.response.headers["x-rate-limit-remaining"]).toBe("0");
    const second = await x.call("GET", "/2/tweets/search/stream");
    expect([second.status, second.body.title]).toEqual([429, "Too Many Requests"]);
  });

  it("ends when the service does", async () => {
    x = await TestX.start(texts, live);
    await x.addRules({ value: "tweet" });
    const stream = await Connection.open();
    await x.restart();
    await eventually("the end", () => stream.ended);
  });
});
