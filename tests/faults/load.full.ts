import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { linearRegression, mean } from "simple-statistics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lockHolder } from "../../local/lock";
import { runEngine } from "../local/events";
import { FaultTwin } from "./faultTwin";
import { Stream, streamConfig } from "./pipeline/stream";
import { record } from "./record";

/*
 * The pipeline at a steady rate: what it holds in memory and what waits in the topic must not grow with time.
 */

const octet = 72;
/** Events a second. */
const rate = 100;
/** Until caches are full, classes loaded and heaps at their usual size. */
const warmUpMs = 3 * 60_000;
const measureMs = 5 * 60_000;
const sampleMs = 2_000;
const minute = 60_000;

let twin: FaultTwin;
let stream: Stream;

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
}, 180_000);

/** One look at everything: megabytes by process, and events in the topic that are not in the sink. */
interface Sample {
  at: number;
  memory: Record<string, number>;
  backlog: number;
}

describe(`the pipeline at ${rate} events a second for ${measureMs / minute} minutes`, () => {
  it("holds no more memory and no more backlog in the end than in the beginning, and loses nothing", {
    timeout: warmUpMs + measureMs + 5 * minute,
  }, async () => {
    const pids = await processes();
    await sleep(warmUpMs);
    await stream.ledger.settle();
    const samples: Sample[] = [];
    for (const end = Date.now() + measureMs; Date.now() < end; await sleep(sampleMs)) samples.push(await look(pids));
    const messages = await stream.ledger.settle();

    expect(messages).toMatchObject({ lost: 0, duplicated: 0 });
    expect(await processes()).toEqual(pids);
    for (const name of Object.keys(pids)) {
      const { grown, first } = growth(samples, ({ memory }) => memory[name] ?? 0);
      console.log(
        `${name}: ${first.toFixed(0)} MB, ${grown >= 0 ? "+" : ""}${grown.toFixed(1)} MB in ${measureMs / minute} min`,
      );
      // A heap breathes; what leaks a kilobyte an event grows by 30 MB in this time, beyond any bound given here.
      expect(grown, `growth of ${name}, which began with ${first} MB`).toBeLessThan(Math.max(20, first * 0.06));
    }
    // Less than what two seconds bring: the line through all samples does not climb.
    const waiting = growth(samples, ({ backlog }) => backlog);
    expect(waiting.grown).toBeLessThan(2 * rate);

    const [first, last] = [samples.filter(within("first")), samples.filter(within("last"))];
    const total = ({ memory }: Sample) => Object.values(memory).reduce((sum, each) => sum + each, 0);
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
  const memory = Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, residentMb(pid)]));
  return { at: Date.now(), memory, backlog: await stream.ledger.waiting() };
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
