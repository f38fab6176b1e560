import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../local/paths";

/** Name of the package, and so the beginning of its resources' types. */
export const packageName = "azure-kafka-spark-streaming";

const pluginFolder = path.join(projectRoot, "plugin");

/**
 * Builds the component package, and writes a program into `folder` by which the engine starts it. Returns its path.
 *
 * Pulumi's own releases need none: their Node language host starts `plugin/` by its PulumiPlugin.yaml. The host that
 * is built where there is no release to be had answers "not supported" (its version is 3.68,
 * sdk/nodejs/cmd/pulumi-language-nodejs/main.go, `RunPlugin`). The program does as later hosts do: it runs the
 * runtime's `run-plugin` on that folder, in the folder that the engine runs in.
 */
export async function packagePlugin(folder: string): Promise<string> {
  await execa("npm", ["run", "build"], { cwd: pluginFolder });
  const plugin = path.join(folder, `pulumi-resource-${packageName}`);
  const runner = path.join(projectRoot, "node_modules/@pulumi/pulumi/cmd/run-plugin");
  const command = [process.execPath, runner, pluginFolder].map(quote).join(" ");
  writeFileSync(plugin, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  return plugin;
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
