import { execa, type Options } from "execa";
import type { LocalEnvironment } from "../../local/stack/environment";
import type { Operation } from "../../local/stack/localStack";

const stackName = "test";

/** A stack of an example program, run by the real engine against a twin, as a user runs it: in the example's folder. */
export class ExampleStack {
  private constructor(
    private readonly folder: string,
    readonly environment: LocalEnvironment,
  ) {}

  /** Makes the stack in `folder` and sets its configuration. */
  static async create(
    folder: string,
    environment: LocalEnvironment,
    config: Record<string, string>,
    secrets: Record<string, string> = {},
  ): Promise<ExampleStack> {
    const stack = new ExampleStack(folder, environment);
    await stack.pulumi(["stack", "init", stackName]);
    for (const [key, value] of Object.entries(config)) await stack.pulumi(["config", "set", key, value]);
    for (const [key, value] of Object.entries(secrets)) {
      await stack.pulumi(["config", "set", "--secret", key], { input: value });
    }
    return stack;
  }

  run(operation: Operation, args: string[], options: Options) {
    const unattended = operation === "preview" ? [] : ["--yes", "--skip-preview"];
    return this.pulumi([operation, ...unattended, ...args], options);
  }

  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.pulumi(["stack", "output", "--json"]);
    return JSON.parse(String(stdout)) as Record<string, unknown>;
  }

  /** The stack's state, as it is kept. */
  async state(): Promise<string> {
    return String((await this.pulumi(["stack", "export"])).stdout);
  }

  private pulumi(args: string[], options: Options = {}) {
    return execa("pulumi", [...args, "--non-interactive"], { cwd: this.folder, env: this.environment, ...options });
  }
}
