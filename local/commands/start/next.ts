import pc from "picocolors";
import type { NetworkMode } from "../../network";

type Command = [command: string, use: string];

const toLook: Command[] = [
  ["npm run local -- open", "all of it, live, in your browser"],
  ["npm run consume", "the records, as they come"],
  ["npm run topics", "partitions, copies and records"],
  ["npm run local -- logs consumer -f", "also: producer, services"],
];

const toTry: Command[] = [
  ["edit Pulumi.local.yaml", "`partitions: 8`, then npm run local -- up"],
  ["edit notebooks/KafkaConsumer.scala", "then npm run local -- up"],
  ["npm run local -- break broker 1002", "lose one; afterwards: mend broker 1002"],
  ["npm run verify -- --stack local", "nothing lost, nothing twice?"],
  ["npm run local -- exec -- bash", "a shell that reaches Ambari and SSH"],
  ["npm stop", "destroys it, and ends every process"],
];

/** Where to look and what to try, once messages flow. */
export function whatNext(mode: NetworkMode): string {
  const useful = toTry.filter(([command]) => mode === "namespaces" || !command.includes(" exec "));
  return [...section("Where to look", toLook), ...section("What to try", useful)].join("\n");
}

function section(title: string, commands: Command[]): string[] {
  return ["", pc.bold(title), ...commands.map(([command, use]) => `  ${pc.cyan(command.padEnd(35))} ${use}`)];
}
