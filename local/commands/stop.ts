import { existsSync, rmSync } from "node:fs";
import * as path from "node:path";
import { readEndpoints } from "../endpoints";
import { twinPaths } from "../paths";
import { LocalStack } from "../stack/localStack";
import { choosePlugins, type PluginChoice } from "../stack/pluginChoice";
import { startSupervisor, stopSupervisor } from "../supervise";
import { engineRun } from "./engine";

/**
 * Destroys the stack, ends every process and deletes the events. Keys and downloads stay for the next start.
 * Services that died on the way are started once more, since only they can delete what they hold.
 */
export async function stop(options: { plugins?: PluginChoice } = {}): Promise<void> {
  const home = twinPaths().root;
  if (!existsSync(home)) {
    console.log("Nothing to stop: the local environment was never started here.");
    return;
  }
  if (options.plugins) choosePlugins(home, options.plugins);
  if (existsSync(path.join(home, "stack", "created"))) {
    if (!readEndpoints(home)) await startSupervisor(home);
    await engineRun(await LocalStack.open(home), "destroy");
  }
  await stopSupervisor(home);
  rmSync(twinPaths(home).volumes, { recursive: true, force: true });
  console.log("\nStopped. Every process has ended; `npm start` brings everything up again.");
}
