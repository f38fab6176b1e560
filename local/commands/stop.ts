import { existsSync, rmSync } from "node:fs";
import * as path from "node:path";
import { type Display, openDisplay } from "../display";
import { duration } from "../display/words";
import { readEndpoints } from "../endpoints";
import { twinPaths } from "../paths";
import { deploy } from "../stack/deployment";
import { Interruption } from "../stack/interruption";
import { LocalStack } from "../stack/localStack";
import { choosePlugins, type PluginChoice } from "../stack/pluginChoice";
import { startSupervisor, stopSupervisor } from "../supervise";

export interface StopOptions {
  plugins?: PluginChoice;
  /** Everything in lines, as it comes. */
  verbose?: boolean;
}

/**
 * Destroys the stack, ends every process and deletes the events. Keys and downloads stay for the next start.
 * Services that died on the way are started once more, since only they can delete what they hold.
 */
export async function stop(options: StopOptions = {}): Promise<void> {
  const { root: home, logs, volumes } = twinPaths();
  if (!existsSync(home)) {
    console.log("Nothing to stop: the local environment was never started here.");
    return;
  }
  if (options.plugins) choosePlugins(home, options.plugins);
  const began = Date.now();
  const display = openDisplay({ file: path.join(logs, "stop.log"), verbose: options.verbose });
  try {
    if (existsSync(path.join(home, "stack", "created"))) await destroy(home, display);
    await endServices(home, display);
    rmSync(volumes, { recursive: true, force: true });
    display.say(
      `\nStopped, after ${duration(Date.now() - began)}. Every process has ended; \`npm start\` brings everything up again.`,
    );
  } finally {
    display.close();
  }
}

async function destroy(home: string, display: Display): Promise<void> {
  display.phase("1/2 Destruction", "`pulumi destroy` of the stack, resource by resource");
  const interruption = new Interruption(display, "stop");
  try {
    if (!readEndpoints(home)) await startSupervisor(home);
    display.say(`  ${await deploy(await LocalStack.open(home), "destroy", display, interruption)}`);
  } finally {
    interruption.close();
  }
}

async function endServices(home: string, display: Display): Promise<void> {
  display.phase("2/2 Services", "what answered in place of Azure, Databricks and X");
  const task = display.task("services");
  try {
    await stopSupervisor(home);
    task.done("ended");
  } catch (error) {
    task.failed();
    throw error;
  }
}
