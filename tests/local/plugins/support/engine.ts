import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { projectRoot, toolPaths } from "../../../../local/paths";
import { bundlePlugin, type PluginName, plugins } from "../../../../local/plugins/bundle";

/** What a Pulumi command printed and how it ended. */
export interface Outcome {
  ok: boolean;
  text: string;
}

/** One resource of an exported state. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  initErrors?: string[];
}

/** A project of its own, run by the real Pulumi CLI with the bundled plugins. */
export class Engine {
  private constructor(
    private readonly root: string,
    private readonly env: Record<string, string>,
  ) {}

  /**
   * @param names the plugins the programs will use
   * @param env environment of the CLI and its plugins, on top of this process's own
   */
  static async start(names: readonly PluginName[], env: Record<string, string> = {}): Promise<Engine> {
    const engine = new Engine(mkdtempSync(path.join(tmpdir(), "plugins-")), env);
    try {
      await engine.prepare(names);
      return engine;
    } catch (error) {
      engine.close();
      throw error;
    }
  }

  private async prepare(names: readonly PluginName[]): Promise<void> {
    const { root } = this;
    for (const name of names) {
      const folder = path.join(root, "home", "plugins", `resource-${name}-v${plugins[name]}`);
      await bundlePlugin(name, path.join(folder, "main.js"));
      const launcher = `#!/bin/sh\nexec '${process.execPath}' '${path.join(folder, "main.js")}' "$@"\n`;
      writeFileSync(path.join(folder, `pulumi-resource-${name}`), launcher, { mode: 0o755 });
    }
    mkdirSync(path.join(root, "state"));
    mkdirSync(path.join(root, "project"));
    symlinkSync(path.join(projectRoot, "node_modules"), path.join(root, "project", "node_modules"));
    // Plain JavaScript: loading a TypeScript compiler would take most of the time of a small program.
    const runtime = "{ name: nodejs, options: { typescript: false } }";
    this.write("Pulumi.yaml", `name: plugins\nruntime: ${runtime}\nmain: index.js\n`);
    this.write("package.json", "{}");
    this.program("");
    await this.pulumi("stack", "init", "test");
  }

  /** Where the program runs. */
  get folder(): string {
    return path.join(this.root, "project");
  }

  write(name: string, content: string): void {
    writeFileSync(path.join(this.folder, name), content);
  }

  /** Replaces the program, plain JavaScript with `pulumi`, `azure`, `databricks` and `command` at hand. */
  program(body: string): void {
    const heads = {
      pulumi: "@pulumi/pulumi",
      resources: "@pulumi/azure-native/resources",
      network: "@pulumi/azure-native/network",
      storage: "@pulumi/azure-native/storage",
      hdinsight: "@pulumi/azure-native/hdinsight",
      azuredatabricks: "@pulumi/azure-native/databricks",
      authorization: "@pulumi/azure-native/authorization",
      managedidentity: "@pulumi/azure-native/managedidentity",
      privatedns: "@pulumi/azure-native/privatedns",
      monitor: "@pulumi/azure-native/monitor",
      operationalinsights: "@pulumi/azure-native/operationalinsights",
      azure: "@pulumi/azure-native/provider",
      databricks: "@pulumi/databricks",
      command: "@pulumi/command",
    };
    const used = Object.entries(heads).filter(([name]) => name === "pulumi" || new RegExp(`\\b${name}\\.`).test(body));
    this.write("index.js", `${used.map(([n, m]) => `const ${n} = require("${m}");`).join("\n")}\n${body}\n`);
  }

  config(key: string, value: string, ...flags: string[]): Promise<Outcome> {
    return this.pulumi("config", "set", key, value, ...flags);
  }

  preview(...flags: string[]): Promise<Outcome> {
    return this.pulumi("preview", "--diff", ...flags);
  }

  up(...flags: string[]): Promise<Outcome> {
    return this.pulumi("up", "--yes", "--skip-preview", ...flags);
  }

  refresh(...flags: string[]): Promise<Outcome> {
    return this.pulumi("refresh", "--yes", "--skip-preview", ...flags);
  }

  destroy(...flags: string[]): Promise<Outcome> {
    return this.pulumi("destroy", "--yes", "--skip-preview", ...flags);
  }

  /** The outputs of the stack, secrets included. */
  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse((await this.pulumi("stack", "output", "--json", "--show-secrets")).text);
  }

  /** The state as text, as it lies on disk: secrets are encrypted. */
  async stateText(): Promise<string> {
    return (await this.pulumi("stack", "export")).text;
  }

  /** Resources of the state, without the stack and providers; secrets in clear with `showSecrets`. */
  async state(showSecrets = false): Promise<StateResource[]> {
    const { text } = await this.pulumi("stack", "export", ...(showSecrets ? ["--show-secrets"] : []));
    const resources = (JSON.parse(text).deployment.resources ?? []) as StateResource[];
    return resources.filter(({ type }) => !type.startsWith("pulumi:"));
  }

  /** Runs a Pulumi command. A failing command is an outcome, not an error. */
  async pulumi(...args: string[]): Promise<Outcome> {
    const result = await this.spawn(args);
    return { ok: result.exitCode === 0, text: args[0] === "stack" ? result.stdout : (result.all ?? "") };
  }

  /** Starts an update and sends its process a signal as soon as `when` is true. */
  async upInterrupted(signal: NodeJS.Signals, when: () => boolean): Promise<Outcome> {
    const running = this.spawn(["up", "--yes", "--skip-preview"]);
    while (!when()) await sleep(50);
    running.kill(signal);
    const result = await running;
    return { ok: result.exitCode === 0, text: result.all ?? "" };
  }

  private spawn(args: string[]) {
    const { bin } = toolPaths();
    return execa(path.join(bin, "pulumi"), [...args, "--non-interactive", "--color", "never"], {
      cwd: this.folder,
      reject: false,
      all: true,
      env: {
        PATH: `${bin}${path.delimiter}${process.env.PATH}`,
        TMPDIR: this.root,
        PULUMI_HOME: path.join(this.root, "home"),
        PULUMI_BACKEND_URL: `file://${path.join(this.root, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "plugins",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_STACK: "test",
        ...this.env,
      },
    });
  }

  /** Removes everything the engine wrote. */
  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
