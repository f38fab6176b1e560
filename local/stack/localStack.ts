import { execa, type Options } from "execa";
import { readEndpoints } from "../endpoints";
import { projectRoot, type ToolPaths, toolPaths, twinPaths } from "../paths";
import { stackName, writeConfiguration } from "./configuration";
import { type LocalEnvironment, localEnvironment } from "./environment";

/** What the engine is asked to do. */
export type Operation = "up" | "preview" | "refresh" | "destroy";

/** The local stack: the project's program, run by the real Pulumi engine against the twin in `home`. */
export class LocalStack {
  private constructor(
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
    return new LocalStack(environment, configuration);
  }

  /** Runs the engine; its own display goes where `options.stdio` says. Rejects when it fails. */
  run(operation: Operation, args: string[] = [], options: Options = { stdio: "inherit" }) {
    const always = ["--stack", stackName, "--config-file", this.configuration];
    const unattended = operation === "preview" ? [] : ["--yes", "--skip-preview"];
    return this.pulumi([operation, ...always, ...unattended, ...args], options);
  }

  /** Any other command of the Pulumi CLI, in the project's folder. */
  pulumi(args: string[], options: Options = {}) {
    return execa("pulumi", args, { cwd: projectRoot, env: this.environment, ...options });
  }

  /** The stack's outputs; secrets as `[secret]`. */
  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.pulumi(["stack", "output", "--json", "--stack", stackName]);
    return JSON.parse(String(stdout)) as Record<string, unknown>;
  }
}
