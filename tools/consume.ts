import { Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { type From, parseFrom } from "./consume/from";
import { type ConsumedRecord, readTopic } from "./consume/read";
import { endWith, wholeNumber } from "./stack/command";
import { environmentOf, runInNetworkOf } from "./stack/environment";
import { kafkaClient } from "./stack/kafka";
import { readOutputs } from "./stack/outputs";

interface Flags {
  stack: string;
  from: From;
  count?: number;
  follow: boolean;
  json?: boolean;
}

function start(text: string): From {
  try {
    return parseFrom(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

const program = new Command("consume")
  .description(
    "Prints the records of a topic as they come, until Ctrl-C. Leaves no trace: it reads with a consumer group of its own,\n" +
      "which it deletes. The brokers are those of the stack's outputs; where they are in a virtual network, it has to run there.",
  )
  .argument("[topic]", "default: the first of the stack's topics")
  .option("--stack <name>", "whose topic", "local")
  .option("--from <where>", "beginning, end, or a time such as 2026-01-31T12:00:00Z", start, "end" as From)
  .option("-n, --count <records>", "end after so many", wholeNumber)
  .option("--no-follow", "end with what is there at the start")
  .option("--json", "a line of JSON each");

async function main(topic: string | undefined, { stack, json, ...flags }: Flags): Promise<number> {
  const outputs = await readOutputs(stack, await environmentOf(stack));
  const elsewhere = await runInNetworkOf(stack, outputs.kafkaBrokers[0] ?? "");
  if (elsewhere !== undefined) return elsewhere;
  const name = topic ?? outputs.topics[0]?.name;
  if (!name) throw new Error(`Stack ${stack} has no topic.`);
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.abort());
  // Whoever reads this, such as `head`, may have enough.
  process.stdout.on("error", () => stopped.abort());
  const print = json ? (record: ConsumedRecord) => JSON.stringify(record) : toText;
  await readTopic(kafkaClient(outputs.kafkaBrokers), name, { ...flags, signal: stopped.signal }, (record) =>
    process.stdout.write(`${print(record)}\n`),
  );
  return 0;
}

function toText({ partition, offset, timestamp, key, value }: ConsumedRecord): string {
  const where = pc.dim(`${timestamp.toISOString()}  partition ${partition}  offset ${offset}`);
  return `${where}  ${key === null ? "" : `${pc.cyan(key)}  `}${value ?? pc.dim("(no value)")}`;
}

program.parse();
endWith(main(program.args[0], program.opts<Flags>()));
