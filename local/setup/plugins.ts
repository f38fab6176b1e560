import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import * as path from "node:path";
import { filesBelow, readIfThere, writeFileAtomic } from "../files";
import { projectRoot, type ToolPaths, toolPaths } from "../paths";
import { bundlePlugin, type PluginName, plugins } from "../plugins/bundle";

const names = Object.keys(plugins) as PluginName[];

/** What plugins are made of: sources in this one folder, and the exact packages. */
const sources = ["local/plugins", "package-lock.json"];

/** The version of `@pulumi/<name>` installed in a folder, and so of the plugin that the engine looks for. */
export function pluginVersion(name: PluginName, folder = projectRoot): string {
  const file = path.join(folder, "node_modules", "@pulumi", name, "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** Where the engine looks for the bundled plugin that serves `@pulumi/<name>`. */
export function pluginFolder(name: PluginName, tools = toolPaths()): string {
  return path.join(tools.pulumiHome, "plugins", `resource-${name}-v${pluginVersion(name)}`);
}

/**
 * Lets the bundled plugins answer for the versions of the SDKs that another version of the project has, too. They are
 * the same: the SDK asks for its own version's plugin, and the engine runs no other.
 *
 * @param folder the other version of the project, with its packages
 */
export function offerPlugins(folder: string, tools = toolPaths()): void {
  for (const name of names) {
    const place = path.join(tools.pulumiHome, "plugins", `resource-${name}-v${pluginVersion(name, folder)}`);
    if (existsSync(place)) continue;
    mkdirSync(place, { recursive: true });
    // The engine passes over a folder that is a link itself.
    const own = pluginFolder(name, tools);
    for (const file of ["main.js", `pulumi-resource-${name}`])
      symlinkSync(path.join(own, file), path.join(place, file));
  }
}

/** Changes with every source, and with the Node that the launchers name. */
function fingerprint(): string {
  const hash = createHash("sha256").update(process.execPath);
  for (const source of sources) {
    const place = path.join(projectRoot, source);
    const files = source.endsWith(".json") ? [place] : filesBelow(place);
    for (const file of files) hash.update(`\0${path.relative(projectRoot, file)}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

const stampFile = (tools: ToolPaths) => path.join(tools.pulumiHome, ".plugins-fingerprint");

/** Whether the plugins in place belong to the sources there are now. */
export function pluginsAreCurrent(tools = toolPaths()): boolean {
  return (
    readIfThere(stampFile(tools)) === fingerprint() &&
    names.every((name) => existsSync(path.join(pluginFolder(name, tools), `pulumi-resource-${name}`)))
  );
}

/**
 * Puts the bundled provider plugins where the engine looks for them: for each one JavaScript file and the launcher that
 * runs it with this Node. Bundled, a plugin starts in a quarter of the time, and the engine starts each one every time.
 */
export async function installPlugins(tools = toolPaths()): Promise<void> {
  const stamp = fingerprint();
  await Promise.all(
    names.map(async (name) => {
      const folder = pluginFolder(name, tools);
      mkdirSync(folder, { recursive: true });
      const fresh = path.join(folder, "main.new.js");
      await bundlePlugin(name, fresh);
      renameSync(fresh, path.join(folder, "main.js"));
      const launcher = path.join(folder, `pulumi-resource-${name}`);
      writeFileAtomic(launcher, launcherScript(process.execPath), 0o755);
      chmodSync(launcher, 0o755);
    }),
  );
  writeFileAtomic(stampFile(tools), stamp, 0o644);
}

/** Runs `main.js` beside it, with the Node named, or whichever is on PATH once that one is gone. */
function launcherScript(node: string): string {
  return `#!/bin/sh
node='${node.replaceAll("'", "'\\''")}'
[ -x "$node" ] || node=node
exec "$node" "$(dirname "$0")/main.js" "$@"
`;
}
