import { Command } from "commander";
import { describeTopics } from "./topics/describe";
import { toText } from "./topics/render";
import { environmentOf, verifyElsewhere } from "./verify/environment";
import { reason } from "./verify/failure";
import { kafkaClient, withAdmin } from "./verify/kafka";
import { readOutputs } from "./verify/outputs";

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
  const elsewhere = await verifyElsewhere(stack, outputs.kafkaBrokers[0] ?? "");
  if (elsewhere !== undefined) return elsewhere;
  const topics = await withAdmin(kafkaClient(outputs.kafkaBrokers), (admin) => describeTopics(admin, names));
  console.log(json ? JSON.stringify(topics, null, 2) : toText(topics, partitions));
  return 0;
}

program.parse();
main(program.args, program.opts<Flags>())
  .catch((error: unknown) => {
    console.error(reason(error));
    return 1;
  })
  .then((code) => {
    process.exitCode = code;
  });
