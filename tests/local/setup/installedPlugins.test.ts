import { chmodSync, existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { toolPaths } from "../../../local/paths";
import { findInstalledPlugins, linkPlugins, userPluginsFolder } from "../../../local/setup/installedPlugins";
import { pluginVersion } from "../../../local/setup/plugins";
import { engineVariables } from "../../../local/stack/environment";
import { choosePlugins, chosenInstalled, describePlugins, pluginChoice } from "../../../local/stack/pluginChoice";
import { temporaryFolder } from "./loopback";

const names = ["azure-native", "databricks", "command"] as const;

/** A Pulumi installation with plugins that do nothing. */
async function installation(): Promise<string> {
  const home = await temporaryFolder();
  for (const name of names) {
    const folder = path.join(home, "plugins", `resource-${name}-v${pluginVersion(name)}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `pulumi-resource-${name}`), "#!/bin/sh\n", { mode: 0o755 });
    writeFileSync(path.join(folder, "PulumiPlugin.yaml"), "");
  }
  return home;
}

const folderOf = (home: string, name: (typeof names)[number]) =>
  path.join(home, "plugins", `resource-${name}-v${pluginVersion(name)}`);

describe("the user's plugins", () => {
  it("are where the user's Pulumi has its home, and never where this project has its own", async () => {
    const [own, theirs] = [await temporaryFolder(), await temporaryFolder()];
    expect(userPluginsFolder([own], { PULUMI_HOME: theirs })).toBe(path.join(theirs, "plugins"));
    expect(userPluginsFolder([own], { PULUMI_HOME: own })).toBe(path.join(os.homedir(), ".pulumi", "plugins"));
    expect(userPluginsFolder([own], {})).toBe(path.join(os.homedir(), ".pulumi", "plugins"));
  });

  it("are found in the versions of the SDKs", async () => {
    const home = await installation();
    expect(
      findInstalledPlugins(path.join(home, "plugins"))
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...names].sort());
  });

  it.each<[string, (folder: string) => void]>([
    ["is not there", (folder) => rmSync(folder, { recursive: true })],
    ["was broken off while it was installed", (folder) => writeFileSync(`${folder}.partial`, "")],
    ["is no program", (folder) => chmodSync(path.join(folder, "pulumi-resource-databricks"), 0o644)],
  ])("are refused when one %s, with its version, the place, and the command to install it", async (_what, spoil) => {
    const home = await installation();
    spoil(folderOf(home, "databricks"));
    const version = pluginVersion("databricks");
    expect(() => findInstalledPlugins(path.join(home, "plugins"))).toThrow(
      `Not installed in ${path.join(home, "plugins")}: databricks ${version}.\n` +
        `Install them, then try again:\n  pulumi plugin install resource databricks v${version}\nOr `,
    );
  });

  it("are linked, file by file, into a home for the engine", async () => {
    const [theirs, home] = [await installation(), await temporaryFolder()];
    linkPlugins(findInstalledPlugins(path.join(theirs, "plugins")), home);
    const place = folderOf(home, "command");
    expect(lstatSync(place).isDirectory()).toBe(true);
    expect(readlinkSync(path.join(place, "pulumi-resource-command"))).toBe(
      path.join(folderOf(theirs, "command"), "pulumi-resource-command"),
    );
    expect(existsSync(path.join(place, "PulumiPlugin.yaml"))).toBe(true);
  });
});

describe("the choice of plugins", () => {
  async function environment() {
    const [theirs, home, root] = [await installation(), await temporaryFolder(), await temporaryFolder()];
    vi.stubEnv("PULUMI_HOME", theirs);
    onTestFinished(() => void vi.unstubAllEnvs());
    return { theirs, home, tools: toolPaths(root) };
  }

  it("is the bundled ones until another is made, and stays with the environment", async () => {
    const { theirs, home, tools } = await environment();
    expect([pluginChoice(home), describePlugins(home)]).toEqual(["bundled", "bundled with this project"]);
    expect(engineVariables(home, tools).PULUMI_HOME).toBe(tools.pulumiHome);

    choosePlugins(home, "installed", tools);
    vi.stubEnv("PULUMI_HOME", "/somewhere/else");
    expect(pluginChoice(home)).toBe("installed");
    expect(describePlugins(home)).toBe(`installed in ${path.join(theirs, "plugins")}`);
    expect(chosenInstalled(home)).toHaveLength(3);
    const { PULUMI_HOME = "" } = engineVariables(home, tools);
    expect(path.dirname(PULUMI_HOME)).toBe(home);
    expect(existsSync(path.join(folderOf(PULUMI_HOME, "azure-native"), "pulumi-resource-azure-native"))).toBe(true);

    choosePlugins(home, "bundled", tools);
    expect(chosenInstalled(home)).toBeUndefined();
    expect(existsSync(PULUMI_HOME)).toBe(false);
  });

  it("is not made when a plugin is missing, and is told about when one goes later", async () => {
    const { theirs, home, tools } = await environment();
    const azure = folderOf(theirs, "azure-native");
    rmSync(azure, { recursive: true });
    expect(() => choosePlugins(home, "installed", tools)).toThrow("pulumi plugin install resource azure-native v");
    expect(pluginChoice(home)).toBe("bundled");
    mkdirSync(azure);
    writeFileSync(path.join(azure, "pulumi-resource-azure-native"), "", { mode: 0o755 });
    choosePlugins(home, "installed", tools);
    rmSync(azure, { recursive: true });
    expect(() => chosenInstalled(home)).toThrow("azure-native");
  });
});
