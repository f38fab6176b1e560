import * as path from "node:path";
import { execa } from "execa";
import { toolPaths } from "../../local/paths";

/** Runs the Pulumi CLI in a project's folder; secrets go in by standard input, which no other user can read. */
export type Pulumi = (args: string[], input?: string) => Promise<string>;

/**
 * The user's own CLI with the user's login, or this project's where there is none.
 * What it rejects with is what Pulumi says.
 */
export function pulumiIn(folder: string, env: NodeJS.ProcessEnv = process.env): Pulumi {
  const PATH = `${env.PATH ?? ""}${path.delimiter}${toolPaths().bin}`;
  return async (args, input = "") => {
    const options = { cwd: folder, env: { ...env, PATH }, extendEnv: false, input, reject: false } as const;
    const { failed, stdout, stderr, shortMessage } = await execa("pulumi", [...args, "--non-interactive"], options);
    if (failed) throw new Error(String(stderr || stdout || shortMessage).trim());
    return stdout;
  };
}

/**
 * Checks the login before anybody is asked anything. Rejects, with the command that helps, when there is none, or when
 * secrets could not be encrypted.
 *
 * @param secretsProvider as for `pulumi stack init`; without one, the backend decides
 */
export async function checkLogin(
  pulumi: Pulumi,
  secretsProvider: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const answer = await pulumi(["whoami", "--json"]).catch((error: Error) => {
    throw new Error(
      `Pulumi is not logged in to a backend, which keeps the state of stacks: \`pulumi login\`.\n${error.message}`,
    );
  });
  const { url = "" } = JSON.parse(answer) as { url?: string };
  const isPulumis = url.startsWith("https:");
  const encryptsByPassphrase = secretsProvider ? secretsProvider === "passphrase" : !isPulumis;
  if (encryptsByPassphrase && !env.PULUMI_CONFIG_PASSPHRASE && !env.PULUMI_CONFIG_PASSPHRASE_FILE) {
    throw new Error(
      `Secrets of a stack in ${url} are encrypted by a passphrase, and there is none: set \`PULUMI_CONFIG_PASSPHRASE\` ` +
        "or `PULUMI_CONFIG_PASSPHRASE_FILE`, or choose another way with --secrets-provider (docs/secrets.md).",
    );
  }
}
