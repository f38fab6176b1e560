import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { writeDataset } from "../../engine/dataset";
import { figure } from "../../measure/figure";
import { interleave } from "../../measure/interleave";
import type { Context, Figure } from "../../model";
import type { Pipeline } from "./index";

/** Length of a post's text, and how many are sent. The smallest event is JSON of some 150 bytes. */
const sizes = [
  { name: "150 bytes", textLength: 8, records: 300_000 },
  { name: "1 KB", textLength: 800, records: 100_000 },
];

/** Settings of KafkaProducer's own client. */
const likeTheNotebook = ["acks=all", "enable.idempotence=true", "compression.type=gzip", "linger.ms=20"];

/** Events that KafkaProducer sends in a second, against Kafka's own tool with the same records and settings. */
export async function producerRate(
  pipeline: Pipeline,
  { rounds, progress }: Pick<Context, "rounds" | "progress">,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { name, textLength, records } of sizes) {
    const dataset = `/Volumes/main/bench/${textLength}.jsonl`;
    const file = pipeline.notebooks.volume(dataset);
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeDataset(file, records, textLength);
    const payload = await payloadFile(pipeline, dataset);
    const parameters = { source: "replay", rate: "0", stopAfter: String(records), dataset };
    const { notebook, tool } = await interleave(
      {
        notebook: () => onTopic(pipeline, (topic) => notebookRate(pipeline, { ...parameters, topic }, progress)),
        tool: () => onTopic(pipeline, (topic) => toolRate(pipeline, topic, payload, records, progress)),
      },
      rounds(3),
    );
    figures.push(
      figure(
        "records/s",
        { name: `KafkaProducer, events of ${name}`, samples: notebook.perSecond },
        { name: "kafka-producer-perf-test.sh with the same records and settings", samples: tool.perSecond },
        { of: "ratio", is: "at least", limit: 0.8 },
      ),
    );
  }
  return figures;
}

async function notebookRate(
  { kafka, notebooks }: Pipeline,
  parameters: Record<string, string>,
  progress: (line: string) => void,
) {
  const { value } = await notebooks.run("notebooks/KafkaProducer", { ...parameters, brokers: kafka.brokers });
  const { perSecond } = value as { perSecond: number };
  progress(`KafkaProducer: ${Math.round(perSecond)} events a second`);
  return { perSecond };
}

async function toolRate(
  { kafka }: Pipeline,
  topic: string,
  payload: string,
  records: number,
  progress: (line: string) => void,
) {
  const output = await kafka.tool("kafka-producer-perf-test.sh", [
    ...["--topic", topic, "--num-records", String(records), "--throughput", "-1", "--payload-file", payload],
    ...["--producer-props", `bootstrap.servers=${kafka.brokers}`, ...likeTheNotebook],
  ]);
  const perSecond = rateIn(output);
  progress(`Kafka's tool: ${Math.round(perSecond)} records a second`);
  return { perSecond };
}

/** The rate in the last line that kafka-producer-perf-test.sh prints, which is of all records. Throws without one. */
export function rateIn(output: string): number {
  const rate = /records sent, ([\d.]+) records\/sec/.exec(output.trim().split("\n").at(-1) ?? "")?.[1];
  if (!rate) throw new Error(`kafka-producer-perf-test.sh told no rate:\n${output}`);
  return Number(rate);
}

/** Values that the notebook makes of a data set, for Kafka's tool to send: one a line. */
async function payloadFile(pipeline: Pipeline, dataset: string): Promise<string> {
  const { kafka, notebooks, folder } = pipeline;
  const count = "10000";
  return onTopic(pipeline, async (topic) => {
    const parameters = { brokers: kafka.brokers, topic, source: "replay", rate: "0", stopAfter: count, dataset };
    await notebooks.run("notebooks/KafkaProducer", parameters);
    const values = await kafka.tool("kafka-console-consumer.sh", [
      ...["--bootstrap-server", kafka.brokers, "--topic", topic, "--from-beginning", "--max-messages", count],
    ]);
    const file = path.join(folder, "payload");
    writeFileSync(file, values);
    return file;
  });
}

let topics = 0;

/** Lends a topic that is as good as new, as what is in it would weigh on who comes later. */
async function onTopic<T>({ kafka }: Pipeline, work: (topic: string) => Promise<T>): Promise<T> {
  const topic = `sent-${++topics}`;
  await kafka.createTopic(topic, 4);
  try {
    return await work(topic);
  } finally {
    await kafka.deleteTopic(topic);
  }
}
