import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { execa, type Options } from "execa";
import { ControlPlane, type Durations } from "../../local/controlPlane";
import { projectRoot, toolPaths } from "../../local/paths";
import { privately } from "../../local/privacy";
import { stackName, writeConfiguration } from "../../local/stack/configuration";
import { environmentFor, type LocalEnvironment } from "../../local/stack/environment";

/** A Pulumi program with its stack's configuration, for the engine to run on a control plane. */
export interface Program {
  folder: string;
  /** Arguments of the CLI that name stack and configuration. */
  args: string[];
}

/**
 * The engine, and a control plane of its own to deploy to: services that answer at once, with nothing behind them. So what
 * is measured is Pulumi and the program.
 */
export class EngineBench {
  private constructor(
    private readonly home: string,
    private readonly services: ControlPlane,
    readonly environment: LocalEnvironment,
  ) {}

  /** @param durations how long things take that take minutes in Azure; default no time */
  static async start(home: string, durations?: Durations): Promise<EngineBench> {
    const services = await ControlPlane.open(home, { durations });
    return new EngineBench(home, services, await environmentFor(home, toolPaths(), services.arm));
  }

  /**
   * The project's own program, with configuration (by key below `streaming:`) on top of `Pulumi.local.yaml`.
   *
   * @param name of the configuration, where there are several at a time
   */
  async project(config: Record<string, unknown> = {}, name = "project"): Promise<Program> {
    const overrides = Object.fromEntries(Object.entries(config).map(([key, value]) => [`streaming:${key}`, value]));
    const file = path.join(this.home, `${name}.yaml`);
    renameSync(await writeConfiguration(this.home, toolPaths(), overrides), file);
    return { folder: projectRoot, args: ["--stack", stackName, "--config-file", file] };
  }

  /** Another program in TypeScript, with the packages and the compiler options of this project. */
  async other(name: string, source: string): Promise<Program> {
    const folder = path.join(this.home, "programs", name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path.join(folder, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\nmain: index.ts\n`);
    writeFileSync(path.join(folder, "index.ts"), source);
    for (const shared of ["node_modules", "package.json", "tsconfig.json"]) {
      symlinkSync(path.join(projectRoot, shared), path.join(folder, shared));
    }
    const program = { folder, args: ["--stack", "bench"] };
    await this.cli(program, ["stack", "init"]);
    return program;
  }

  /** Runs the CLI on a program's stack. Rejects, with what it said, when it fails. */
  cli(program: Program, command: string[], options: Options = {}) {
    const { file, args, cwd, env } = this.command(program, command);
    return privately(() => execa(file, args, { cwd, env, stdin: "ignore", ...options }));
  }

  /** The same as a command for somebody else to run. */
  command({ folder, args }: Program, command: string[]) {
    return { file: "pulumi", args: [...command, ...args, "--non-interactive"], cwd: folder, env: this.environment };
  }

  /** Closes the control plane. What it wrote goes with the folder. */
  close(): Promise<void> {
    return this.services.close();
  }
}
