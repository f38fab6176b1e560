import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";
import * as tar from "tar";
import { describe, expect, it } from "vitest";
import type { News } from "../../../local/display";
import { words } from "../../../local/display/words";
import { toolPaths } from "../../../local/paths";
import { oldestPulumi, preparePulumi, pulumiOrigin, pulumiVersion } from "../../../local/setup/pulumi";
import { requiredGo } from "../../../local/setup/pulumiBuild";
import { archiveName } from "../../../local/setup/pulumiDownload";
import { closedPort, serve, temporaryFolder } from "./loopback";

function program(folder: string, name: string, says = ""): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
  return path.join(folder, name);
}

/** A release as Pulumi publishes it: an archive with a `pulumi` folder, and the list of checksums. */
async function release(
  programs = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"],
  spoilt = false,
) {
  const folder = await temporaryFolder();
  for (const name of programs) program(path.join(folder, "pulumi"), name, name);
  writeFileSync(path.join(folder, "pulumi", "LICENSE"), "Apache");
  const name = archiveName(pulumiVersion);
  await tar.create({ gzip: true, cwd: folder, file: path.join(folder, name) }, ["pulumi"]);
  const archive = readFileSync(path.join(folder, name));
  const sha256 = createHash("sha256").update(archive).digest("hex");
  const checksums = `${"0".repeat(64)}  pulumi-v${pulumiVersion}-windows-x64.zip\n${sha256}  ${name}\n`;
  return serve((url, _, response) => {
    if (url === `/sdk/pulumi-${pulumiVersion}-checksums.txt`) response.end(checksums);
    else if (url === `/sdk/${name}`) response.end(spoilt ? archive.subarray(1) : archive);
    else response.writeHead(404).end();
  });
}

const unreachable = async () => `http://127.0.0.1:${await closedPort()}/sdk`;
const noBuild = () => Promise.reject(new Error("building needs Go"));

