import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitValue, sparkTimeout, TestEngine } from "../local/engines/spark/runs";
import { libraries, readNotebook } from "./files";
import { FrontOfX } from "./frontOfX";
import { TestKafka } from "./kafka";

const bearerToken = "canary-bearer-of-search";
const query = "love OR good OR great OR happy OR day";

/** Killed in the middle of a batch, after it noted a position and before it could note the next one; then run again. */
describe("KafkaProducer searching X, killed and started again", () => {
  const topic = "posts";
  const clock = { now: Date.now() };
  let twin: TestEngine;
  let kafka: TestKafka;
  let x: FrontOfX;
  let ids: string[];
  let expected: string[];
  let sentWhenKilled: number;
  let summary: Record<string, unknown>;
  let logs: string;

  beforeAll(async () => {
    twin = new TestEngine();
    kafka = await TestKafka.start();
    await kafka.createTopic(topic, 3);
    x = await FrontOfX.start(bearerToken, { initial: 1000, perSecond: 100, now: () => clock.now });
    const run = {
      libraries,
      secrets: { twitter: { "bearer-token": bearerToken } },
      parameters: { brokers: kafka.brokers, topic, source: "twitter", query, apiUrl: x.url, rate: "60" },
    };
    const checkpoint = "/Volumes/main/streaming/checkpoints/producer";

    const parameters = { ...run.parameters, stopAfter: "never", checkpoint };
    const first = await twin.start(readNotebook("KafkaProducer"), { ...run, parameters });
    const sent = () => kafka.size(topic);
    // The first page is 100 posts. More are published after it, so that the second poll has several pages.
    while ((await sent()) < 100) await sleep(100);
    clock.now += 20_000;
    while ((await sent()) < 180) await sleep(50);
    process.kill(first.pid, "SIGKILL");
    await first.done;
    sentWhenKilled = await sent();

    clock.now += 5_000;
    const search = "/2/tweets/search/recent";
    const reset = () => String(Math.floor(Date.now() / 1000) + 1);
    x.faults[search] = [() => ({ status: 503 }), () => ({ status: 429, headers: { "x-rate-limit-reset": reset() } })];
    const again = { ...run.parameters, rate: "0", stopAfter: "end", checkpoint };
    const second = await twin.run(readNotebook("KafkaProducer"), { ...run, parameters: again });
    summary = JSON.parse(exitValue(second));
    logs = second.log;
    ids = (await kafka.read(topic)).map(({ value }) => JSON.parse(value ?? "").id);
    expected = await postsSince(ids.reduce((a, b) => (BigInt(a) < BigInt(b) ? a : b)));
  }, sparkTimeout);
  afterAll(async () => {
    await x?.close();
    await twin?.close();
    await kafka?.stop();
  });

  /** What X finds, from the given post on, asked for directly. */
  async function postsSince(oldest: string): Promise<string[]> {
    const found = [oldest];
    const url = new URL("/2/tweets/search/recent", x.url);
    url.search = String(new URLSearchParams({ query, max_results: "100", since_id: oldest }));
    for (let token: string | undefined = ""; token !== undefined; ) {
      if (token) url.searchParams.set("next_token", token);
      const answer = await fetch(url, { headers: { authorization: `Bearer ${bearerToken}` } });
      const { data, meta } = (await answer.json()) as { data: { id: string }[]; meta: { next_token?: string } };
      found.push(...data.map(({ id }) => id));
      token = meta.next_token;
    }
    return found;
  }

  it("sends each post once, and leaves none out", () => {
    expect(sentWhenKilled).toBeGreaterThan(120);
    expect(sentWhenKilled).toBeLessThan(expected.length - 100);
    expect(ids.length).toBe(new Set(ids).size);
    expect(ids.sort()).toEqual(expected.sort());
    expect(summary).toMatchObject({ sent: expected.length - sentWhenKilled, skipped: sentWhenKilled - 100, failed: 0 });
  });

  it("pages inside a poll, and asks for what is newer than the last post", () => {
    const searches = x.requests.filter((request) => request.includes("/search/recent"));
    expect(searches[0]).not.toContain("since_id");
    expect(searches.slice(1).every((request) => request.includes("since_id="))).toBe(true);
    expect(searches.filter((request) => request.includes("next_token=")).length).toBeGreaterThan(3);
  });

  it("waits as X says, and never shows the token", () => {
    expect(logs).toMatch(/X: 503 to search recent posts, attempt 1; waiting 1\.0 s/);
    expect(logs).toMatch(/X: 429 to search recent posts, attempt 2; waiting \d\.\d s/);
    expect(logs).toMatch(/Going on after \d+; \d+ events were sent after that was noted/);
    expect(logs).not.toContain("canary");
  });
});
