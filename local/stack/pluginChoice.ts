import { rmSync } from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { readIfThere, writeFileAtomic } from "../files";
import { type ToolPaths, toolPaths } from "../paths";
import { findInstalledPlugins, type InstalledPlugin, linkPlugins, userPluginsFolder } from "../setup/installedPlugins";

/** Whose provider plugins the engine runs: the small ones of this project, or the official ones that the user has. */
export const pluginChoices = ["bundled", "installed"] as const;
export type PluginChoice = (typeof pluginChoices)[number];

const schema = z.object({
  choice: z.enum(pluginChoices),
  /** Where the user's are, when they were chosen. */
  folder: z.string().optional(),
});
type Choice = z.infer<typeof schema>;

/** What the environment in `home` runs with. It stays until another choice is made, or `npm start` is run without one. */
export function pluginChoice(home: string): PluginChoice {
  return recorded(home).choice;
}

/**
 * Chooses the plugins for all that follows in `home`.
 *
 * @throws Error when the user's are chosen and one is missing; then the choice stays what it was
 */
export function choosePlugins(home: string, choice: PluginChoice, tools: ToolPaths = toolPaths()): void {
  if (choice === "bundled") {
    save(home, { choice });
    rmSync(installedHome(home), { recursive: true, force: true });
    return;
  }
  const folder = userPluginsFolder([tools.pulumiHome, pluginHome(home, tools)]);
  linkPlugins(findInstalledPlugins(folder), installedHome(home));
  save(home, { choice, folder });
}

/** The chosen official plugins, looked up anew: the user may have removed one since. Undefined for the bundled ones. */
export function chosenInstalled(home: string): InstalledPlugin[] | undefined {
  const { choice, folder } = recorded(home);
  return choice === "installed" && folder !== undefined ? findInstalledPlugins(folder) : undefined;
}

/** The PULUMI_HOME of the engine's runs in `home`. */
export function pluginHome(home: string, tools: ToolPaths): string {
  return pluginChoice(home) === "installed" ? installedHome(home) : tools.pulumiHome;
}

/** Which plugins run, in words for people. */
export function describePlugins(home: string): string {
  const { choice, folder } = recorded(home);
  return choice === "bundled" ? "bundled with this project" : `installed in ${folder}`;
}

const installedHome = (home: string) => path.join(home, "pulumi-home");
const choiceFile = (home: string) => path.join(home, "plugins.json");

function recorded(home: string): Choice {
  const text = readIfThere(choiceFile(home));
  return text === undefined ? { choice: "bundled" } : schema.parse(JSON.parse(text));
}

function save(home: string, record: Choice): void {
  writeFileAtomic(choiceFile(home), `${JSON.stringify(record)}\n`);
}