describe("preparePulumi with an installed Pulumi", () => {
  it("links it, with its helper programs, and leaves it as it is", async () => {
    const folder = await temporaryFolder();
    const installed = path.join(folder, "installed");
    const cli = program(installed, "pulumi", "v3.300.1");
    program(installed, "pulumi-language-nodejs");
    program(installed, "pulumi-resource-pulumi-nodejs");
    const before = readdirSync(installed).map((name) => lstatSync(path.join(installed, name)).mtimeMs);
    const tools = toolPaths(path.join(folder, "tools"));
    const origin = await preparePulumi({ tools, searchPath: installed, from: await unreachable(), build: noBuild });
    expect(origin).toMatchObject({ how: "installed", version: "3.300.1" });
    expect(pulumiOrigin(tools)).toEqual(origin);
    expect(realpathSync(path.join(tools.bin, "pulumi"))).toBe(realpathSync(cli));
    expect(existsSync(path.join(tools.bin, "pulumi-resource-pulumi-nodejs"))).toBe(true);
    expect(readdirSync(installed).map((name) => lstatSync(path.join(installed, name)).mtimeMs)).toEqual(before);
  });

  it("finds the language host elsewhere on PATH", async () => {
    const folder = await temporaryFolder();
    program(path.join(folder, "a"), "pulumi", "v3.230.0");
    const host = program(path.join(folder, "b"), "pulumi-language-nodejs");
    const tools = toolPaths(path.join(folder, "tools"));
    const searchPath = [path.join(folder, "a"), path.join(folder, "b")].join(path.delimiter);
    await preparePulumi({ tools, searchPath, from: await unreachable(), build: noBuild });
    expect(realpathSync(path.join(tools.bin, "pulumi-language-nodejs"))).toBe(realpathSync(host));
  });

  it("looks again when it was updated or is gone", async () => {
    const folder = await temporaryFolder();
    const cli = program(path.join(folder, "installed"), "pulumi", "v3.300.1");
    program(path.join(folder, "installed"), "pulumi-language-nodejs");
    const tools = toolPaths(path.join(folder, "tools"));
    await preparePulumi({ tools, searchPath: path.dirname(cli), from: await unreachable(), build: noBuild });
    utimesSync(cli, new Date(), new Date(2020, 1, 1));
    expect(pulumiOrigin(tools)).toBeUndefined();
  });

  it("names each one that it cannot use, why the others failed too, and the remedy", async () => {
    const folder = await temporaryFolder();
    const old = program(path.join(folder, "old"), "pulumi", "v3.229.9");
    const alone = program(path.join(folder, "alone"), "pulumi", "v3.259.0");
    const odd = program(path.join(folder, "odd"), "pulumi", "hello");
    const tools = toolPaths(path.join(folder, "tools"));
    const searchPath = [old, alone, odd].map((file) => path.dirname(file)).join(path.delimiter);
    const from = await unreachable();
    const error: Error = await preparePulumi({ tools, searchPath, from, build: noBuild }).catch((failure) => failure);
    expect(error.message).toContain(`${old} is 3.229.9, older than ${oldestPulumi}`);
    expect(error.message).toContain(`${alone} has no pulumi-language-nodejs`);
    expect(error.message).toContain(`${odd} does not tell its version`);
    expect(error.message).toContain(`${from}/pulumi-${pulumiVersion}-checksums.txt cannot be reached`);
    expect(error.message).toMatch(/building needs Go.* Install Pulumi 3\.230\.0 or later \(https:.*or a Go/);
    expect(pulumiOrigin(tools)).toBeUndefined();
  });
});

describe("preparePulumi with the official download", () => {
  it("unpacks the programs of a release whose checksum is right", async () => {
    const { url } = await release();
    const tools = toolPaths(await temporaryFolder());
    const origin = await preparePulumi({ tools, searchPath: "", from: `${url}/sdk`, build: noBuild });
    expect(origin).toEqual({ how: "downloaded", basis: pulumiVersion, version: pulumiVersion });
    expect(pulumiOrigin(tools)).toEqual(origin);
    const programs = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
    expect(readdirSync(tools.bin).sort()).toEqual([".origin.json", ...programs]);
  });

  it("replaces a link to an installed Pulumi, not what it links to", async () => {
    const folder = await temporaryFolder();
    const cli = program(path.join(folder, "installed"), "pulumi", "v3.300.1");
    program(path.join(folder, "installed"), "pulumi-language-nodejs", "installed");
    const tools = toolPaths(path.join(folder, "tools"));
    await preparePulumi({ tools, searchPath: path.dirname(cli), from: await unreachable(), build: noBuild });
    const { url } = await release();
    await preparePulumi({ tools, searchPath: "", from: `${url}/sdk`, build: noBuild });
    expect(readFileSync(cli, "utf8")).toContain("v3.300.1");
    expect(lstatSync(path.join(tools.bin, "pulumi")).isSymbolicLink()).toBe(false);
  });

  it("builds instead when an archive is not what the checksums say", async () => {
    const { url } = await release(undefined, true);
    const tools = toolPaths(await temporaryFolder());
    const told: string[] = [];
    const build = async ({ bin }: { bin: string }) => {
      program(bin, "pulumi");
      program(bin, "pulumi-language-nodejs");
    };
    const onProgress = (news: News) => told.push(words(news));
    const origin = await preparePulumi({ tools, searchPath: "", from: `${url}/sdk`, build, onProgress });
    expect(origin.how).toBe("built");
    expect(pulumiOrigin(tools)).toEqual(origin);
    expect(told.join("\n")).toMatch(/has SHA-256 .*, expected/);
    expect(readdirSync(tools.bin).sort()).toEqual([".origin.json", "pulumi", "pulumi-language-nodejs"]);
  });
});

describe("archiveName", () => {
  it("is the official name for this machine", () => {
    expect(archiveName("3.259.0", "linux", "x64")).toBe("pulumi-v3.259.0-linux-x64.tar.gz");
    expect(archiveName("3.259.0", "darwin", "arm64")).toBe("pulumi-v3.259.0-darwin-arm64.tar.gz");
    expect(() => archiveName("3.259.0", "win32", "x64")).toThrow("no Pulumi archive for win32 on x64");
  });
});

describe("pulumiOrigin", () => {
  it("knows a build by its pinned modules, and one without a stamp not at all", async () => {
    const tools = toolPaths(await temporaryFolder());
    program(tools.bin, "pulumi");
    program(tools.bin, "pulumi-language-nodejs");
    expect(pulumiOrigin(tools)).toBeUndefined();
    const stamp = { how: "built", basis: "other modules", version: pulumiVersion };
    writeFileSync(path.join(tools.bin, ".origin.json"), JSON.stringify(stamp));
    expect(pulumiOrigin(tools)).toBeUndefined();
  });
});

describe("the pinned Go modules", () => {
  it("name the engine version that set-up installs, and the Go that they need", () => {
    const module = readFileSync(path.join(__dirname, "../../../local/setup/go/pulumi/go.mod"), "utf8");
    expect(module).toContain(`require github.com/pulumi/pulumi/pkg/v3 v${pulumiVersion}\n`);
    expect(requiredGo()).toMatch(/^1\.\d+(\.\d+)?$/);
  });
});
