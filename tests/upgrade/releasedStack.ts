import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa, type Options } from "execa";
import { parse, stringify } from "yaml";
import { ControlPlane } from "../../local/controlPlane";
import { projectRoot, toolPaths, twinPaths } from "../../local/paths";
import { loadKeys } from "../../local/setup/keys";
import { environmentFor, type LocalEnvironment } from "../../local/stack/environment";
import type { Operation } from "../../local/stack/localStack";
import { sandboxVariables } from "../../tools/diff/sandbox";
import type { Engine } from "../local/events";
import { type Release, releaseFolder, stackName } from "./release";

/**
 * A stack as a release has left it, in the engine's state and in the services that stand for Azure, which today's
 * program can be run on. Secrets of the services are made anew; ids and the state's passphrase are the release's.
 */
export class ReleasedStack implements Engine {
  private constructor(
    private readonly home: string,
    private readonly folder: string,
    private readonly services: ControlPlane,
    readonly environment: LocalEnvironment,
  ) {}

  static async open(version: string): Promise<ReleasedStack> {
    const home = mkdtempSync(path.join(tmpdir(), "release-"));
    const folder = releaseFolder(version);
    cpSync(path.join(folder, "services"), home, { recursive: true });
    const { azure, passphrase } = JSON.parse(readFileSync(path.join(folder, "release.json"), "utf8")) as Release;
    const { sshPrivateKeyFile, ...keys } = await loadKeys(home);
    const own = { ...keys, passphrase, azure: { ...keys.azure, ...azure } };
    writeFileSync(path.join(path.dirname(sshPrivateKeyFile), "keys.json"), JSON.stringify(own), { mode: 0o600 });
    writeFileSync(path.join(twinPaths(home).keys, "passphrase"), passphrase, { mode: 0o600 });
    for (const name of ["pulumi/tmp", "stack"]) mkdirSync(path.join(home, name), { recursive: true, mode: 0o700 });
    const services = await ControlPlane.open(home);
    const environment = { ...(await environmentFor(home, toolPaths(), services.arm)), ...sandboxVariables };
    const stack = new ReleasedStack(home, folder, services, environment);
    await stack.importState();
    return stack;
  }

  /** Configuration on top of the release's, by key below `streaming:`, for the runs that follow. */
  config: Record<string, unknown> = {};

  run(operation: Operation, args: string[], options: Options) {
    const { config, ...file } = parse(readFileSync(path.join(this.folder, `Pulumi.${stackName}.yaml`), "utf8"));
    const added = Object.entries(this.config).map(([key, value]) => [`streaming:${key}`, value]);
    const effective = path.join(this.home, "stack", "effective.yaml");
    writeFileSync(effective, stringify({ ...file, config: { ...config, ...Object.fromEntries(added) } }));
    const command = [operation, ...args, "--stack", stackName, "--config-file", effective, "--non-interactive"];
    return execa("pulumi", command, { cwd: projectRoot, env: this.environment, ...options });
  }

  async close(): Promise<void> {
    await this.services.close();
    rmSync(this.home, { recursive: true, force: true });
  }

  private async importState(): Promise<void> {
    const cwd = path.join(this.home, "stack");
    cpSync(path.join(projectRoot, "Pulumi.yaml"), path.join(cwd, "Pulumi.yaml"));
    const options = { cwd, env: this.environment };
    await execa("pulumi", ["stack", "init", stackName, "--non-interactive"], options);
    await execa("pulumi", ["stack", "import", "--file", path.join(this.folder, "state.json")], options);
  }
}
