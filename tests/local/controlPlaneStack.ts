import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa, type Options } from "execa";
import { ControlPlane } from "../../local/controlPlane";
import { projectRoot, toolPaths } from "../../local/paths";
import { privately } from "../../local/privacy";
import { stackName, writeConfiguration } from "../../local/stack/configuration";
import { environmentFor, type LocalEnvironment } from "../../local/stack/environment";
import type { Operation } from "../../local/stack/localStack";
import type { Engine } from "./events";

/**
 * The project's program, run by the real engine against the twin's control plane alone: a deployment takes seconds, and
 * nothing runs behind it. For tests of what is deployed, not of what flows.
 */
export class ControlPlaneStack implements Engine {
  private constructor(
    readonly home: string,
    private readonly services: ControlPlane,
    readonly environment: LocalEnvironment,
  ) {}

  static async start(): Promise<ControlPlaneStack> {
    const home = mkdtempSync(path.join(tmpdir(), "control-plane-"));
    const services = await ControlPlane.open(home);
    return new ControlPlaneStack(home, services, await environmentFor(home, toolPaths(), services.arm));
  }

  /** Configuration on top of `Pulumi.local.yaml`, by key below `streaming:`, for the runs that follow. */
  config: Record<string, unknown> = {};

  async run(operation: Operation, args: string[] = [], options: Options = {}) {
    const overrides = Object.fromEntries(
      Object.entries(this.config).map(([key, value]) => [`streaming:${key}`, value]),
    );
    const file = await writeConfiguration(this.home, toolPaths(), overrides);
    const unattended = operation === "preview" ? [] : ["--yes", "--skip-preview"];
    return this.pulumi([operation, ...unattended, ...args, "--config-file", file], options);
  }

  /** Any command of the Pulumi CLI on the stack. */
  pulumi(args: string[], options: Options = {}) {
    const command = [...args, "--stack", stackName, "--non-interactive"];
    return privately(() => execa("pulumi", command, { cwd: projectRoot, env: this.environment, ...options }));
  }

  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.pulumi(["stack", "output", "--json"]);
    return JSON.parse(String(stdout)) as Record<string, unknown>;
  }

  async stop(): Promise<void> {
    await this.services.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}
