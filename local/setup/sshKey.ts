import { utils } from "ssh2";

export interface SshKeyPair {
  /** OpenSSH private key file, unencrypted. */
  privateKey: string;
  /** Line for authorized_keys, without a line end. */
  publicKey: string;
}

/** A new Ed25519 key pair, as OpenSSH, ssh2 and Go read it. */
export function generateSshKeyPair(comment: string): SshKeyPair {
  for (;;) {
    const pair = utils.generateKeyPairSync("ed25519", { comment });
    // ssh2 1.17 drops a leading zero byte, so one pair in a hundred or so is damaged: such a pair is thrown away.
    if (isSound(pair.private, pair.public)) return { privateKey: pair.private, publicKey: pair.public };
  }
}

/** Whether what the private key signs is accepted by the public key, and both have Ed25519's full length. */
export function isSound(privateKey: string, publicKey: string): boolean {
  const [secret, known] = [utils.parseKey(privateKey), utils.parseKey(publicKey)];
  if (secret instanceof Error || known instanceof Error) return false;
  const message = Buffer.from("sound");
  const signature = secret.sign(message);
  const body = Buffer.from(privateKey.replace(/-----[^-]+-----/g, ""), "base64");
  // 64 bytes of secret with their length before them: half seed, half public key.
  const whole = body.includes(Buffer.concat([Buffer.from([0, 0, 0, 64])])) && known.getPublicSSH().length === 51;
  return whole && Buffer.isBuffer(signature) && known.verify(message, signature) === true;
}
