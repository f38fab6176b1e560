import * as path from "node:path";
import { execa, type Options } from "execa";
import { readEndpoints } from "../endpoints";
import { projectRoot, type ToolPaths, toolPaths, twinPaths } from "../paths";
import { privately } from "../privacy";
import { stackName, writeConfiguration } from "./configuration";
import { type LocalEnvironment, localEnvironment } from "./environment";
import { recover } from "./recovery";
import { WorkspaceClient } from "./workspaceClient";

/** What the engine is asked to do. */
export type Operation = "up" | "preview" | "refresh" | "destroy";

/** Runs the Pulumi CLI on the local stack, with its configuration where the command takes one. */
export type PulumiCli = (args: string[], options?: Options) => ReturnType<typeof execa>;

/** Operations that read or write the stack's configuration file. */
const configured = new Set<string>(["up", "preview", "refresh", "destroy", "import"]);

/** The local stack: the project's program, run by the real Pulumi engine against the twin in `home`. */
export class LocalStack {
  private constructor(
    private readonly home: string,
    readonly environment: LocalEnvironment,
    private readonly configuration: string,
  ) {}

  /**
   * Prepares the stack's configuration and environment; the twin must be running.
   * `overrides` are configuration values on top of `Pulumi.local.yaml`, by full key.
   */
  static async open(
    home = twinPaths().root,
    tools: ToolPaths = toolPaths(),
    overrides: Record<string, unknown> = {},
  ): Promise<LocalStack> {
    const environment = await localEnvironment(home, tools);
    const x = readEndpoints(home)?.x.url;
    const configuration = await writeConfiguration(home, tools, { "streaming:twitterApiUrl": x, ...overrides });
    return new LocalStack(home, environment, configuration);
  }

  /**
   * Runs the engine; its own display goes where `options.stdio` says. What a killed run left behind is put in order
   * first. Rejects when the engine fails.
   */
  async run(operation: Operation, args: string[] = [], options: Options = { stdio: "inherit" }) {
    if (operation !== "preview") await this.recover();
    const unattended = operation === "preview" ? [] : ["--yes", "--skip-preview"];
    return this.pulumi([operation, ...unattended, ...args], options);
  }

  /** Any command of the Pulumi CLI on this stack, in the project's folder. */
  readonly pulumi: PulumiCli = (args, options = {}) => {
    const configuration = configured.has(args[0]) ? ["--config-file", this.configuration] : [];
    return privately(() =>
      execa("pulumi", [...args, "--stack", stackName, ...configuration], {
        cwd: projectRoot,
        env: this.environment,
        ...options,
      }),
    );
  };

  /** The stack's outputs; secrets as `[secret]`. */
  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.pulumi(["stack", "output", "--json"]);
    return JSON.parse(String(stdout)) as Record<string, unknown>;
  }

  /** A client for the workspace at `url`. */
  workspace(url: string): WorkspaceClient {
    return new WorkspaceClient(url, this.environment.DATABRICKS_TOKEN, this.environment.NODE_EXTRA_CA_CERTS);
  }

  private recover(): Promise<void> {
    return recover(this.pulumi, path.join(this.home, "pulumi"), this.environment.ARM_SUBSCRIPTION_ID, (url) =>
      this.workspace(url),
    );
  }
}
