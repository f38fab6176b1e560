import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";
import { utils } from "ssh2";
import type { SshKeyPair } from "../../local/setup/sshKey";
import { makeKey } from "../../settings/credentials";

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
        `Make one with \`${makeKey}\`.`,
    );
  }
  const publicKey = [key.type, key.getPublicSSH().toString("base64"), key.comment].filter(Boolean).join(" ");
  return { privateKey, publicKey };
}

/** Makes a new RSA pair of 4096 bits at `file` and `file.pub`, as `ssh-keygen` does; in a second or some. Throws when there is one. */
export function makeSshKey(file: string, comment: string): SshKeyPair {
  for (const one of [file, `${file}.pub`]) {
    if (existsSync(one)) throw new Error(`\`${one}\` is there already, and is not replaced.`);
  }
  const { private: privateKey, public: publicKey } = utils.generateKeyPairSync("rsa", { bits: 4096, comment });
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, privateKey, { mode: 0o600, flag: "wx" });
  writeFileSync(`${file}.pub`, `${publicKey}\n`, { flag: "wx" });
  return { privateKey, publicKey };
}
