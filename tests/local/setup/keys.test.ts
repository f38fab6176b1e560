import { readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import * as fc from "fast-check";
import { utils } from "ssh2";
import { describe, expect, it } from "vitest";
import { loadKeys } from "../../../local/setup/keys";
import { generatePassword, isGatewayPassword } from "../../../local/setup/password";
import { temporaryFolder } from "./loopback";

describe("loadKeys", () => {
  it("makes the keys once, readable by the user alone", async () => {
    const home = await temporaryFolder();
    const keys = await loadKeys(home);
    expect(await loadKeys(home)).toEqual(keys);
    for (const name of ["keys.json", "id_ed25519", "id_ed25519.pub"]) {
      expect(statSync(path.join(home, "keys", name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(path.join(home, "keys")).mode & 0o777).toBe(0o700);
    expect((await loadKeys(await temporaryFolder())).passphrase).not.toBe(keys.passphrase);
  });

  it("gives both the same keys when two ask at once", async () => {
    const home = await temporaryFolder();
    const [first, second] = await Promise.all([loadKeys(home), loadKeys(home)]);
    expect(first).toEqual(second);
  });

  it("makes an SSH key pair whose halves belong together", async () => {
    const keys = await loadKeys(await temporaryFolder());
    const parsed = utils.parseKey(readFileSync(keys.sshPrivateKeyFile));
    if (parsed instanceof Error) throw parsed;
    expect(keys.ssh.publicKey).toBe(`ssh-ed25519 ${parsed.getPublicSSH().toString("base64")} local-twin`);
    expect(readFileSync(`${keys.sshPrivateKeyFile}.pub`, "utf8").trim()).toBe(keys.ssh.publicKey);
  });

  it("makes secrets that have the shape the services give theirs", async () => {
    const keys = await loadKeys(await temporaryFolder());
    expect(keys.databricksToken).toMatch(/^dapi[0-9a-f]{32}$/);
    expect(new Set(Object.values(keys.azure)).size).toBe(4);
    expect(isGatewayPassword(keys.gatewayPassword, ["admin", "sshuser"])).toBe(true);
  });

  it("names a damaged file, what is wrong in it, and what to do", async () => {
    const home = await temporaryFolder();
    const keys = await loadKeys(home);
    const file = path.join(home, "keys", "keys.json");
    writeFileSync(file, JSON.stringify({ ...keys, databricksToken: "x" }));
    await expect(loadKeys(home)).rejects.toThrow(/keys\.json`.*databricksToken.*delete the file/s);
    writeFileSync(file, "{");
    await expect(loadKeys(home)).rejects.toThrow(/keys\.json`/);
  });
});

describe("generatePassword", () => {
  it("always meets HDInsight's rules", () => {
    const userNames = fc.array(fc.string({ minLength: 3, maxLength: 20 }), { maxLength: 3 });
    fc.assert(
      fc.property(userNames, fc.integer({ min: 10, max: 40 }), (names, length) => {
        const password = generatePassword(names, length);
        expect(password).toHaveLength(length);
        expect(password).toMatch(/[a-z]/);
        expect(password).toMatch(/[A-Z]/);
        expect(password).toMatch(/[0-9]/);
        expect(password).toMatch(/[^a-zA-Z0-9]/);
        expect(password).not.toMatch(/['"\\\].\s]/);
        for (const name of names) {
          for (let at = 0; at + 3 <= name.length; at++) {
            expect(password.toLowerCase()).not.toContain(name.slice(at, at + 3).toLowerCase());
          }
        }
      }),
    );
  });
});

describe("isGatewayPassword", () => {
  it.each([
    ["Abcdef1!xy", true, "ten characters of every kind"],
    ["Abcde1!xy", false, "nine characters"],
    ["abcdef1!xy", false, "no upper case letter"],
    ["ABCDEF1!XY", false, "no lower case letter"],
    ["Abcdefg!xy", false, "no digit"],
    ["Abcdefg1xy", false, "no special character"],
    ["Abcdef1!x.y", false, "a full stop"],
    ["Abcdef1!]xy", false, "a closing bracket"],
    ["xDMI1234567!", false, "three characters of admin in another case"],
    ["xSSH1234567!", false, "three characters of sshuser"],
  ])("%s is %s: %s", (password, accepted) => {
    expect(isGatewayPassword(password, ["admin", "sshuser"])).toBe(accepted);
  });
});
