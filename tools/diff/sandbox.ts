import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { ControlPlane, type ControlPlaneOptions } from "../../local/controlPlane";
import { readIfThere, writeFileAtomic } from "../../local/files";
import { toolPaths, twinPaths } from "../../local/paths";
import { ensurePrivate } from "../../local/privacy";
import { loadKeys } from "../../local/setup/keys";
import { offerPlugins } from "../../local/setup/plugins";
import { environmentFor, type LocalEnvironment } from "../../local/stack/environment";
import { CannotCompile } from "./compile";
import { type CliRun, cli, type EngineRun, runEngine } from "./engine";
import { type EngineEvent, failedResources, outputsOf, type Step, stepsOf } from "./events";
import { type InputsByUrn, opened, readDeployment } from "./inputs";
import type { ProtectionChange } from "./model";
import { isForbidden } from "./policies";
import { inSource, writeProgram } from "./program";
import { guarded, protectionChanges } from "./protection";
import type { Source } from "./source";
import type { RunnableConfiguration } from "./standIns";
import { surroundingsOf } from "./surroundings";

/** What a preview and the deployment after it said. */
export interface Deployment {
  /** Steps of the preview. */
  planned: Step[];
  /** Steps of the deployment; none where it was not begun, since there is nothing to do or the preview failed. */
  taken: Step[];
  /** Outputs of the stack: as they were, as the preview expects them, and as they are then. */
  outputs: Record<"before" | "planned" | "after", Record<string, unknown>>;
  /** Names of protected resources for whose sake the engine refused all of it, before their protection was taken off. */
  guarded: string[];
  /** Resources that get or lose their protection. */
  protection: ProtectionChange[];
  /** What the first preview said beside its steps: the one with policies. What they forbid is done without them after it. */
  events: EngineEvent[];
  /** URNs of the resources that the deployment failed at. */
  failed: string[];
  /** What the last of them stopped with. */
  failure: string | undefined;
}

interface Previewed extends Pick<Deployment, "protection"> {
  preview: EngineRun;
  /** As in `Deployment.guarded`. */
  kept: string[];
}

/** A later preview, with what an earlier one told of protection that was taken off between them. */
function withEarlier(earlier: Previewed, later: Previewed): Previewed {
  return earlier.kept.length > 0 ? { ...later, kept: earlier.kept, protection: earlier.protection } : later;
}

const nothingDone: Omit<Deployment, "failure"> = {
  planned: [],
  taken: [],
  outputs: { before: {}, planned: {}, after: {} },
  guarded: [],
  protection: [],
  events: [],
  failed: [],
};

/** Lets a program begin in half the time. */
const lazyPackages = path.join(__dirname, "lazyPackages.cjs");

/** However a stack logs in to its workspace, on a control plane alone it does so with that one's token. */
export const sandboxVariables = {
  TWIN_ANY_AUTH_TYPE: "true",
  TWIN_COMMAND_ENVIRONMENT: JSON.stringify({ WORKSPACE_AUTH_TYPE: "pat", WORKSPACE_POLL_MS: "10" }),
};

