import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa, type Options } from "execa";
import type { ControlPlane, ControlPlaneOptions } from "../../local/controlPlane";
import { projectRoot, toolPaths } from "../../local/paths";
import { privately } from "../../local/privacy";
import { loadKeys } from "../../local/setup/keys";
import { stackName, writeConfiguration } from "../../local/stack/configuration";
import type { LocalEnvironment } from "../../local/stack/environment";
import type { Operation } from "../../local/stack/localStack";
import { openControlPlane } from "../../tools/diff/sandbox";
import { ArmClient } from "./cloud/arm/client";
import { type Engine, runEngine } from "./events";

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

  static async start(options?: ControlPlaneOptions): Promise<ControlPlaneStack> {
    const home = mkdtempSync(path.join(tmpdir(), "control-plane-"));
    const { services, environment } = await openControlPlane(home, options);
    return new ControlPlaneStack(home, services, environment);
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

  /**
   * Runs an operation with this configuration; the resources that it touched, by what it did to them.
   *
   * @throws Error with what the engine said when it fails
   */
  async done(operation: Operation, config: Record<string, unknown> = {}): Promise<Record<string, string[]>> {
    this.config = config;
    const { ok, errors, touched } = await runEngine(this, operation);
    if (!ok || errors !== "") throw new Error(`\`pulumi ${operation}\` failed: ${errors}`);
    return touched;
  }

  /** A client of the control plane's Azure Resource Manager, for what happens behind Pulumi's back. */
  async arm(): Promise<ArmClient> {
    const { ARM_METADATA_HOSTNAME: host, SSL_CERT_FILE: authority = "" } = this.environment;
    const client = new ArmClient((await loadKeys(this.home)).azure);
    await client.connect(`https://${host}`, readFileSync(authority, "utf8"));
    return client;
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
