import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stackFile } from "../stackConfiguration";
import type { Draft } from "./draft";
import type { Pulumi } from "./pulumi";

/**
 * Makes the stack and its file, and has the engine encrypt the secrets. Rejects when a part of that fails: before
 * secrets are set nothing is left but an empty stack, later the commands for what is missing are named.
 */
export async function createStack(
  folder: string,
  stack: string,
  draft: Draft,
  secretsProvider: string | undefined,
  pulumi: Pulumi,
): Promise<void> {
  const file = stackFile(stack, folder);
  // A stack that an earlier try left is taken as it is.
  const provider = secretsProvider ? ["--secrets-provider", secretsProvider] : [];
  await pulumi(["stack", "select", stack, "--create", ...provider]);
  try {
    writeFileSync(file, draft.toText(existsSync(file) ? readFileSync(file, "utf8") : ""));
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
  const left = [...draft.encrypt().keys()];
  try {
    for (const [key, value] of draft.encrypt()) {
      await pulumi(["config", "set", "--secret", key, "--stack", stack], value);
      left.shift();
    }
  } catch (error) {
    const commands = left.map((key) => `  pulumi config set --secret ${key} --stack ${stack}`).join("\n");
    throw new Error(`${(error as Error).message}\n\n${file} is there, but for these secrets:\n${commands}`);
  }
}
