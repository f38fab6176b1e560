import * as path from "node:path";
import { execa, type Options } from "execa";
import { type Endpoints, readEndpoints } from "../endpoints";
import { enteringOperator } from "../network/namespaces/entering";
import { operatorAddress } from "../network/plan";
import { projectRoot, type ToolPaths, toolPaths, twinPaths } from "../paths";
import { privately } from "../privacy";
import { stackName, writeConfiguration } from "./configuration";
import { type LocalEnvironment, localEnvironment, withoutOwnPassphrase } from "./environment";
import { chosenInstalled } from "./pluginChoice";
import { recover } from "./recovery";
import { isOperator } from "./runAsOperator";
import { WorkspaceClient } from "./workspaceClient";

/** What the engine is asked to do. */
export type Operation = "up" | "preview" | "refresh" | "destroy";

/** Runs the Pulumi CLI on the local stack, with its configuration where the command takes one. */
export type PulumiCli = (args: string[], options?: Options) => ReturnType<typeof execa>;

/** What to do while the engine runs. */
export interface Watch {
  /** Told in one line what is done before the engine begins. Default: standard output. */
  say?: (line: string) => void;
  /** Given the engine's process once it runs. */
  started?: (engine: ReturnType<typeof execa>) => void;
}

/** Operations that read or write the stack's configuration file. */
const configured = new Set<string>(["up", "preview", "refresh", "destroy", "import"]);

/** The local stack: the project's program, run by the real Pulumi engine against the twin in `home`. */
export class LocalStack {
  private constructor(
    private readonly home: string,
    readonly environment: LocalEnvironment,
    /** File with the configuration that the engine runs with. */
    readonly configuration: string,
    private readonly operator: readonly string[],
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
    const { x, network } = readEndpoints(home) as Endpoints;
    const configuration = await writeConfiguration(home, tools, {
      "streaming:twitterApiUrl": x.url,
      ...(network.mode === "namespaces" && { "streaming:operatorAddresses": [`${operatorAddress}/32`] }),
      ...overrides,
    });
    return new LocalStack(home, environment, configuration, network.operator);
  }

  /**
   * Runs the engine; its own display goes where `options.stdio` says. What a killed run left behind is put in order
   * first. Rejects when the engine fails.
   */
  async run(
    operation: Operation,
    args: string[] = [],
    options: Options = { stdio: "inherit" },
    { say = console.log, started }: Watch = {},
  ) {
    // The engine would say less about one that is gone.
    chosenInstalled(this.home);
    if (operation !== "preview") await this.recover(say);
    const unattended = operation === "preview" ? [] : ["--yes", "--skip-preview"];
    const engine = this.pulumi([operation, ...unattended, ...args], options);
    started?.(engine);
    return engine;
  }

  /** Any command of the Pulumi CLI on this stack, in the project's folder. */
  readonly pulumi: PulumiCli = (args, options = {}) => {
    const configuration = configured.has(args[0]) ? ["--config-file", this.configuration] : [];
    const command = ["pulumi", ...args, "--stack", stackName, ...configuration];
    const [program = "", ...rest] = this.asOperator(command);
    return privately(() =>
      execa(program, rest, {
        cwd: projectRoot,
        ...options,
        env: { ...(options.env ?? this.environment), ...withoutOwnPassphrase },
      }),
    );
  };

  /** The command line that runs `command` where the operator is, who alone reaches the cluster's gateway. */
  asOperator(command: readonly string[]): string[] {
    return enteringOperator(isOperator() ? [] : this.operator, command, projectRoot);
  }

  /** The stack's outputs; secrets as `[secret]`. */
  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.pulumi(["stack", "output", "--json"]);
    return JSON.parse(String(stdout)) as Record<string, unknown>;
  }

  /** A client for the workspace at `url`. */
  workspace(url: string): WorkspaceClient {
    return new WorkspaceClient(url, this.environment.DATABRICKS_TOKEN, this.environment.NODE_EXTRA_CA_CERTS);
  }

  /** A client for the workspace that is deployed, by the stack's outputs; undefined when there is none. */
  deployedWorkspace({ workspaceUrl }: Record<string, unknown>): WorkspaceClient | undefined {
    return typeof workspaceUrl === "string" ? this.workspace(workspaceUrl) : undefined;
  }

  private recover(say: (line: string) => void): Promise<void> {
    return recover({
      pulumi: this.pulumi,
      stateFolder: path.join(this.home, "pulumi"),
      subscriptionId: this.environment.ARM_SUBSCRIPTION_ID,
      workspaceAt: (url) => this.workspace(url),
      say,
    });
  }
}
