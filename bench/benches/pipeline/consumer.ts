import { writeDataset } from "../../engine/dataset";
import { figure } from "../../measure/figure";
import { interleave } from "../../measure/interleave";
import type { Context, Figure, Target } from "../../model";
import type { Pipeline } from "./index";

const records = 500_000;
const topic = "read";

/** Events that KafkaConsumer reads in a second, against a stream that looks at none of them. */
export async function consumerRate(
  { kafka, notebooks }: Pipeline,
  { rounds, progress }: Pick<Context, "rounds" | "progress">,
): Promise<Figure[]> {
  progress(`filling a topic with ${records} events`);
  const dataset = "/Volumes/main/bench/read.jsonl";
  await writeDataset(notebooks.volume(dataset), records, 100);
  await kafka.createTopic(topic, 4);
  const { brokers } = kafka;
  await notebooks.run("notebooks/KafkaProducer", {
    ...{ brokers, topic, source: "replay", rate: "0", stopAfter: String(records), dataset },
  });

  let run = 0;
  const places = () => {
    const folder = `/Volumes/main/bench/consumer-${++run}`;
    return { checkpoint: `${folder}/checkpoint`, output: `${folder}/output` };
  };
  const consumer = (sink: string) => async () => {
    const trigger = "availableNow";
    const { log } = await notebooks.run("notebooks/KafkaConsumer", { brokers, topic, trigger, sink, ...places() });
    const perSecond = records / (longestBatch(log) / 1000);
    progress(`KafkaConsumer, ${sink}: ${Math.round(perSecond)} events a second`);
    return { perSecond };
  };
  const bare = (parse: boolean) => async () => {
    const how = { trigger: "availableNow", sink: "noop", checkpoint: places().checkpoint };
    const { value } = await notebooks.run("bench/notebooks/bareStream", {
      ...{ brokers, topic, ...how, parse: String(parse) },
    });
    const { rows, ms } = value as { rows: number; ms: number };
    if (rows !== records) throw new Error(`The bare stream read ${rows} of ${records} records.`);
    progress(`a bare stream${parse ? " that parses" : ""}: ${Math.round(rows / (ms / 1000))} records a second`);
    return { perSecond: rows / (ms / 1000) };
  };
  const found = await interleave(
    { noop: consumer("noop"), json: consumer("json"), bare: bare(false), parsing: bare(true) },
    rounds(3),
  );
  const nothing = { name: "a stream that reads the topic and does nothing", samples: found.bare.perSecond };
  const parsing = { name: "a stream that parses each record, and no more", samples: found.parsing.perSecond };
  const rate = (name: string, samples: number[], reference: typeof nothing, target?: Target) =>
    figure("records/s", { name: `KafkaConsumer, ${name}`, samples }, reference, target);
  return [
    rate("noop sink", found.noop.perSecond, nothing, { of: "ratio", is: "at least", limit: 0.8 }),
    rate("noop sink, beside parsing", found.noop.perSecond, parsing),
    rate("json sink", found.json.perSecond, nothing),
  ];
}

/**
 * Milliseconds that the slower of both queries took for the batch with all events: they run side by side. By the lines of
 * progress in the notebook's output. Throws when one of them did not read all events at once.
 */
export function longestBatch(log: string, all = records): number {
  const lines = [...log.matchAll(/\{"query":"(\w+)".*\}/g)].map(
    ([json]) => JSON.parse(json) as { query: string; numInputRows: number; triggerExecutionMs: number },
  );
  const whole = lines.filter(({ numInputRows }) => numInputRows === all);
  const queries = new Set(whole.map(({ query }) => query));
  if (!queries.has("events") || !queries.has("hashtags")) {
    throw new Error(`There is no batch of ${all} events of both queries in\n${log}`);
  }
  return Math.max(...whole.map(({ triggerExecutionMs }) => triggerExecutionMs));
}
