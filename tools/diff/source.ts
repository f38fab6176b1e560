import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../local/paths";
import { makeFolder, touch } from "./cache";

/** A version of the project, in a folder where the engine can run it. */
export interface Source {
  /** What it was asked for by, such as `main`; the files as they are now when there is no such name. */
  ref?: string;
  /** Its commit, 40 digits; of the files as they are now the one that they are based on. */
  commit: string;
  /** Folder with the project's files and its packages. */
  folder: string;
}

/** The files as they are in this folder now, whether committed or not. */
export async function workingTree(): Promise<Source> {
  return { commit: await git("rev-parse", "HEAD"), folder: projectRoot };
}

/**
 * The files of a commit, written below `cache` once for each content. Packages are those of this folder where the lock
 * file is the same; otherwise they are installed, which takes a minute and needs a package registry.
 *
 * @throws Error when there is no such commit here, with the command that brings it
 */
export async function checkOut(ref: string, cache: string): Promise<Source> {
  const commit = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`).catch(
    async () => {
      const remotes = (await git("remote").catch(() => "")).split("\n");
      throw new Error(
        `\`${ref}\` names no commit of this repository. ${fetchHint(ref, remotes)} A clone of limited depth has few ` +
          "commits: `git fetch --unshallow` brings the others.",
      );
    },
  );
  const tree = await git("rev-parse", `${commit}^{tree}`);
  const folder = path.join(cache, "trees", tree);
  if (!existsSync(folder)) await unpack(commit, folder);
  touch(folder);
  return { ref, commit, folder };
}

/**
 * How a commit that is not here comes here, by the name that somebody gave it.
 *
 * @param remotes names of the repository's remotes
 */
export function fetchHint(ref: string, remotes: readonly string[]): string {
  // What comes after it counts from a commit, and is no part of its name.
  const name = ref.replace(/[~^@{:].*$/, "");
  const remote = remotes.find((each) => each !== "" && name.startsWith(`${each}/`));
  if (remote) {
    const branch = name.slice(remote.length + 1);
    // A clone of one branch keeps no others unless it is told where.
    return `Fetch it with \`git fetch ${remote} ${branch}:refs/remotes/${name}\`, or name another one.`;
  }
  if (name === "" || /^[A-Z_]+$/.test(name)) return "Name another one.";
  return `Fetch it with \`git fetch origin ${name}\` and give \`${ref.replace(name, "FETCH_HEAD")}\`, or name another one.`;
}

/** A version as people call it. */
export function nameOf({ ref, commit }: Source): string {
  return ref === undefined
    ? `working tree on ${commit.slice(0, 8)}`
    : ref === commit
      ? commit.slice(0, 8)
      : `${ref} (${commit.slice(0, 8)})`;
}

/** Digest of files that decide what packages there are. */
function lockOf(folder: string): string {
  return createHash("sha256")
    .update(readFileSync(path.join(folder, "package-lock.json")))
    .digest("hex");
}

/** All or nothing: a folder that is there is whole. */
async function unpack(commit: string, folder: string): Promise<void> {
  makeFolder(path.dirname(folder));
  const temporary = mkdtempSync(`${folder}.`);
  try {
    await execa("git", ["archive", "--format=tar", commit], { cwd: projectRoot, encoding: "buffer" }).pipe("tar", [
      "-x",
      "-C",
      temporary,
    ]);
    if (lockOf(temporary) === lockOf(projectRoot)) {
      symlinkSync(path.join(projectRoot, "node_modules"), path.join(temporary, "node_modules"));
    } else {
      // Its scripts are another commit's, and nobody has looked at them yet.
      await execa("npm", ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: temporary });
    }
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function git(...args: string[]): Promise<string> {
  const { stdout } = await execa("git", args, { cwd: projectRoot });
  return stdout.trim();
}
