import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import * as path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { toolPaths } from "../../../local/paths";
import { installPlugins, pluginFolder, pluginsAreCurrent } from "../../../local/setup/plugins";
import { temporaryFolder } from "./loopback";

describe("installPlugins", () => {
  it("puts a launcher for each provider where the engine looks for it", async () => {
    const tools = toolPaths(await temporaryFolder());
    expect(pluginsAreCurrent(tools)).toBe(false);
    await installPlugins(tools);
    expect(pluginsAreCurrent(tools)).toBe(true);
    for (const name of ["azure-native", "databricks", "command"]) {
      const { version } = JSON.parse(readFileSync(`node_modules/@pulumi/${name}/package.json`, "utf8"));
      const folder = path.join(tools.pulumiHome, "plugins", `resource-${name}-v${version}`);
      expect(readdirSync(folder).sort()).toEqual(["main.js", `pulumi-resource-${name}`]);
      // The bundler names each module it takes: one from elsewhere would change without the plugin being made anew.
      const modules = [...readFileSync(path.join(folder, "main.js"), "utf8").matchAll(/^\/\/ (\S+\.[jt]s)$/gm)];
      expect(modules.length).toBeGreaterThan(10);
      expect(modules.map((match) => match[1]).filter((file) => !/^(local\/plugins|node_modules)\//.test(file))).toEqual(
        [],
      );
      expect(statSync(path.join(folder, `pulumi-resource-${name}`)).mode & 0o777).toBe(0o755);
    }
    rmSync(pluginFolder("command", tools), { recursive: true });
    expect(pluginsAreCurrent(tools)).toBe(false);
  });

  it("makes launchers that run from wherever they are and tell the engine their port", async () => {
    const folder = path.join(await temporaryFolder(), "with a space");
    const tools = toolPaths(folder);
    await installPlugins(tools);
    const launcher = path.join(pluginFolder("command", tools), "pulumi-resource-command");
    expect(existsSync(launcher)).toBe(true);
    const child = spawn(launcher, ["127.0.0.1:1"], { cwd: "/", stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    onTestFinished(async () => {
      child.kill();
      await ended;
    });
    const [line] = await once(child.stdout, "data");
    const socket = connect(Number(String(line).trim()), "127.0.0.1");
    await once(socket, "connect");
    socket.destroy();
  });
});
