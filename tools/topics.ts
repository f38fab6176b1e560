import { Command } from "commander";
import { endWith } from "./stack/command";
import { environmentOf, runInNetworkOf } from "./stack/environment";
import { kafkaClient, withAdmin } from "./stack/kafka";
import { readOutputs } from "./stack/outputs";
import { describeTopics } from "./topics/describe";
import { toText } from "./topics/render";

interface Flags {
  stack: string;
  partitions?: boolean;
  json?: boolean;
}

const program = new Command("topics")
  .description(
    "Shows what the brokers of a stack say of its topics: partitions, copies, records, settings. The brokers are those of\n" +
      "the stack's outputs; where they are in a virtual network, it has to run in there.",
  )
  .argument("[topic...]", "only these; also Kafka's own, such as __consumer_offsets")
  .option("--stack <name>", "whose topics", "local")
  .option("--partitions", "a line for each partition: leader, copies, offsets")
  .option("--json", "for programs");

async function main(names: string[], { stack, partitions = false, json }: Flags): Promise<number> {
  const outputs = await readOutputs(stack, await environmentOf(stack));
  const elsewhere = await runInNetworkOf(stack, outputs.kafkaBrokers[0] ?? "");
  if (elsewhere !== undefined) return elsewhere;
  const topics = await withAdmin(kafkaClient(outputs.kafkaBrokers), (admin) => describeTopics(admin, names));
  console.log(json ? JSON.stringify(topics, null, 2) : toText(topics, partitions));
  return 0;
}

program.parse();
endWith(main(program.args, program.opts<Flags>()));
