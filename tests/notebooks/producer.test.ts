import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitValue, notebook, sparkTimeout, TestEngine } from "../local/engines/spark/runs";
import { definitionsOf, libraries } from "./files";
import { FrontOfX } from "./frontOfX";
import { TestKafka } from "./kafka";

const dataset = "/Volumes/main/streaming/data/tweets.jsonl";
const bearerToken = "canary-bearer-token";

/** Both notebooks' definitions in one Spark, called as their last cells call them, with one setting or another. */
describe("the definitions of the notebooks", () => {
  let twin: TestEngine;
  let kafka: TestKafka;
  let x: FrontOfX;
  let log: string;
  let answers: Record<string, string>;
  const told = (name: string) => JSON.parse(answers[name]) as Record<string, unknown>;

  beforeAll(async () => {
    twin = new TestEngine();
    kafka = await TestKafka.start();
    x = await FrontOfX.start(bearerToken, { perSecond: 200 });
    for (const topic of ["stream", "endless", "refused", "old", "mixed"]) await kafka.createTopic(topic, 2);
    await kafka.createTopic("small", 1, { "max.message.bytes": "1000" });
    mkdirSync(path.dirname(twin.onDisk(dataset)), { recursive: true });
    const line = (id: number) => `${JSON.stringify({ id: String(id), text: `Tweet ${id}` })}\n`;
    writeFileSync(twin.onDisk(dataset), Array.from({ length: 50 }, (_, index) => line(index)).join(""));
    writeFileSync(twin.onDisk("/Volumes/main/streaming/data/none.jsonl"), "no\nevents\n");
    writeFileSync(
      twin.onDisk("/Volumes/main/streaming/data/large.jsonl"),
      JSON.stringify({ id: "1", text: randomBytes(4000).toString("hex") }),
    );
    x.faults["/2/tweets/search/stream/rules"] = [() => ({ status: 503 })];
    x.breakStreamAfter = 1_000;
    x.faults["/2/tweets/search/stream"] = [
      () => ({ status: 429, headers: { "x-rate-limit-reset": String(Math.floor(Date.now() / 1000) + 1) } }),
    ];
    const source = notebook(
      ...definitionsOf("KafkaProducer", "summary"),
      producerCalls,
      ...definitionsOf("KafkaConsumer", "settings"),
      consumerCalls,
    );
    const parameters = { brokers: kafka.brokers, topic: "stream", dataset, apiUrl: x.url };
    const run = await twin.run(source, {
      parameters,
      libraries,
      secrets: { twitter: { "bearer-token": bearerToken }, wrong: { "bearer-token": "another-token" } },
    });
    log = run.log;
    answers = JSON.parse(exitValue(run));
  }, sparkTimeout);
  afterAll(async () => {
    await x?.close();
    await twin?.close();
    await kafka?.stop();
  });

  it("name every widget with a bad value, in one message", () => {
    expect(answers.badProducer).toBe(
      "java.lang.IllegalArgumentException: Parameters of this notebook: " +
        "`mode` is `push`, and needs to be search or stream; " +
        "`rate` is `fast`, and needs to be a number of events a second, 0 for no limit; " +
        "`brokers` is `10.0.0.4`, and needs to be ip:port, separated by commas; " +
        "`topic` is `a topic`, and needs to be the name of a Kafka topic; " +
        "`stopAfter` is `0`, and needs to be never, end or a number of events from 1; a stream has no end; " +
        "`query` is ``, and needs to be a query of at most 512 characters; " +
        "`apiUrl` is `api.x.com`, and needs to be the base URL of the X API; " +
        "`secretScope` is ``, and needs to be a secret scope that has the key bearer-token; " +
        "`checkpoint` is ``, and needs to be a folder, such as /Volumes/main/streaming/checkpoints/producer.",
    );
    expect(answers.endOfStream).toContain("`stopAfter` is `end`");
    expect(answers.badConsumer).toBe(
      "java.lang.IllegalArgumentException: Parameters of this notebook: " +
        "`topic` is ``, and needs to be the name of a Kafka topic; " +
        "`trigger` is `soon`, and needs to be `availableNow`, or a length of time such as `2 seconds`, or `continuous` and one; " +
        "`brokers` is ``, and needs to be ip:port, separated by commas; " +
        '`startingOffsets` is `first`, and needs to be earliest, latest, or JSON such as {"topic":{"0":23,"1":-2}}; ' +
        "`checkpoint` is ``, and needs to be a folder, such as /Volumes/main/streaming/checkpoints/consumer; " +
        "`output` is ``, and needs to be a folder, such as /Volumes/main/streaming/output; " +
        "`window` is `0 seconds`, and needs to be a length of time from 1 millisecond, such as `1 minute`; " +
        "`watermark` is `late`, and needs to be a length of time, such as `1 minute`; " +
        "`maxOffsetsPerTrigger` is `-1`, and needs to be a whole number from 1, or empty.",
    );
    expect(answers.continuousFiles).toMatch(
      /`trigger` is `continuous 1 second`, with which Spark cannot write to the `sink` delta/,
    );
    expect(answers.sameTopic).toMatch(/`sink` is `kafka:tweets`, and needs to be .* another topic/);
  });

  it("say what is wrong when there is no topic, or no way to the brokers", () => {
    expect(answers.noTopic).toMatch(/Kafka at 127\.\d+\.\d+\.5:9092 has no topic `absent`\. Create it first/);
    expect(answers.noBroker).toMatch(
      /The Kafka brokers at 127\.0\.0\.1:9 cannot be used from here: .*peering `Connected`.* None answered\./,
    );
  });

  it("fail with Kafka's reason when an event is not taken, or the data set has none", () => {
    expect(answers.tooLarge).toMatch(
      /^java\.lang\.IllegalStateException: Kafka did not take 1 of the events: .*larger/,
    );
    expect(answers.noEvents).toMatch(/The data set .*none\.jsonl has no line with an `id` and a `text`; 2 lines/);
  });

  it("go on with an endless replay where it was, round after round", async () => {
    // With the notebook's own words or, when the interrupt finds it asleep, without any.
    const interrupted = expect.stringMatching(/^java\.lang\.InterruptedException(: The notebook was canceled)?$/);
    expect(told("endless")).toEqual({ first: interrupted, second: interrupted });
    const ids = (await kafka.read("endless")).map(({ value }) => JSON.parse(value ?? "").id as string);
    expect(new Set(ids).size).toBe(ids.length);
    const order = (id: string) => Number(id.split("-")[1] ?? 1) * 1000 + Number(id.split("-")[0]);
    const expected = ids.map((_, index) =>
      index < 50 ? String(index) : `${index % 50}-${Math.floor(index / 50) + 1}`,
    );
    expect(ids.sort((a, b) => order(a) - order(b))).toEqual(expected);
    expect(ids.length).toBeGreaterThan(100);
    expect(log).toMatch(/Going on after \d+:\d+; \d+ events were sent after that was noted/);
  });

  it("begin anew with another topic and with another source, each from a position of its own", async () => {
    expect(told("otherSource")).toMatchObject({ source: "twitter", sent: 5, polls: 1, skipped: 0 });
    const events = (await kafka.read("mixed")).map(({ value }) => JSON.parse(value ?? ""));
    const replayed = events.filter(({ source }) => source === "replay").map(({ id }) => id);
    expect(replayed).toEqual(expect.arrayContaining(["0", "49"]));
    expect(events).toHaveLength(replayed.length + 5);
  });

  it("go on once where a version before was, which had one position for all", () => {
    expect(answers.oldFiles).toBe("twitter-old");
  });

  it("listen to the filtered stream, again when it breaks, with a rule of their own", async () => {
    expect(told("stream")).toMatchObject({ source: "twitter", sent: 30, failed: 0, skipped: 0 });
    expect(told("stream").connects).toBeGreaterThanOrEqual(2);
    expect(told("otherRule")).toMatchObject({ sent: 30, failed: 0, skipped: 0, connects: 1 });
    const events = (await kafka.read("stream")).map(({ value }) => JSON.parse(value ?? ""));
    expect(events).toHaveLength(60);
    expect(new Set(events.map(({ id }) => id)).size).toBe(60);
    expect(events[0]).toMatchObject({
      source: "twitter",
      authorId: null,
      createdAt: expect.stringMatching(/^2\d{3}-.*Z$/),
      rating: null,
    });
    expect(log).toMatch(/X: 503 to list stream rules, attempt 1; waiting 1\.0 s/);
    expect(log).toMatch(/X: 429 to listen to the filtered stream, attempt 1; waiting \d\.\d s/);
    const rules = x.requests.filter((request) => request.startsWith("POST /2/tweets/search/stream/rules"));
    expect(rules).toHaveLength(3);
  });

  it("end when X refuses the token, and never show it", async () => {
    expect(answers.refused).toMatch(
      /X refuses to search recent posts \(401\): the token in key `bearer-token` of the secret scope is not valid/,
    );
    expect(await kafka.size("refused")).toBe(0);
    expect(`${log}${JSON.stringify(answers)}`).not.toContain("canary-bearer");
  });

  it("begin seven days ago when the position is older than X searches", () => {
    expect(told("old")).toMatchObject({ polls: 2, sent: 5 });
    expect(log).toContain("X: 1 is more than seven days old");
  });
});