/** Opens the control plane in `home`; with it, what the engine and its programs need to work on it, and to begin soon. */
export async function openControlPlane(
  home: string,
  options?: ControlPlaneOptions,
): Promise<{ services: ControlPlane; environment: LocalEnvironment }> {
  const services = await ControlPlane.open(home, options);
  const environment = {
    ...(await environmentFor(home, toolPaths(), services.arm)),
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --require ${JSON.stringify(lazyPackages)}`.trim(),
  };
  return { services, environment };
}

/**
 * A stack of its own, in a folder: the engine's state, and the control plane that stands for Azure and Databricks. It
 * uses nobody's login and no network, and runs nothing that the configuration names.
 */
export class Sandbox {
  private constructor(
    private readonly home: string,
    private readonly stack: string,
    private readonly services: ControlPlane,
    private readonly environment: LocalEnvironment,
  ) {}

  /** Opens the sandbox in `home`, with the state that an earlier run left there. */
  static async open(home: string, stack: string): Promise<Sandbox> {
    ensurePrivate(home);
    for (const folder of ["pulumi/tmp", "stack"]) mkdirSync(path.join(home, folder), { recursive: true, mode: 0o700 });
    const keys = await loadKeys(home);
    writeFileSync(path.join(twinPaths(home).keys, "passphrase"), keys.passphrase, { mode: 0o600 });
    const { services, environment } = await openControlPlane(home);
    return new Sandbox(home, stack, services, { ...environment, ...sandboxVariables });
  }

  /**
   * Previews a version of the project, and then deploys it, without the policies of `args` where they forbid it. Inputs come with their secrets open, since all secrets here
   * are made up: the engine itself hides all of an object that has one in it, and says of a cluster's size no more than
   * `[secret]`.
   */
  async deploy(source: Source, configuration: RunnableConfiguration, args: string[] = []): Promise<Deployment> {
    const file = await this.writeConfiguration(source, configuration);
    const before = this.inputsBefore();
    const mistake = this.writeProgram(source);
    if (mistake !== undefined) return { ...nothingDone, failure: mistake };
    const judged = await this.previewed(args, file);
    // What policies forbid is tried without them, to see what it would come to; they stop a preview at the first resource.
    const { preview, kept, protection } = isForbidden(judged.preview.events)
      ? withEarlier(judged, await this.previewed([], file))
      : judged;
    const planned = stepsOf(preview.events);
    // What a preview finds nothing to do for, a deployment does nothing for.
    const isPointless = preview.failure !== undefined || planned.every(({ op }) => op === "same");
    const run = isPointless ? undefined : await this.engine(["up", "--yes", "--skip-preview"], file);
    const after = run ? await this.inputsAfter() : before;
    const open = (steps: Step[]) =>
      steps.map(
        (step): Step => ({
          ...step,
          ...(step.oldState && { oldState: { ...step.oldState, inputs: before[step.urn] ?? step.oldState.inputs } }),
          ...(step.newState && {
            newState: { ...step.newState, inputs: opened(step.newState.inputs, after[step.urn]) },
          }),
        }),
      );
    const outputs = outputsOf(preview.events);
    return {
      planned: open(planned),
      taken: run ? open(stepsOf(run.events)) : [],
      outputs: {
        before: outputs.before,
        planned: outputs.after,
        after: run ? outputsOf(run.events).after : outputs.after,
      },
      guarded: kept,
      protection,
      events: judged.preview.events,
      failed: run ? failedResources(run.events) : [],
      failure: this.asWritten((run ?? preview).failure, source),
    };
  }

  /** Previews what the program is now; once more without protection where that is all that stops it. */
  private async previewed(args: string[], configuration: string): Promise<Previewed> {
    const preview = await this.engine(["preview", ...args], configuration);
    const kept = guarded(preview.events);
    const protection = protectionChanges(stepsOf(preview.events));
    if (kept.length === 0) return { preview, kept, protection };
    // What the engine refuses is tried all the same, to see what it would come to.
    await this.must(["state", "unprotect", "--all", "--yes", "--stack", this.stack]);
    return { preview: await this.engine(["preview", ...args], configuration), kept, protection };
  }

  /** What a preview of a version says beside its steps. */
  async preview(source: Source, configuration: RunnableConfiguration, args: string[]): Promise<EngineEvent[]> {
    const file = await this.writeConfiguration(source, configuration);
    const mistake = this.writeProgram(source);
    if (mistake !== undefined) throw new CannotCompile(mistake);
    return (await this.engine(["preview", ...args], file)).events;
  }

  /** Deploys a version of the project where nothing is deployed yet. @returns what it stopped with, if it did */
  async install(source: Source, configuration: RunnableConfiguration): Promise<string | undefined> {
    const file = await this.writeConfiguration(source, configuration);
    const mistake = this.writeProgram(source);
    if (mistake !== undefined) return mistake;
    const { failure } = await this.engine(["up", "--yes", "--skip-preview"], file);
    if (failure === undefined) await this.inputsAfter();
    return this.asWritten(failure, source);
  }

  /** Writes the program for the engine. @returns what is wrong with it, if it cannot be compiled */
  private writeProgram(source: Source): string | undefined {
    try {
      writeProgram(source, this.program);
      offerPlugins(source.folder);
      return undefined;
    } catch (error) {
      if (error instanceof CannotCompile) return error.message;
      throw error;
    }
  }

  /** Files and lines are where their author has them. */
  private asWritten(message: string | undefined, { folder }: Source): string | undefined {
    return message && inSource(message, this.program).replaceAll(this.program, folder);
  }

  /** The engine's state, as it is exported: secrets are encrypted. */
  state(): Promise<string> {
    return this.must(["stack", "export", "--stack", this.stack]);
  }

  /** Closes the control plane. The state stays in the folder. */
  close(): Promise<void> {
    return this.services.close();
  }

  private engine(command: string[], configuration: string): Promise<EngineRun> {
    const args = [...command, "--stack", this.stack, "--config-file", configuration];
    return runEngine(args, path.join(this.home, "pulumi", "tmp"), (all) => this.pulumi(all, this.program));
  }

  /** Inputs of what is deployed, by URN: kept from the deployment, since the engine takes a while to tell them. */
  private inputsBefore(): InputsByUrn {
    return JSON.parse(readIfThere(this.inputsFile) ?? "{}") as InputsByUrn;
  }

  private async inputsAfter(): Promise<InputsByUrn> {
    const state = await this.must(["stack", "export", "--show-secrets", "--stack", this.stack]);
    const inputs = readDeployment(state);
    writeFileAtomic(this.inputsFile, JSON.stringify(inputs));
    return inputs;
  }

  /** Makes what the configuration names, and writes it as the engine reads it, in a file of the sandbox: the project's own files stay as they are. */
  private async writeConfiguration(source: Source, { values, secrets }: RunnableConfiguration): Promise<string> {
    copyFileSync(path.join(source.folder, "Pulumi.yaml"), path.join(this.folder, "Pulumi.yaml"));
    const own = path.join(this.folder, `Pulumi.${this.stack}.yaml`);
    const encrypted = path.join(this.folder, "encrypted.json");
    // Each command takes most of a second, and mostly nothing is new.
    if (readIfThere(encrypted) !== JSON.stringify(secrets)) {
      if (!existsSync(own)) await this.must(["stack", "select", this.stack, "--create", "--non-interactive"]);
      const { encryptionsalt } = parse(readFileSync(own, "utf8")) as { encryptionsalt: string };
      writeFileAtomic(own, stringify({ encryptionsalt }));
      // Made-up values, which a command line may show.
      const pairs = Object.entries(secrets).flatMap(([key, value]) => ["--secret", `${key}=${value}`]);
      if (pairs.length > 0) await this.must(["config", "set-all", "--stack", this.stack, ...pairs]);
      writeFileAtomic(encrypted, JSON.stringify(secrets));
    }
    const { encryptionsalt, config } = parse(readFileSync(own, "utf8")) as { encryptionsalt: string; config?: object };
    const file = path.join(this.folder, "effective.yaml");
    writeFileAtomic(file, stringify({ encryptionsalt, config: { ...values, ...config } }));
    await this.services.provide(surroundingsOf(values));
    return file;
  }

  private get program(): string {
    return path.join(this.home, "program", "app");
  }

  /** Holds no secret but those that are made up. */
  private get inputsFile(): string {
    return path.join(this.folder, "inputs.json");
  }

  private get folder(): string {
    return path.join(this.home, "stack");
  }

  /** Runs the CLI where the stack's own files are; its output. @throws Error with what it said when it fails. */
  private async must(args: string[]): Promise<string> {
    const { stdout, failure } = await this.pulumi(args, this.folder);
    if (failure !== undefined) throw new Error(`\`pulumi ${args[0]}\` failed: ${failure}`);
    return stdout;
  }

  private pulumi(args: string[], cwd: string): Promise<CliRun> {
    return cli(args, { cwd, env: this.environment });
  }
}
