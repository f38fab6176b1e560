import { mkdirSync } from "node:fs";
import * as path from "node:path";
import { StandaloneKafka } from "../../engine/kafka";
import { BenchNotebooks } from "../../engine/notebooks";
import type { Bench, Context, Findings } from "../../model";
import { consumerRate } from "./consumer";
import { latency } from "./latency";
import { producerRate } from "./producer";

/** Addresses that nothing else here uses: a bench runs beside an environment that is up. */
const block = "127.250.1";

/** Real brokers, and real notebooks beside them. */
export interface Pipeline {
  kafka: StandaloneKafka;
  notebooks: BenchNotebooks;
  /** Empty folder for files that are no notebook's. */
  folder: string;
}

/** Both notebooks against the least that does the same work, on the same brokers. */
export const pipeline: Bench = {
  about: "how much KafkaProducer sends and KafkaConsumer reads, and how long an event is on its way",
  async run({ folder, rounds, progress, atEnd }: Context): Promise<Findings> {
    progress("starting three brokers");
    const kafka = await StandaloneKafka.start({ folder: path.join(folder, "kafka"), brokers: 3, block });
    atEnd(() => kafka.stop());
    const files = path.join(folder, "files");
    mkdirSync(files);
    const notebooks = new BenchNotebooks(path.join(folder, "spark"));
    atEnd(() => notebooks.close());
    const pipeline: Pipeline = { kafka, notebooks, folder: files };
    return {
      figures: [
        ...(await producerRate(pipeline, { rounds, progress })),
        ...(await consumerRate(pipeline, { rounds, progress })),
        ...(await latency(pipeline, { rounds, progress })),
      ],
    };
  },
};
