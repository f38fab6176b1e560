import { Command } from "commander";
import { endWith, wholeNumber } from "./stack/command";
import { environmentOf, runInNetworkOf } from "./stack/environment";
import { readOutputs } from "./stack/outputs";
import { toText } from "./verify/report";
import { verify } from "./verify/run";
import { Workspace } from "./verify/workspace";

interface Flags {
  stack: string;
  json?: boolean;
  timeout: number;
  count: number;
}

const program = new Command("verify")
  .description(
    "Verifies a deployed pipeline from its stack outputs alone: brokers, topics, and that each record reaches the sink once.\n" +
      "Records are compared where the sink is delta, parquet or json. For others it looks at the consumer's run, and says so.\n" +
      "Ends with 0 when all is well, 1 when something is missing or wrong, 2 when it cannot be verified.",
  )
  .requiredOption("--stack <name>", "stack to verify")
  .option("--json", "print the report as JSON")
  .option("--timeout <seconds>", "how long the consumer may take", wholeNumber, 180)
  // A wrong command line verifies nothing either.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .option("--count <records>", "number of marked records to send", wholeNumber, 100);

async function main({ stack, json, timeout, count }: Flags): Promise<number> {
  const env = await environmentOf(stack);
  const outputs = await readOutputs(stack, env);
  const elsewhere = await runInNetworkOf(stack, outputs.zookeeperNodes?.[0] ?? outputs.kafkaBrokers[0]);
  if (elsewhere !== undefined) return elsewhere;
  const workspace = new Workspace(outputs.workspaceUrl, env);
  try {
    const progress = (message: string) => console.error(`${message} ...`);
    const { report, misses } = await verify(outputs, workspace, { count, timeoutMs: timeout * 1000, progress });
    console.log(json ? JSON.stringify(report) : toText(report));
    for (const miss of misses) console.error(`- ${miss}`);
    return misses.length > 0 ? 1 : 0;
  } finally {
    await workspace.close();
  }
}

endWith(main(program.parse().opts<Flags>()), 2);
