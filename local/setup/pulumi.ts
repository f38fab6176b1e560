import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync } from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import type { News } from "../display";
import { readIfThere, writeFileAtomic } from "../files";
import { type ToolPaths, toolPaths } from "../paths";
import { findOnPath, isExecutable, runCommand } from "./command";
import { buildPulumi, goModulesFingerprint } from "./pulumiBuild";
import { downloadPulumi, releases } from "./pulumiDownload";
import { isAtLeast } from "./version";

/** The engine that a download or a build brings. */
export const pulumiVersion = "3.259.0";
/** The oldest installed engine that is used as it is. */
export const oldestPulumi = "3.230.0";

/** The programs that a stack in TypeScript needs. */
const programs = ["pulumi", "pulumi-language-nodejs"];

const stampSchema = z.object({
  how: z.enum(["installed", "downloaded", "built"]),
  /** What must be unchanged for the programs in place to still be the right ones. */
  basis: z.string(),
  version: z.string(),
});

/** Where the engine in `tools.bin` came from. */
export type PulumiOrigin = z.infer<typeof stampSchema>;

const stampFile = (tools: ToolPaths) => path.join(tools.bin, ".origin.json");

/** What the programs in `tools.bin` are; `undefined` when they are missing, incomplete or not the pinned ones any more. */
export function pulumiOrigin(tools = toolPaths()): PulumiOrigin | undefined {
  const text = readIfThere(stampFile(tools));
  const origin = text === undefined ? undefined : stampSchema.safeParse(JSON.parse(text)).data;
  if (!origin || !programs.every((program) => isExecutable(path.join(tools.bin, program)))) return undefined;
  const basis = {
    installed: () => basisOfInstalled(realpathSync(path.join(tools.bin, "pulumi"))),
    downloaded: () => pulumiVersion,
    built: () => goModulesFingerprint(),
  }[origin.how]();
  return basis === origin.basis ? origin : undefined;
}

/** Which Pulumi it is, in words for people. */
export const describePulumi = ({ version, how }: PulumiOrigin) => `Pulumi ${version} (${how})`;

/** An installed engine that was updated is looked at again. */
function basisOfInstalled(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return `${file} ${size} ${mtimeMs}`;
}

export interface PulumiOptions {
  tools?: ToolPaths;
  /** PATH to look for an installed Pulumi on. */
  searchPath?: string;
  /** Base address of Pulumi's releases. */
  from?: string;
  build?: typeof buildPulumi;
  onProgress?: (news: News) => void;
}

/**
 * Puts Pulumi's CLI and Node language host into `tools.bin`: links to an installed one, else the official download,
 * else a build from Go modules. The user's installation is only read. Rejects with every reason and the remedy.
 */
export async function preparePulumi(options: PulumiOptions = {}): Promise<PulumiOrigin> {
  const { tools = toolPaths(), onProgress = () => undefined, build = buildPulumi } = options;
  const why: string[] = [];
  const installed = await findInstalled(tools, options.searchPath ?? process.env.PATH ?? "", why);
  mkdirSync(tools.bin, { recursive: true });
  if (installed) {
    link(installed, tools.bin);
    const basis = basisOfInstalled(realpathSync(path.join(tools.bin, "pulumi")));
    return save(tools, { how: "installed", basis, version: installed.version });
  }
  try {
    onProgress("downloading Pulumi");
    await downloadPulumi({ version: pulumiVersion, bin: tools.bin, from: options.from ?? releases, onProgress });
    return save(tools, { how: "downloaded", basis: pulumiVersion, version: pulumiVersion });
  } catch (error) {
    why.push((error as Error).message);
    onProgress(`the download is not to be had (${(error as Error).message}); building Pulumi: 5 to 12 minutes, once`);
  }
  try {
    await build({ version: pulumiVersion, bin: tools.bin, work: path.join(tools.root, "go"), onProgress });
    return save(tools, { how: "built", basis: goModulesFingerprint(), version: pulumiVersion });
  } catch (error) {
    why.push((error as Error).message);
  }
  throw new Error(
    `Pulumi's CLI could not be set up: ${why.join("; ")}. Install Pulumi ${oldestPulumi} or later ` +
      "(https://www.pulumi.com/docs/install/), or a Go that can build it (https://go.dev/dl/).",
  );
}

function save(tools: ToolPaths, origin: PulumiOrigin): PulumiOrigin {
  writeFileAtomic(stampFile(tools), `${JSON.stringify(origin, null, 2)}\n`, 0o644);
  return origin;
}

/** The first `pulumi` on PATH that is recent enough and has a Node language host beside it or on PATH. */
async function findInstalled(tools: ToolPaths, searchPath: string, why: string[]) {
  for (const file of findOnPath("pulumi", searchPath)) {
    if (path.dirname(file) === tools.bin) continue;
    const env = { ...process.env, PULUMI_HOME: tools.pulumiHome, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const output = await runCommand(file, ["version"], { env, timeout: 30_000 }).catch((error: Error) => error.message);
    const version = /^v(\d+\.\d+\.\d+)/m.exec(output)?.[1];
    const host = [path.dirname(file), path.dirname(realpathSync(file)), ...searchPath.split(path.delimiter)].find(
      (folder) => isExecutable(path.join(folder, "pulumi-language-nodejs")),
    );
    if (!version) why.push(`${file} does not tell its version`);
    else if (!isAtLeast(version, oldestPulumi)) why.push(`${file} is ${version}, older than ${oldestPulumi}`);
    else if (!host) why.push(`${file} has no pulumi-language-nodejs`);
    else return { version, cli: file, host };
  }
  if (why.length === 0) why.push("there is no pulumi on PATH");
  return undefined;
}

/** Links the CLI, and every helper program that came with the language host, such as the one for dynamic providers. */
function link(found: { cli: string; host: string }, bin: string): void {
  const helpers = readdirSync(found.host).filter(
    (name) => /^pulumi-/.test(name) && isExecutable(path.join(found.host, name)),
  );
  for (const [name, target] of [["pulumi", found.cli], ...helpers.map((name) => [name, path.join(found.host, name)])]) {
    const place = path.join(bin, name);
    if (existsSync(place) && realpathSync(place) === realpathSync(target)) continue;
    rmSync(place, { force: true });
    symlinkSync(target, place);
  }
}
