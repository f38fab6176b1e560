import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { projectRoot, toolPaths } from "../../local/paths";
import { generateSshKeyPair } from "../../local/setup/sshKey";
import { keys } from "../../settings/keys";
import { shippedFile } from "../../tools/configDoc/shipped";
import { howTried } from "./classification";
import { documented } from "./commands";

let folder: string;
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tried = documented().commands.filter((each) => howTried(each)?.includes("configuration.test.ts"));
const isExample = (page: string) => page.startsWith("examples/");
const pages = [...new Set(tried.map(({ page }) => page))];

/** A stack `dev` in a folder of its own, with the project file, and for the project itself its stack file. */
function project(page: string): NodeJS.ProcessEnv {
  folder = mkdtempSync(path.join(tmpdir(), "docs-"));
  const source = path.join(projectRoot, isExample(page) ? path.dirname(page) : ".");
  cpSync(path.join(source, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
  if (!isExample(page)) cpSync(shippedFile("dev"), path.join(folder, "Pulumi.dev.yaml"));
  const { privateKey, publicKey } = generateSshKeyPair("docs");
  mkdirSync(path.join(folder, ".ssh"));
  writeFileSync(path.join(folder, ".ssh", "streaming"), privateKey);
  writeFileSync(path.join(folder, ".ssh", "streaming.pub"), publicKey);
  return {
    ...process.env,
    HOME: folder,
    PATH: `${process.env.PATH}${path.delimiter}${toolPaths().bin}`,
    PULUMI_HOME: path.join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "of tests",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}

describe("the commands that configure a stack", { timeout: 240_000 }, () => {
  it.each(pages)("of %s are taken by Pulumi, for keys that the program reads", async (page) => {
    const env = project(page);
    const own = tried.filter((each) => each.page === page).map(({ command }) => command);
    const commands = own.includes("pulumi stack init dev") ? own : ["pulumi stack init dev", ...own];
    for (const command of commands) {
      // A placeholder such as <its name> is what a person writes there; a secret is asked for, so it comes from a pipe.
      const line = command.replaceAll(/<[^>]*>/g, "value");
      await execa("bash", ["-ec", line], { cwd: folder, env, input: "Correct-Horse-42\n" });
    }
    const { config } = parse(readFileSync(path.join(folder, "Pulumi.dev.yaml"), "utf8")) as {
      config: Record<string, unknown>;
    };
    if (isExample(page)) {
      const program = readFileSync(path.join(projectRoot, path.dirname(page), "index.ts"), "utf8");
      const bare = Object.keys(config).map((key) => key.split(":"));
      for (const [namespace, key] of bare) if (namespace !== "azure-native") expect(program).toContain(`"${key}"`);
    } else {
      const unknown = Object.keys(config).filter(
        (key) => !/^azure-native:/.test(key) && !(key.slice("streaming:".length) in keys),
      );
      expect(unknown).toEqual([]);
    }
    for (const command of commands.filter((each) => each.includes("--secret"))) {
      const [, key = ""] = /--secret (?:\w+:)?(\w+)/.exec(command) ?? [];
      const [found] = Object.entries(config).filter(([name]) => name.endsWith(`:${key}`));
      expect(found?.[1]).toEqual({ secure: expect.any(String) });
    }
    expect(existsSync(path.join(folder, "Pulumi.dev.yaml"))).toBe(true);
  });
});