const producerCalls = `val answers = new java.util.TreeMap[String, String]()
def note(name: String)(work: => String): Unit = answers.put(name, scala.util.Try(work).fold(_.toString, identity))
def changed(changes: (String, String)*): String => String =
  name => changes.toMap.getOrElse(name, dbutils.widgets.get(name))
note("badProducer")(Settings.read(changed("source" -> "twitter", "mode" -> "push", "rate" -> "fast",
  "brokers" -> "10.0.0.4", "topic" -> "a topic", "stopAfter" -> "0", "query" -> "", "apiUrl" -> "api.x.com",
  "secretScope" -> "")).toString)
note("endOfStream")(
  Settings.read(changed("source" -> "twitter", "mode" -> "stream", "stopAfter" -> "end", "checkpoint" -> "/c")).toString)

val data = "/Volumes/main/streaming/data"
val replay = settings.copy(rate = 0, stopAfter = "end")
note("noTopic")(produce(replay.copy(topic = "absent")))
note("noBroker")(produce(replay.copy(brokers = "127.0.0.1:9")))
note("tooLarge")(produce(replay.copy(topic = "small", dataset = s"$data/large.jsonl")))
note("noEvents")(produce(replay.copy(topic = "refused", dataset = s"$data/none.jsonl")))

val cells = Thread.currentThread.getContextClassLoader
/** Runs for a while, and is then interrupted, as a canceled run is. */
def interrupted(settings: Settings, millis: Long): String = {
  @volatile var outcome = "still running"
  val thread = new Thread(() => outcome = scala.util.Try(produce(settings)).fold(_.toString, identity))
  thread.setContextClassLoader(cells)
  thread.setUncaughtExceptionHandler((_, error) => outcome = error.toString)
  thread.start()
  Thread.sleep(millis)
  thread.interrupt()
  thread.join()
  outcome
}
val checkpoints = "/Volumes/main/streaming/checkpoints"
val endless = settings.copy(topic = "endless", rate = 25, stopAfter = "never", checkpoint = s"$checkpoints/endless")
note("endless")(EventFormat.write("first" -> interrupted(endless, 7500), "second" -> interrupted(endless, 3000)))
note("otherTopic")(interrupted(endless.copy(topic = "mixed", rate = 0), 3000))

val onX = settings.copy(source = "twitter", rate = 0, checkpoint = s"$checkpoints/x")
note("otherSource")(produce(onX.copy(topic = "mixed", query = "love", stopAfter = "5", checkpoint = endless.checkpoint)))
val stream = onX.copy(mode = "stream", stopAfter = "30")
note("stream")(produce(stream.copy(query = "love")))
note("otherRule")(produce(stream.copy(query = "good OR great OR happy")))
note("refused")(produce(onX.copy(topic = "refused", secretScope = "wrong")))
dbutils.fs.put(s"$checkpoints/old/000000000000000.json", """{"position":"1","endOffsets":{}}""")
dbutils.fs.put(s"$checkpoints/old/000000000000001.json", """{"position":"2","endOff""")
note("old")(produce(onX.copy(topic = "old", query = "love", stopAfter = "5", checkpoint = s"$checkpoints/old")))
note("oldFiles")(dbutils.fs.ls(s"$checkpoints/old").map(_.name.stripSuffix("/")).mkString(","))`;

const consumerCalls = `val more = Seq("brokers" -> "127.0.0.1:9092", "checkpoint" -> "/c", "output" -> "/o", "topic" -> "tweets",
  "maxOffsetsPerTrigger" -> "", "startingOffsets" -> "earliest", "window" -> "1 minute", "watermark" -> "1 minute")
note("badConsumer")(Settings.read(Map("brokers" -> "", "topic" -> "", "startingOffsets" -> "first", "trigger" -> "soon",
  "checkpoint" -> "", "sink" -> "delta", "output" -> "", "window" -> "0 seconds", "watermark" -> "late",
  "maxOffsetsPerTrigger" -> "-1")).toString)
note("continuousFiles")(Settings.read((more ++ Seq("trigger" -> "continuous 1 second", "sink" -> "delta")).toMap).toString)
note("sameTopic")(Settings.read((more ++ Seq("trigger" -> "1 second", "sink" -> "kafka:tweets")).toMap).toString)
dbutils.notebook.exit(new ObjectMapper().writeValueAsString(answers))`;
