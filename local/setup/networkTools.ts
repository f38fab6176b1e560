import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { namespaceSupport, unpackedProgram } from "../network/namespaces/support";
import type { ToolPaths } from "../paths";
import { findOnPath } from "./command";

/** Programs of namespaces mode that a slim system lacks, and Debian's packages of them. */
const packages: Record<string, string> = { ip: "iproute2", nft: "nftables" };

/** Whether namespaces mode needs nothing of set-up: all programs are there, or this is a system without such packages. */
export function networkToolsAreReady(tools: ToolPaths): boolean {
  if (process.platform !== "linux" || findOnPath("apt-get").length === 0) return true;
  return missingPrograms(tools).length === 0;
}

/**
 * Puts the missing programs into the download cache, out of the system's own packages, without installing them: no root
 * is needed and nothing of the system changes. Rejects when they cannot be had; then there is loopback mode.
 */
export async function unpackNetworkTools(tools: ToolPaths): Promise<void> {
  mkdirSync(tools.root, { recursive: true });
  const folder = mkdtempSync(path.join(tools.root, "network-"));
  try {
    const missing = missingPrograms(tools);
    const archives = await download(await closure(missing.map((program) => packages[program] as string)), folder);
    for (const archive of archives) await execa("dpkg-deb", ["--extract", archive, path.join(folder, "root")]);
    const made = unpackedProgram(tools, "");
    rmSync(made, { recursive: true, force: true });
    renameSync(folder, made);
    for (const program of missing) writeLauncher(tools, program);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const support = namespaceSupport(tools);
  if ("reason" in support) throw new Error(support.reason);
}

function missingPrograms(tools: ToolPaths): string[] {
  const folders = [process.env.PATH, "/usr/sbin", "/sbin", unpackedProgram(tools, "")].join(path.delimiter);
  return Object.keys(packages).filter((program) => findOnPath(program, folders).length === 0);
}

/** The packages with all they depend on and that is not installed. */
async function closure(names: string[]): Promise<string[]> {
  const kinds = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"];
  const options = ["--recurse", ...kinds.map((kind) => `--no-${kind}`)];
  const { stdout } = await execa("apt-cache", ["depends", ...options, ...names]);
  const all = stdout.split("\n").filter((line) => /^\w/.test(line));
  const { stdout: installed } = await execa("dpkg-query", ["--show"]);
  const there = new Set(installed.split("\n").map((line) => line.replace(/[:\t].*/, "")));
  return all.filter((name) => !there.has(name.replace(/:.*/, "")));
}

/** Downloads packages; where the system has no list of packages yet, with one of our own. */
async function download(names: string[], folder: string): Promise<string[]> {
  const fetch = (options: string[]) => execa("apt-get", [...options, "download", ...names], { cwd: folder });
  try {
    await fetch([]);
  } catch {
    const own = [
      "-o",
      `Dir::State::Lists=${path.join(folder, "lists")}`,
      "-o",
      `Dir::Cache=${path.join(folder, "cache")}`,
    ];
    mkdirSync(path.join(folder, "lists", "partial"), { recursive: true });
    mkdirSync(path.join(folder, "cache", "archives", "partial"), { recursive: true });
    await execa("apt-get", [...own, "update"]);
    await fetch(own);
  }
  return readdirSync(folder)
    .filter((name) => name.endsWith(".deb"))
    .map((name) => path.join(folder, name));
}

/** Starts an unpacked program with the libraries that were unpacked with it. */
function writeLauncher(tools: ToolPaths, program: string): void {
  const launcher = `#!/bin/sh
root=$(dirname "$0")/root
for folder in "$root"/usr/lib/*-linux-* "$root"/lib/*-linux-*; do
  [ -d "$folder" ] && LD_LIBRARY_PATH=$folder\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
done
export LD_LIBRARY_PATH
for folder in usr/sbin sbin usr/bin bin; do
  [ -x "$root/$folder/${program}" ] && exec "$root/$folder/${program}" "$@"
done
echo "${program} is not among the unpacked packages" >&2
exit 127
`;
  writeFileSync(unpackedProgram(tools, program), launcher, { mode: 0o755 });
}
