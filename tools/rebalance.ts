import { Command, InvalidArgumentError } from "commander";
import { accessTo } from "./rebalance/access";
import { HeadNode } from "./rebalance/headNode";
import { rebalance } from "./rebalance/run";
import { endWith } from "./stack/command";
import { environmentOf, runAsOperator } from "./stack/environment";

interface Flags {
  stack: string;
  apply?: boolean;
  throttle: number;
  racks: Record<number, string>;
}

function megabytes(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number of MB a second from 1.");
}

function racksByBroker(text: string): Record<number, string> {
  const pairs = text.split(",").map((pair) => /^(\d+)=([\w.-]+)$/.exec(pair.trim()));
  if (pairs.some((pair) => !pair)) throw new InvalidArgumentError("It must be like 1001=0,1002=1,1003=2.");
  return Object.fromEntries(pairs.map((pair) => [Number(pair?.[1]), pair?.[2] as string]));
}

const program = new Command("rebalance")
  .description(
    "Plans how Kafka's partitions are spread over all brokers and racks, with as few moves as that takes, and prints it.\n" +
      "With --apply, Kafka's own tools carry it out on the head node, over SSH. Ends with 0 when all is well, 2 when not.",
  )
  .requiredOption("--stack <name>", "stack whose cluster it is")
  .option("--apply", "carry the plan out, and wait for its end")
  .option(
    "--throttle <MB/s>",
    "what each broker may copy, both ways; more than it is sent, or it never ends",
    megabytes,
    50,
  )
  .option(
    "--racks <id=rack,...>",
    "rack (fault domain) of each broker, which HDInsight's do not announce",
    racksByBroker,
    {},
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

async function main({ stack, apply = false, throttle, racks }: Flags): Promise<number> {
  const env = await environmentOf(stack);
  const elsewhere = await runAsOperator(stack);
  if (elsewhere !== undefined) return elsewhere;
  const { brokers, login } = await accessTo(stack, env);
  const node = await HeadNode.connect(login);
  try {
    const progress = (line: string) => console.error(`${line} ...`);
    await rebalance(node, { brokers, racks, apply, throttle: throttle * 1_000_000, say: console.log, progress });
    return 0;
  } finally {
    node.close();
  }
}

endWith(main(program.parse().opts<Flags>()), 2);
