import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { createStack } from "../../../tools/newStack/create";
import { checkLogin, type Pulumi, pulumiIn } from "../../../tools/newStack/pulumi";
import { secretFrom } from "../../../tools/newStack/secretFrom";
import { temporaryFolder } from "../../local/setup/loopback";
import { complete, passwordPair } from "./support";

/** A project of its own with a backend of its own. */
async function project() {
  const folder = await temporaryFolder();
  copyFileSync("Pulumi.yaml", path.join(folder, "Pulumi.yaml"));
  mkdirSync(path.join(folder, "backend"));
  const env = {
    ...process.env,
    PULUMI_HOME: path.join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${folder}/backend`,
    PULUMI_CONFIG_PASSPHRASE: "passphrase",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  return { folder, env, pulumi: pulumiIn(folder, env), file: path.join(folder, "Pulumi.staging.yaml") };
}

describe("a new stack", () => {
  it("has a complete file, whose secrets the engine has encrypted", async () => {
    const { folder, env, pulumi, file } = await project();
    await checkLogin(pulumi, undefined, env);
    await createStack(folder, "staging", complete("dev"), undefined, pulumi);

    const text = readFileSync(file, "utf8");
    expect(text).toContain("# Made in a test.");
    expect(text).not.toContain(passwordPair.gatewayPassword);
    expect(text).not.toContain("PRIVATE KEY");
    expect(parse(text)).toMatchObject({
      encryptionsalt: expect.stringMatching(/^v1:/),
      config: {
        "streaming:gatewayPassword": { secure: expect.any(String) },
        "streaming:kafkaWorkers": expect.anything(),
      },
    });
    const shown = JSON.parse(await pulumi(["config", "--show-secrets", "--json", "--stack", "staging"]));
    expect(shown["streaming:gatewayPassword"]).toMatchObject({ value: passwordPair.gatewayPassword, secret: true });
    expect(shown["streaming:sshPrivateKey"]).toMatchObject({ value: passwordPair.sshPrivateKey.trim(), secret: true });
  });

  it("names the commands for the secrets that are still missing when the engine stops in between", async () => {
    const { folder, pulumi, file } = await project();
    const broken: Pulumi = (args, input) =>
      args.includes("streaming:sshPrivateKey") ? Promise.reject(new Error("the disk is full")) : pulumi(args, input);
    const failure = await createStack(folder, "staging", complete("dev"), undefined, broken).catch(String);
    expect(failure).toMatch(/the disk is full/);
    expect(failure).toMatch(/pulumi config set --secret streaming:sshPrivateKey --stack staging$/);
    expect(failure).not.toContain("PRIVATE");
    expect(existsSync(file)).toBe(true);
  });

  it("asks nobody anything without a login, or where secrets could not be encrypted", async () => {
    const { folder, env } = await project();
    const { PULUMI_CONFIG_PASSPHRASE: _, ...without } = env;
    await expect(checkLogin(pulumiIn(folder, without), undefined, without)).rejects.toThrow(
      /encrypted by a passphrase, and there is none: set `PULUMI_CONFIG_PASSPHRASE`/,
    );
    await checkLogin(pulumiIn(folder, without), "azurekeyvault://v.vault.azure.net/keys/k", without);
    const loggedOut = { ...without, PULUMI_BACKEND_URL: undefined, PULUMI_ACCESS_TOKEN: undefined };
    await expect(checkLogin(pulumiIn(folder, loggedOut), undefined, loggedOut)).rejects.toThrow(/`pulumi login`/);
  });

  it("is told of a CLI that is not there, and not of a login", async () => {
    const { folder, env } = await project();
    const nowhere = pulumiIn(folder, { ...env, PATH: "/nowhere" }, "/nowhere");
    await expect(checkLogin(nowhere, undefined, env)).rejects.toThrow(/^There is no `pulumi` on PATH\. Install it/);
  });
});

describe("a secret", () => {
  it("comes from a variable or a file, or is made", async () => {
    const file = path.join(await temporaryFolder(), "token");
    writeFileSync(file, "from-file\n");
    expect(secretFrom("twitterBearerToken", `file:${file}`)).toBe("from-file");
    expect(secretFrom("twitterBearerToken", "env:TOKEN", { TOKEN: "from-env" })).toBe("from-env");
    expect(secretFrom("gatewayPassword", "generate")).toMatch(/^.{24}$/);
  });

  it.each([
    [
      "twitterBearerToken",
      "my-own-token",
      /^--secret twitterBearerToken= needs env:VARIABLE or file:PATH after it, never/,
    ],
    ["twitterBearerToken", "generate", /needs env:VARIABLE or file:PATH after it/],
    ["gatewayPassword", "Pass:word1!", /or generate after it/],
    ["gatewayPassword", "env:NOWHERE", /`NOWHERE` is not set/],
  ])("for %s from %s is refused without being repeated", (key, source, message) => {
    const refusal = () => secretFrom(key, source, {});
    expect(refusal).toThrow(message);
    if (!source.startsWith("env:")) expect(refusal).not.toThrow(source);
  });
});

it("the command lists all that is missing, with the option for each, and makes nothing", async () => {
  const { env } = await project();
  const { exitCode, stderr } = await execa(
    process.execPath,
    ["--import", "tsx", "tools/newStack.ts", "never-made", "--from", "prod", "--set", "kafkaClusterName=mine"],
    { env, extendEnv: false, reject: false, stdin: "ignore" },
  );
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^\d problems in what stack never-made would be; nothing was made:/);
  expect(stderr).toContain("--secret gatewayPassword=env:VARIABLE, or --secret gatewayPassword=generate");
  expect(stderr).toContain("--ssh-key FILE");
  expect(existsSync("Pulumi.never-made.yaml")).toBe(false);
});
