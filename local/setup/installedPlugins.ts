import { accessSync, constants, existsSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type PluginName, plugins } from "../plugins/bundle";
import { pluginVersion } from "./plugins";

/** An official provider plugin in the user's own Pulumi installation. */
export interface InstalledPlugin {
  name: PluginName;
  version: string;
  folder: string;
}

/**
 * Where the user's own Pulumi keeps its plugins: `$PULUMI_HOME/plugins`, or `~/.pulumi/plugins`. A PULUMI_HOME that
 * belongs to this project, as `npm run local -- env` sets it, is none of the user's.
 */
export function userPluginsFolder(ownHomes: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  const home = env.PULUMI_HOME;
  const isOwn = home !== undefined && ownHomes.some((own) => real(own) === real(home));
  return path.join(home && !isOwn ? home : path.join(os.homedir(), ".pulumi"), "plugins");
}

/**
 * The official plugins in `folder`, in exactly the versions of this project's SDKs.
 *
 * @throws Error that names what is missing, in which version, where it was looked for, and how to get it
 */
export function findInstalledPlugins(folder: string): InstalledPlugin[] {
  const wanted = (Object.keys(plugins) as PluginName[]).map((name) => {
    const version = pluginVersion(name);
    return { name, version, folder: path.join(folder, `resource-${name}-v${version}`) };
  });
  const missing = wanted.filter((plugin) => !isComplete(plugin));
  if (missing.length === 0) return wanted;
  const names = missing.map(({ name, version }) => `${name} ${version}`).join(", ");
  throw new Error(
    [
      `\`--plugins installed\` needs the official plugins of azure-native, databricks and command. Not installed in ${folder}: ${names}.`,
      "Install them, then try again:",
      ...missing.map(({ name, version }) => `  pulumi plugin install resource ${name} v${version}`),
      "Or leave it to the plugins of this project: `--plugins bundled`.",
    ].join("\n"),
  );
}

/**
 * Makes `home` a PULUMI_HOME that has these plugins and nothing else. Their files are linked: the user's installation
 * gets nothing written into it, and no program is copied. (The engine passes over a folder that is a link itself.)
 */
export function linkPlugins(found: readonly InstalledPlugin[], home: string): void {
  rmSync(path.join(home, "plugins"), { recursive: true, force: true });
  for (const { folder } of found) {
    const place = path.join(home, "plugins", path.basename(folder));
    mkdirSync(place, { recursive: true, mode: 0o700 });
    for (const file of readdirSync(folder)) symlinkSync(path.join(folder, file), path.join(place, file));
  }
}

/** Pulumi marks an installation under way, or broken off, by a file beside the folder. */
function isComplete({ name, folder }: InstalledPlugin): boolean {
  if (existsSync(`${folder}.partial`)) return false;
  const program = path.join(folder, `pulumi-resource-${name}${process.platform === "win32" ? ".exe" : ""}`);
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function real(folder: string): string {
  return existsSync(folder) ? realpathSync(folder) : path.resolve(folder);
}
