import * as path from "node:path";
import type { Endpoints } from "../endpoints";
import type { NetworkChoice } from "../network";
import { toolPaths, twinPaths } from "../paths";
import { ensureSetup } from "../setup";
import { provideDataset } from "../stack/dataset";
import { type ConsumedEvent, firstEvents } from "../stack/events";
import { LocalStack } from "../stack/localStack";
import { choosePlugins, describePlugins, type PluginChoice } from "../stack/pluginChoice";
import { startSupervisor } from "../supervise";
import { engineRun } from "./engine";
import { formatOutputs } from "./outputs";
import { networksOf, workspace } from "./status";

/** The consumer's Spark takes its time to come up; more than this, and something is wrong. */
const firstEventsDeadlineMs = 180_000;

/**
 * `npm start`: from nothing, or from wherever an earlier run ended, to messages flowing. With the plugins of this
 * project, unless the user's are asked for.
 */
export async function start(options: { network?: NetworkChoice; plugins?: PluginChoice } = {}): Promise<void> {
  const home = twinPaths().root;
  const tools = toolPaths();
  choosePlugins(home, options.plugins ?? "bundled", tools);

  heading("1/4 Tools", "Pulumi, Kafka, Spark and a data set; downloads happen once");
  const setup = await ensureSetup({ onProgress: (line) => console.log(`  ${line}`) });

  heading("2/4 Services", "Azure, Databricks and X as they answer on the network, on this machine");
  const endpoints = await startSupervisor(home, options);
  await provideDataset(home, tools);
  console.log(`  ready; events come from ${setup.dataset}`);
  console.log(`  networks: ${networksOf(endpoints)}`);

  heading("3/4 Deployment", "pulumi up, the real engine with this project's program");
  console.log(`  provider plugins: ${describePlugins(home)}`);
  const stack = await LocalStack.open(home, tools);
  await engineRun(stack, "up");
  const outputs = await stack.outputs();

  heading("4/4 Messages", "KafkaProducer -> Kafka -> KafkaConsumer, both running in Spark");
  await showEvents(outputs, home);

  console.log(`\nOutputs\n${formatOutputs(outputs)}`);
  console.log(whatNext(endpoints));
}

function heading(title: string, explanation: string): void {
  console.log(`\n${title}: ${explanation}`);
}

async function showEvents(outputs: Record<string, unknown>, home: string): Promise<void> {
  const client = await workspace(outputs, home);
  if (!client) throw new Error("The stack has no `workspaceUrl` output: it is not deployed.");
  const folder = await client.parameter(String(outputs.consumerJobUrl), "output");
  const local = path.join(home, folder.replace(/^\/Volumes\//, "volumes/"), "events");
  const events = await firstEvents(local, 8, firstEventsDeadlineMs);
  if (events.length === 0) {
    const run = await client.lastRun(String(outputs.consumerJobUrl));
    const log = run ? (await client.log(run)).trimEnd().split("\n").slice(-20).join("\n") : "The job has not run.";
    throw new Error(`No event was consumed within ${firstEventsDeadlineMs / 1000} s. The consumer's log ends:\n${log}`);
  }
  for (const event of events) console.log(formatEvent(event));
}

function formatEvent({ partition, offset, text }: ConsumedEvent): string {
  const where = `partition ${partition}  offset ${offset}`;
  const line = text.replaceAll(/\s+/g, " ");
  return `  ${where.padEnd(24)}  ${line.length > 90 ? `${line.slice(0, 89)}…` : line}`;
}

/** Commands and what they are for. */
const next: [string, string][] = [
  ["npm run local -- open", "all of it as a live picture in your browser"],
  ["npm run verify -- --stack local", "nothing lost, nothing twice: checks brokers, topic and consumer"],
  ["npm run local -- logs consumer -f", "watch the consumer; also: producer, services"],
  ["npm run local -- preview", "after an edit of Pulumi.local.yaml, such as more partitions"],
  ["npm run local -- status", "what runs"],
  ["npm run local -- exec -- bash", "a shell where Ambari and SSH can be reached; --in <network> for Kafka"],
  ["npm stop", "end everything"],
];

function whatNext({ network }: Endpoints): string {
  const useful = next.filter(([command]) => network.mode === "namespaces" || !command.includes(" exec "));
  return ["", "What to try next", ...useful.map(([command, use]) => `  ${command.padEnd(35)}  ${use}`)].join("\n");
}
