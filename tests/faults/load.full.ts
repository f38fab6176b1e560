import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { linearRegression, mean } from "simple-statistics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lockHolder } from "../../local/lock";
import { runEngine } from "../local/events";
import { FaultTwin } from "./faultTwin";
import { forget, liveHeapMb } from "./pipeline/heap";
import { Stream, streamConfig } from "./pipeline/stream";
import { record } from "./record";

/*
 * The pipeline at a steady rate: what it holds in memory and what waits in the topic must not grow with time.
 */

const octet = 72;
/** Events a second. */
const rate = 100;
/** Until caches are full, classes loaded and heaps at their usual size. */
const warmUpMs = 90_000;
const measureMs = 3 * 60_000;
const sampleMs = 10_000;
const minute = 60_000;

let twin: FaultTwin;
let stream: Stream;
const asked: number[] = [];

beforeAll(async () => {
  twin = await FaultTwin.start(octet);
  const stack = await twin.twin.stack({ ...streamConfig, rate: String(rate) });
  const up = await runEngine(stack, "up");
  expect(up.errors).toBe("");
  stream = await Stream.of(twin, stack);
}, 600_000);
afterAll(async () => {
  await stream?.close();
  await twin?.stop();
  for (const pid of asked) forget(pid);
}, 180_000);

/** One look at everything. */
interface Sample {
  at: number;
  /** By process, MB: of a JVM what its live objects take, of the supervisor all of its memory. */
  live: Record<string, number>;
  /** By process, MB. */
  resident: Record<string, number>;
  /** Events in the topic that are not in the sink. */
  backlog: number;
}

/** What the processes may have at most, by their heaps' limits (640, 256 and 64 MB) and what else they need, MB. */
const most = { Spark: 640 + 350, wn: 256 + 150, zk: 64 + 100, supervisor: 400 };

describe(`the pipeline at ${rate} events a second for ${measureMs / minute} minutes`, () => {
  it("holds no more memory and no more backlog in the end than in the beginning, and loses nothing", {
    timeout: warmUpMs + measureMs + 5 * minute,
  }, async () => {
    const pids = await processes();
    asked.push(...Object.values(pids));
    await sleep(warmUpMs);
    await stream.ledger.settle();
    const samples: Sample[] = [];
    for (const end = Date.now() + measureMs; Date.now() < end; await sleep(sampleMs)) samples.push(await look(pids));
    const messages = await stream.ledger.settle();

    expect(messages).toMatchObject({ lost: 0, duplicated: 0 });
    expect(await processes()).toEqual(pids);
    for (const name of Object.keys(pids)) {
      const { grown, first } = growth(samples, ({ live }) => live[name] ?? 0);
      const peak = Math.max(...samples.map(({ resident }) => resident[name] ?? 0));
      console.log(
        `${name}: live ${first.toFixed(1)} MB, ${grown.toFixed(2)} MB more in the end; at most ${peak.toFixed(0)} MB`,
      );
      // A kilobyte kept of each event would make 18 MB. What does grow is the list of the sink's files, as Spark keeps it.
      expect(grown, `growth of ${name}, which began with ${first} MB`).toBeLessThan(12);
      const [, limit] = Object.entries(most).find(([part]) => name.includes(part)) as [string, number];
      expect(peak, name).toBeLessThan(limit);
    }
    // Less than what two seconds bring: the line through all samples does not climb.
    const waiting = growth(samples, ({ backlog }) => backlog);
    expect(waiting.grown).toBeLessThan(2 * rate);

    const [first, last] = [samples.filter(within("first")), samples.filter(within("last"))];
    const total = ({ resident }: Sample) => Object.values(resident).reduce((sum, each) => sum + each, 0);
    record({
      kind: "load",
      what: "the pipeline at a steady rate",
      size: `${measureMs / minute} minutes at ${rate} events/s`,
      outcome: `${messages.consumed} events, none lost, none twice; memory and backlog do not grow`,
      memoryMb: { first: mean(first.map(total)), last: mean(last.map(total)) },
      backlog: backlogs(first, last),
      errors: 0,
    });

    function within(which: "first" | "last") {
      const [begin, end] = [samples[0]?.at ?? 0, samples.at(-1)?.at ?? 0];
      return ({ at }: Sample) => (which === "first" ? at < begin + minute : at > end - minute);
    }
  });
});

/** Every process of the pipeline, by what it is. */
async function processes(): Promise<Record<string, number>> {
  const [brokers, zookeepers] = await Promise.all([
    stream.ambari.hostsOf("KAFKA_BROKER"),
    stream.ambari.hostsOf("ZOOKEEPER_SERVER"),
  ]);
  const supervisor = lockHolder(twin.home)?.pid;
  if (supervisor === undefined) throw new Error("No supervisor runs");
  return {
    supervisor,
    ...Object.fromEntries([...brokers, ...zookeepers].map((host) => [host.split(".")[0], stream.pidOn(host)])),
    "the producer's Spark": await stream.pidOf("producer"),
    "the consumer's Spark": await stream.pidOf("consumer"),
  };
}

async function look(pids: Record<string, number>): Promise<Sample> {
  const resident = Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, residentMb(pid)]));
  const live: Record<string, number> = {};
  for (const [name, pid] of Object.entries(pids)) {
    live[name] = name === "supervisor" ? (resident[name] as number) : await liveHeapMb(pid);
  }
  return { at: Date.now(), live, resident, backlog: await stream.ledger.waiting() };
}

/** Memory of the process that is in use, MB. */
function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** How much the line through the samples climbs while they were taken, and where it begins. */
function growth(samples: Sample[], value: (sample: Sample) => number): { first: number; grown: number } {
  const begin = samples[0]?.at ?? 0;
  const points = samples.map((sample) => [(sample.at - begin) / minute, value(sample)]);
  const { m, b } = linearRegression(points);
  return { first: b, grown: m * ((points.at(-1) as number[])[0] as number) };
}

function backlogs(first: Sample[], last: Sample[]): { first: number; last: number } {
  const average = (samples: Sample[]) => Math.round(mean(samples.map(({ backlog }) => backlog)));
  return { first: average(first), last: average(last) };
}
