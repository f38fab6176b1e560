import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { writeFileAtomic } from "../files";
import { projectRoot, type ToolPaths, twinPaths } from "../paths";
import { privately } from "../privacy";
import { loadKeys } from "../setup/keys";
import { engineVariables, withoutOwnPassphrase } from "./environment";

/** Name of the stack, as in `Pulumi.local.yaml`. */
export const stackName = "local";

interface StackFile {
  encryptionsalt?: string;
  config: Record<string, unknown>;
}

/**
 * Writes the configuration that the engine runs with, and returns its path: `Pulumi.local.yaml` as it stands in the
 * project, the secrets of this twin, and `overrides`.
 *
 * The engine would write secrets and their salt into `Pulumi.local.yaml`, which is shared; so the stack is created in a
 * folder of the twin, where that file is private, and the two are merged anew before each run. An edit of
 * `Pulumi.local.yaml` thereby takes effect, and git sees no change that nobody made.
 */
export async function writeConfiguration(
  home: string,
  tools: ToolPaths,
  overrides: Record<string, unknown> = {},
): Promise<string> {
  mkdirSync(path.join(home, "pulumi", "tmp"), { recursive: true, mode: 0o700 });
  const secrets = await secretsFile(home, tools);
  const shared = parse(readFileSync(path.join(projectRoot, `Pulumi.${stackName}.yaml`), "utf8")) as StackFile;
  const merged: StackFile = {
    encryptionsalt: secrets.encryptionsalt,
    config: { ...shared.config, ...secrets.config, ...overrides },
  };
  const file = path.join(home, "stack", "effective.yaml");
  // Another command may run the engine with it at this moment.
  writeFileAtomic(file, stringify(merged));
  return file;
}

/** The stack's own file with salt and encrypted secrets; the stack is created on first use. */
async function secretsFile(home: string, tools: ToolPaths): Promise<StackFile> {
  const folder = path.join(home, "stack");
  const file = path.join(folder, `Pulumi.${stackName}.yaml`);
  const done = path.join(folder, "created");
  if (!existsSync(done)) {
    await createStack(home, tools, folder);
    writeFileSync(done, "", { mode: 0o600 });
  }
  return parse(readFileSync(file, "utf8")) as StackFile;
}

async function createStack(home: string, tools: ToolPaths, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(folder, "Pulumi.yaml"), readFileSync(path.join(projectRoot, "Pulumi.yaml")), { mode: 0o600 });

  const keys = await loadKeys(home);
  writeFileSync(path.join(twinPaths(home).keys, "passphrase"), keys.passphrase, { mode: 0o600 });
  const env = { ...engineVariables(home, tools), ...withoutOwnPassphrase };
  const pulumi = (args: string[], input = "") => privately(() => execa("pulumi", args, { cwd: folder, env, input }));
  // A first run that was cut short may have got as far as this.
  await pulumi(["stack", "select", stackName, "--create", "--non-interactive"]);
  const secrets: Record<string, string> = {
    "streaming:gatewayPassword": keys.gatewayPassword,
    "streaming:sshPrivateKey": keys.ssh.privateKey,
    "streaming:twitterBearerToken": keys.xBearerToken,
  };
  for (const [key, value] of Object.entries(secrets)) {
    // By standard input: a command line can be read by every user of the machine.
    await pulumi(["config", "set", "--secret", key, "--stack", stackName], value);
  }
  await pulumi(["config", "set", "streaming:sshPublicKey", "--stack", stackName], keys.ssh.publicKey);
}
