import { generateKeyPairSync } from "node:crypto";
import { utils } from "ssh2";
import { describe, expect, it } from "vitest";
import { generateSshKeyPair } from "../../local/setup/sshKey";
import { isGatewayPassword, isPrivateKey, isPublicKey } from "../../settings/credentials";

describe("the gateway password", () => {
  it.each(["Correct-Horse-42", "aB3!aB3!aB", `${"~".repeat(69)}aB1`])("%s is accepted", (password) => {
    expect(isGatewayPassword(password)).toBe(true);
  });

  it.each([
    ["of nine characters", "aB3!aB3!a"],
    ["of 73 characters", `${"~".repeat(70)}aB1`],
    ["without a digit", "Correct-Horse-Battery"],
    ["without a lower-case letter", "CORRECT-HORSE-42"],
    ["without an upper-case letter", "correct-horse-42"],
    ["of letters and digits only", "CorrectHorse42"],
    ["with a space", "Correct Horse-42"],
    ["with a letter beyond ASCII", "Corréct-Horse-42"],
    ...[..."'\"`\\]."].map((character) => [`with ${character}`, `Correct-Horse-42${character}`]),
  ])("%s is refused", (_, password) => {
    expect(isGatewayPassword(password)).toBe(false);
  });
});

describe("SSH keys", () => {
  const rsa = rsaPair();
  const ed25519 = generateSshKeyPair("someone@example.com");
  const locked = utils.generateKeyPairSync("ed25519", { passphrase: "open sesame", cipher: "aes256-cbc", rounds: 8 });

  it.each([rsa, ed25519])("of the usual kinds are accepted", (pair) => {
    expect(isPublicKey(pair.publicKey)).toBe(true);
    expect(isPrivateKey(pair.privateKey)).toBe(true);
  });

  it.each([
    ["a private key", ed25519.privateKey],
    ["two keys", `${rsa.publicKey}\n${ed25519.publicKey}`],
    ["half a key", ed25519.publicKey.slice(0, 40)],
    ["the name of a file", "~/.ssh/streaming.pub"],
  ])("refuse %s as public key", (_, text) => expect(isPublicKey(text)).toBe(false));

  it.each([
    ["a public key", ed25519.publicKey],
    ["a key behind a passphrase", locked.private],
    ["the name of a file", "~/.ssh/streaming"],
  ])("refuse %s as private key", (_, text) => expect(isPrivateKey(text)).toBe(false));
});

/** An RSA key as `ssh-keygen -m PEM` writes it. */
function rsaPair() {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const key = utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return { privateKey, publicKey: `ssh-rsa ${key.getPublicSSH().toString("base64")}` };
}
