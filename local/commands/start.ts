import * as path from "node:path";
import pc from "picocolors";
import { type Display, openDisplay } from "../display";
import { drawTopology } from "../display/topology";
import { duration } from "../display/words";
import { type Endpoints, readEndpoints } from "../endpoints";
import type { NetworkChoice } from "../network";
import { look } from "../page/look";
import { toolPaths, twinPaths } from "../paths";
import { ensureSetup } from "../setup";
import { javaBinary } from "../setup/prerequisites";
import { missingSteps, setupSteps } from "../setup/steps";
import { provideDataset } from "../stack/dataset";
import { deploy } from "../stack/deployment";
import { Interruption } from "../stack/interruption";
import { LocalStack } from "../stack/localStack";
import { networksOf } from "../stack/networkMode";
import { choosePlugins, describePlugins, type PluginChoice } from "../stack/pluginChoice";
import { startSupervisor } from "../supervise";
import { consumed } from "./start/consumed";
import { expectation } from "./start/expectation";
import { describeFailure, type Phase } from "./start/failure";
import { whatNext } from "./start/next";

/** For the consumer's first events. */
const patience = { deadlineMs: 180_000 };

export interface StartOptions {
  network?: NetworkChoice;
  /** Default: the plugins of this project. */
  plugins?: PluginChoice;
  /** Everything in lines, as it comes. */
  verbose?: boolean;
}

/** `npm start`: from nothing, or from wherever an earlier run ended, to messages flowing and a picture of it all. */
export async function start(options: StartOptions = {}): Promise<void> {
  const { root: home, logs } = twinPaths();
  // Before the display: what is wrong here needs no log.
  javaBinary();
  choosePlugins(home, options.plugins ?? "bundled");
  const log = path.join(logs, "start.log");
  const display = openDisplay({ file: log, verbose: options.verbose });
  const run = new Start(home, options, display);
  try {
    await run.all();
  } catch (error) {
    throw run.interruption.asked
      ? error
      : new Error(describeFailure(run.phase, error as Error, [toolPaths().root, home], log));
  } finally {
    run.interruption.close();
    display.close();
  }
}

/** One run, phase by phase. */
class Start {
  readonly interruption: Interruption;
  /** What is being done, for messages. */
  phase: Phase = "Set-up";
  private readonly began = Date.now();
  private readonly tools = toolPaths();

  constructor(
    private readonly home: string,
    private readonly options: StartOptions,
    private readonly display: Display,
  ) {
    this.interruption = new Interruption(display, "start");
  }

  async all(): Promise<void> {
    this.display.say(expectation(missingSteps(setupSteps(this.tools)), readEndpoints(this.home)));
    const setup = await this.setup();
    const endpoints = await this.services(setup.dataset);
    const stack = await this.deployment();
    const outputs = await stack.outputs();
    await this.messages(stack, outputs);
    await this.picture(outputs, endpoints);
  }

  private begin(number: number, title: Phase, explanation: string): void {
    this.phase = title;
    this.display.phase(`${number}/4 ${title}`, explanation);
  }

  private async setup() {
    this.begin(1, "Tools", "what runs it all, fetched or made once");
    const setup = await ensureSetup({ display: this.display, tools: this.tools });
    this.display.say(`  ${setup.pulumi}, Java at ${setup.java}`);
    return setup;
  }

  private async services(dataset: string): Promise<Endpoints> {
    this.begin(2, "Services", "Azure, Databricks and X as they answer on the network, on this machine");
    const task = this.display.task("services");
    try {
      const endpoints = await startSupervisor(this.home, { network: this.options.network });
      await provideDataset(this.home, this.tools);
      task.done("answer");
      this.display.say(`  networks: ${networksOf(endpoints)}\n  events: ${dataset}`);
      return endpoints;
    } catch (error) {
      task.failed();
      throw error;
    }
  }

  private async deployment(): Promise<LocalStack> {
    this.begin(3, "Deployment", "`pulumi up` of this project's program, resource by resource");
    this.display.say(`  provider plugins: ${describePlugins(this.home)}`);
    const stack = await LocalStack.open(this.home, this.tools);
    const began = Date.now();
    const summary = await deploy(stack, "up", this.display, this.interruption);
    this.display.say(`  ${summary} (${duration(Date.now() - began)})`);
    return stack;
  }

  private async messages(stack: LocalStack, outputs: Record<string, unknown>): Promise<void> {
    this.begin(4, "Messages", "KafkaProducer -> Kafka -> KafkaConsumer, both running in Spark");
    const task = this.display.task("first events");
    task.tell("Spark starts the two notebooks");
    try {
      const client = stack.deployedWorkspace(outputs);
      if (!client) throw new Error("The stack has no `workspaceUrl` output: it is not deployed.");
      const lines = await consumed(client, String(outputs.consumerJobUrl), this.home, patience);
      task.done("read by the consumer");
      this.display.say(lines.join("\n"));
    } catch (error) {
      task.failed();
      throw error;
    }
  }

  /** The screen that stays: the topology with its addresses, where to look, and what to try. */
  private async picture(outputs: Record<string, unknown>, { network }: Endpoints): Promise<void> {
    this.phase = "The look at what runs";
    const snapshot = await look(this.home);
    const text = (key: string) => (typeof outputs[key] === "string" ? (outputs[key] as string) : undefined);
    const picture = drawTopology(snapshot, {
      columns: process.stdout.columns ?? 80,
      sshEndpoint: text("sshEndpoint"),
      workspaceUrl: text("workspaceUrl"),
    });
    this.display.say(`\n${pc.bold("It runs")}, after ${duration(Date.now() - this.began)}.\n\n${picture}`);
    this.display.say(whatNext(network.mode));
  }
}
