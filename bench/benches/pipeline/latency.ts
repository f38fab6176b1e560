import { setTimeout as sleep } from "node:timers/promises";
import { writeDataset } from "../../engine/dataset";
import { figure } from "../../measure/figure";
import type { Context, Figure } from "../../model";
import type { Pipeline } from "./index";

/** Seconds whose events are not in the latencies, but have to arrive: the JVMs compile what they do most. */
const warmUp = 15;

/** A core for each partition is what the continuous trigger needs, and a notebook has two here. */
const partitions = 2;

/** What streams from one topic to another. */
type Stream = "KafkaConsumer" | "KafkaConsumer, continuous" | "a stream that hands records on";

interface Arrivals {
  sent: number;
  arrived: number;
  distinct: number;
  p50: number;
  p99: number;
}

/**
 * How long an event is on its way, from `sentAt`, when KafkaProducer hands it to Kafka, until KafkaConsumer, with the
 * shortest trigger, hands it on to a Kafka sink. Once for each rate: it is the time that costs.
 */
export async function latency(
  pipeline: Pipeline,
  { progress }: Pick<Context, "rounds" | "progress">,
): Promise<Figure[]> {
  const dataset = "/Volumes/main/bench/latency.jsonl";
  await writeDataset(pipeline.notebooks.volume(dataset), 1_000_000, 100);
  const figures: Figure[] = [];
  for (const { rate, records } of [
    { rate: 1_000, records: 75_000 },
    { rate: 10_000, records: 1_000_000 },
  ]) {
    const run = async (stream: Stream, count: number) => {
      const arrivals = await flow(pipeline, { stream, rate, records: count, dataset });
      progress(`${rate} events/s, ${stream}: p50 ${Math.round(arrivals.p50)} ms, p99 ${Math.round(arrivals.p99)} ms`);
      return arrivals;
    };
    const bare = await run("a stream that hands records on", Math.min(records, 60 * rate));
    const consumer = await run("KafkaConsumer", records);
    const continuous = await run("KafkaConsumer, continuous", Math.min(records, 60 * rate));
    const at = `${rate.toLocaleString("en")} events/s`;
    const beside = (key: "p50" | "p99") => ({ name: "a stream that hands records on", samples: [bare[key]] });
    const atMost = (limit: number) => ({ of: "value", is: "at most", limit }) as const;
    figures.push(
      figure("ms", { name: `latency, ${at}: p50`, samples: [consumer.p50] }, beside("p50"), atMost(250)),
      figure("ms", { name: `latency, ${at}: p99`, samples: [consumer.p99] }, beside("p99"), atMost(1000)),
      figure("ms", { name: `latency, ${at}, continuous: p50`, samples: [continuous.p50] }, beside("p50")),
      figure("ms", { name: `latency, ${at}, continuous: p99`, samples: [continuous.p99] }, beside("p99")),
      figure("1", { name: `missing of ${consumer.sent}, ${at}`, samples: [missing(consumer)] }, undefined, atMost(0)),
      figure("1", { name: `duplicates, ${at}`, samples: [repeated(consumer)] }, undefined, atMost(0)),
    );
  }
  return figures;
}

const missing = ({ sent, distinct }: Arrivals) => sent - distinct;
const repeated = ({ arrived, distinct }: Arrivals) => arrived - distinct;

let flows = 0;

/** Lets events flow at a steady rate until all have arrived, and compares both topics. */
async function flow(
  { kafka, notebooks }: Pipeline,
  { stream, rate, records, dataset }: { stream: Stream; rate: number; records: number; dataset: string },
): Promise<Arrivals> {
  const name = `flow-${++flows}`;
  const output = `${name}-out`;
  const { brokers } = kafka;
  await kafka.createTopic(name, partitions);
  await kafka.createTopic(output, partitions);
  const places = { sink: `kafka:${output}`, checkpoint: `/Volumes/main/bench/${name}` };
  const reading = { brokers, topic: name, ...places };
  const reader =
    stream === "a stream that hands records on"
      ? await notebooks.start("bench/notebooks/bareStream", { ...reading, trigger: "0 seconds" })
      : await notebooks.start("notebooks/KafkaConsumer", {
          ...reading,
          trigger: stream === "KafkaConsumer" ? "0 seconds" : "continuous 1 second",
        });
  try {
    // Side by side the two would start, and the first events would wait for the reader's Spark.
    await sleep(25_000);
    const sending = { brokers, topic: name, source: "replay", rate: String(rate), stopAfter: String(records), dataset };
    await notebooks.run("notebooks/KafkaProducer", sending);
    await Promise.race([settled(() => kafka.size(output)), reader.done.then(() => undefined)]);
  } finally {
    await reader.cancel();
  }
  const { value } = await notebooks.run("bench/notebooks/arrivals", {
    ...{ brokers, topic: name, output, warmUp: String(warmUp) },
  });
  await kafka.deleteTopic(name);
  await kafka.deleteTopic(output);
  return value as Arrivals;
}

/** Waits until a number has not changed for ten seconds. */
async function settled(look: () => Promise<number>): Promise<void> {
  let last = -1;
  let since = Date.now();
  while (Date.now() - since < 10_000) {
    const now = await look();
    if (now !== last) since = Date.now();
    last = now;
    await sleep(1_000);
  }
}
