/**
 * The local environment's command line: `npm start`, `npm stop` and `npm run local -- <command>`.
 * Each command is a file in `commands/`; this one only says what there is.
 */
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { breakBroker, mendBroker } from "./commands/broker";
import { engine } from "./commands/engine";
import { environment } from "./commands/environment";
import { exec } from "./commands/exec";
import { logs } from "./commands/logs";
import { open } from "./commands/open";
import { outputs } from "./commands/outputs";
import { scale } from "./commands/scale";
import { start } from "./commands/start";
import { status } from "./commands/status";
import { stop } from "./commands/stop";
import { tool } from "./commands/tool";
import { networkChoices } from "./network";
import { pluginChoices } from "./stack/pluginChoice";

const program = new Command("local").description(
  "The whole topology on this machine: real Pulumi, real Kafka, real Spark.",
);

const plugins = () =>
  new Option(
    "--plugins <whose>",
    "provider plugins: this project's, or the official ones in your Pulumi installation",
  ).choices(pluginChoices);

program
  .command("start")
  .description("set up what is missing, deploy, and show messages flowing")
  .addOption(
    new Option(
      "--network <mode>",
      "virtual networks as namespaces (where possible: auto) or at loopback addresses",
    ).choices(networkChoices),
  )
  .addOption(plugins())
  .option("--verbose", "everything in lines, as it comes")
  .action(start);
program
  .command("stop")
  .description("destroy the stack and end every process")
  .addOption(plugins())
  .option("--verbose", "everything in lines, as it comes")
  .action(stop);

for (const [operation, description] of [
  ["up", "deploy what changed in the program or in Pulumi.local.yaml"],
  ["preview", "show what `up` would change"],
  ["refresh", "compare the state with what is there"],
  ["destroy", "delete all resources, and keep the local services running"],
] as const) {
  program
    .command(operation)
    .description(description)
    .option("--json", "events for programs instead of a display for people")
    .addOption(plugins())
    .argument("[args...]", "options passed on to `pulumi`, after a second `--`")
    .action((args: string[], options: Parameters<typeof engine>[2]) => engine(operation, args, options));
}

program
  .command("open")
  .description("show what goes on, in a browser: networks, brokers, topics, jobs, resources")
  .option("--no-browser", "only print the address")
  .action(open);
program.command("status").description("what runs, and where").option("--json", "for programs").action(status);
program.command("outputs").description("the stack's outputs").option("--json", "for programs").action(outputs);
program
  .command("logs")
  .description("what the services, the producer or the consumer wrote")
  .argument("[source]", "services, producer or consumer", "services")
  .option("-f, --follow", "go on as more is written")
  .option("-n, --lines <count>", "how many of the last lines", count, 50)
  .action(logs);
for (const [name, description] of [
  ["verify", "nothing lost, nothing twice: checks brokers, topics and consumer"],
  ["topics", "partitions, copies and records of each topic"],
  ["consume", "the records of a topic, as they come"],
] as const) {
  program
    .command(name)
    .description(`${description}; for other stacks: npm run ${name}`)
    .helpOption(false)
    .allowUnknownOption()
    .argument("[args...]")
    .action((_args, _options, command) => tool(name, command.args));
}

program
  .command("scale")
  .description("change the number of brokers in Pulumi.local.yaml, and deploy it")
  .argument("<brokers>", "how many there are to be", count)
  .action(scale);
for (const [verb, description, action] of [
  ["break", "kill a broker, as a machine that loses power does", breakBroker],
  ["mend", "start a broker again, in Ambari", mendBroker],
] as const) {
  program
    .command(verb)
    .description(description)
    .addArgument(new Argument("<what>", "a broker").choices(["broker"]))
    .argument("<which>", "its id, as the page and `topics` show it (1002), or its node (wn1)")
    .action((_what, which) => action(which));
}

program
  .command("env")
  .description("addresses, credentials and CA for other clients, as shell variables")
  .option("--json", "for programs")
  .action(environment);

program
  .command("exec")
  .description(
    "run a command with these variables where the services can be reached: npm run local -- exec -- curl ...",
  )
  .option("--in <network>", "the operator, or a virtual network by name", "operator")
  .argument("<command...>")
  .action(exec);

function count(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It needs to be a whole number.");
  return Number(text);
}

program.parseAsync().catch((error: Error) => {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
});
