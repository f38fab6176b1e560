import { randomBytes, randomUUID } from "node:crypto";
import * as path from "node:path";
import { z } from "zod";
import { readIfThere, writeFileAtomic } from "../files";
import { twinPaths } from "../paths";
import { ensurePrivate } from "../privacy";
import { createOnce } from "./createOnce";
import { generatePassword } from "./password";
import { generateSshKeyPair } from "./sshKey";

const schema = z.object({
  /** Encrypts the secrets in the local stack's state. */
  passphrase: z.string().min(20),
  /** Of the cluster's HTTPS gateway (Ambari), user `admin`. */
  gatewayPassword: z.string().min(10),
  /** Ed25519 key pair of the cluster's SSH user: OpenSSH private key, and the line for authorized_keys. */
  ssh: z.object({ privateKey: z.string(), publicKey: z.string() }),
  /** The service principal that the twin's Azure accepts. */
  azure: z.object({
    tenantId: z.uuid(),
    subscriptionId: z.uuid(),
    clientId: z.uuid(),
    clientSecret: z.string().min(20),
  }),
  databricksToken: z.string().startsWith("dapi"),
  xBearerToken: z.string().min(20),
});

/** Whom the twin's Databricks takes the bearer of its token for. */
export const operator = "operator@example.com";

/** Keys and secrets of one twin. They work against this machine's twin only. */
export type TwinKeys = z.infer<typeof schema> & {
  /** The SSH private key as a file of mode 0600, as `ssh -i` wants it. */
  sshPrivateKeyFile: string;
};

/**
 * The keys of the twin whose home folder is `home`; created once, in `<home>/keys`, mode 0600.
 * Rejects when the file is damaged, and says what to do.
 */
export async function loadKeys(home: string): Promise<TwinKeys> {
  const folder = twinPaths(home).keys;
  ensurePrivate(folder);
  const file = path.join(folder, "keys.json");
  const text = createOnce(file, () => `${JSON.stringify(createKeys(), null, 2)}\n`);
  const keys = parse(text, file);
  const sshPrivateKeyFile = path.join(folder, "id_ed25519");
  // Derived, so that a run which ended between two files leaves nothing half made.
  for (const [name, content] of [
    [sshPrivateKeyFile, keys.ssh.privateKey],
    [`${sshPrivateKeyFile}.pub`, `${keys.ssh.publicKey}\n`],
  ]) {
    if (readIfThere(name) !== content) writeFileAtomic(name, content);
  }
  return { ...keys, sshPrivateKeyFile };
}

function parse(text: string, file: string): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new Error(
      `\`${file}\` does not hold the twin's keys: ${reason}. Run \`npm stop\`, delete the file, and start again: the keys are made anew.`,
    );
  }
}

function createKeys(): z.infer<typeof schema> {
  return {
    passphrase: random(32),
    gatewayPassword: generatePassword(["admin", "sshuser"]),
    ssh: generateSshKeyPair("local-twin"),
    azure: { tenantId: randomUUID(), subscriptionId: randomUUID(), clientId: randomUUID(), clientSecret: random(30) },
    databricksToken: `dapi${randomBytes(16).toString("hex")}`,
    xBearerToken: random(48),
  };
}

/** `bytes` of randomness in characters that need no quoting. */
function random(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}
