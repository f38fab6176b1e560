import * as path from "node:path";
import { execa } from "execa";
import { toolPaths } from "../../local/paths";

/** Runs the Pulumi CLI in a project's folder; secrets go in by standard input, which no other user can read. */
export type Pulumi = (args: string[], input?: string) => Promise<string>;

/** There is no CLI: no word about logins, stacks or secrets. */
class NoPulumi extends Error {}

/**
 * The user's own CLI with the user's login, or this project's where there is none.
 * What it rejects with is what Pulumi says.
 *
 * @param own folder with this project's CLI
 */
export function pulumiIn(folder: string, env: NodeJS.ProcessEnv = process.env, own = toolPaths().bin): Pulumi {
  const PATH = `${env.PATH ?? ""}${path.delimiter}${own}`;
  return async (args, input = "") => {
    const options = { cwd: folder, env: { ...env, PATH }, extendEnv: false, input, reject: false } as const;
    const { failed, code, stdout, stderr, shortMessage } = await execa(
      "pulumi",
      [...args, "--non-interactive"],
      options,
    );
    if (code === "ENOENT") {
      throw new NoPulumi(
        "There is no `pulumi` on PATH. Install it (https://www.pulumi.com/docs/install/), or run `npm start` once, " +
          "which brings one.",
      );
    }
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
    if (error instanceof NoPulumi) throw error;
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
