import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";
import { utils } from "ssh2";
import { generateSshKeyPair, type SshKeyPair } from "../../local/setup/sshKey";

/** `~/x` as the file that it is. */
export function expandHome(file: string, home = homedir()): string {
  return path.resolve(file.replace(/^~(?=$|\/)/, home));
}

/**
 * Both halves of the key pair in a private key file.
 *
 * @throws Error when there is no such file, or none that opens without a passphrase
 */
export function readSshKey(file: string): SshKeyPair {
  const privateKey = readFileSync(file, "utf8");
  const key = utils.parseKey(privateKey);
  if (key instanceof Error || !key.isPrivateKey()) {
    const reason = key instanceof Error ? key.message : "it holds a public key";
    throw new Error(
      `\`${file}\` needs to be a private key in OpenSSH or PEM format, without a passphrase: ${reason}. ` +
        'Make one with `ssh-keygen -t ed25519 -N "" -f ~/.ssh/streaming`.',
    );
  }
  const publicKey = [key.type, key.getPublicSSH().toString("base64"), key.comment].filter(Boolean).join(" ");
  return { privateKey, publicKey };
}

/** Makes a new pair at `file` and `file.pub`, as `ssh-keygen` does. Throws when there is one. */
export function makeSshKey(file: string, comment: string): SshKeyPair {
  for (const one of [file, `${file}.pub`]) {
    if (existsSync(one)) throw new Error(`\`${one}\` is there already, and is not replaced.`);
  }
  const pair = generateSshKeyPair(comment);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, pair.privateKey, { mode: 0o600, flag: "wx" });
  writeFileSync(`${file}.pub`, `${pair.publicKey}\n`, { flag: "wx" });
  return pair;
}
