import { utils } from "ssh2";
import { describe, expect, it } from "vitest";
import { generateSshKeyPair, isSound } from "../../../local/setup/sshKey";

describe("generateSshKeyPair", () => {
  it("never returns a pair that cannot be read back, though the library makes one in a hundred or so", () => {
    for (let round = 0; round < 600; round++) {
      const pair = generateSshKeyPair("someone");
      const key = utils.parseKey(pair.privateKey);
      if (key instanceof Error) throw key;
      expect(pair.publicKey).toBe(`ssh-ed25519 ${key.getPublicSSH().toString("base64")} someone`);
    }
  });
});

describe("isSound", () => {
  it("refuses halves of different pairs, and text that is no key", () => {
    const [one, other] = [generateSshKeyPair("a"), generateSshKeyPair("b")];
    expect(isSound(one.privateKey, one.publicKey)).toBe(true);
    expect(isSound(one.privateKey, other.publicKey)).toBe(false);
    expect(isSound("no key", one.publicKey)).toBe(false);
  });
});
