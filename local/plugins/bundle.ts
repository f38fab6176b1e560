import * as path from "node:path";
import { build } from "esbuild";

/** The provider plugins of this folder, and the SDK versions they answer to. */
export const plugins = { "azure-native": "3.28.0", databricks: "1.110.0", command: "1.2.1" } as const;

export type PluginName = keyof typeof plugins;

/** The entry point of a plugin, for `tsx`. */
function pluginMain(name: PluginName): string {
  return path.join(__dirname, name, "main.ts");
}

/**
 * Packs a plugin with its dependencies into one JavaScript file that plain `node` runs. Every Pulumi command starts
 * its plugins anew, and compiling them each time would take longer than most of their work.
 *
 * @param outFile the file to write; its folder is made
 */
export async function bundlePlugin(name: PluginName, outFile: string): Promise<void> {
  await build({
    entryPoints: [pluginMain(name)],
    outfile: outFile,
    bundle: true,
    platform: "node",
    target: "node20",
    // ssh2 uses these if they are there: compiled code that nothing here builds.
    external: ["cpu-features"],
    loader: { ".node": "empty" },
    logLevel: "warning",
  });
}
