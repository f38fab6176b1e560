import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../../local/paths";

// The command as a job runs it, with commits that are kept apart from the repository's own.
const folder = mkdtempSync(path.join(tmpdir(), "diff-command-"));
let env: NodeJS.ProcessEnv;
let replaced: string;
let mistaken: string;

async function git(args: string[], more: NodeJS.ProcessEnv = {}, input = ""): Promise<string> {
  const { stdout } = await execa("git", args, { cwd: projectRoot, env: { ...env, ...more }, input });
  return stdout;
}

/** A commit on top of the one that is checked out, with a file in which a text is another one. */
async function commit(file: string, before: string, after: string): Promise<string> {
  const own = { GIT_INDEX_FILE: path.join(folder, "index") };
  const text = await git(["show", `HEAD:${file}`]);
  expect(text).toContain(before);
  const blob = await git(["hash-object", "-w", "--stdin"], own, `${text.replace(before, after)}\n`);
  await git(["read-tree", "HEAD"], own);
  await git(["update-index", "--cacheinfo", `100644,${blob},${file}`], own);
  const who = ["AUTHOR", "COMMITTER"].flatMap((role) => [
    [`GIT_${role}_NAME`, "Somebody"],
    [`GIT_${role}_EMAIL`, "somebody@example.com"],
  ]);
  const tree = await git(["write-tree"], own);
  return git(["commit-tree", tree, "-p", "HEAD", "-m", "A change"], { ...own, ...Object.fromEntries(who) });
}

beforeAll(async () => {
  const { stdout: objects } = await execa("git", ["rev-parse", "--path-format=absolute", "--git-path", "objects"], {
    cwd: projectRoot,
  });
  mkdirSync(path.join(folder, "objects"));
  env = { GIT_OBJECT_DIRECTORY: path.join(folder, "objects"), GIT_ALTERNATE_OBJECT_DIRECTORIES: objects };
  const size = (cores: number) => `kafkaWorkerSize: Standard_E${cores}ads_v5`;
  replaced = await commit("Pulumi.dev.yaml", size(4), size(8));
  mistaken = await commit("Pulumi.dev.yaml", "replicationFactor: 3", "replicationFactor: 5");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(args: string[], more: NodeJS.ProcessEnv = {}) {
  return execa(process.execPath, ["--import", "tsx", "tools/diff.ts", ...args], {
    cwd: projectRoot,
    env: { ...env, NO_COLOR: "1", PULL_REQUEST_LABELS: "", PULL_REQUEST_BODY: "", ...more },
    reject: false,
  });
}

const states = () =>
  readdirSync(path.join(projectRoot, ".local", "diff", "states")).filter((name) => /^dev-/.test(name));

describe("npm run diff", () => {
  const compare = (head: string) => ["--base", "HEAD", "--head", head, "--stack", "dev", "--fail-on", "destructive"];

  it("ends with 1 at what is as bad as it was told, says how to accept it, and then ends with 0", {
    timeout: 240_000,
  }, async () => {
    const stopped = await run(compare(replaced));
    expect(stopped.stderr).toContain("Not accepted for `dev`. To accept what is destructive, label the pull request");
    expect(stopped.stdout).toMatch(/dev: destructive/);
    expect(stopped.exitCode).toBe(1);

    // What the base leaves is kept: nothing is deployed for it again.
    const kept = states();
    // Of two at once, which have that base and so the same addresses, one waits for the other.
    const [accepted, other] = await Promise.all([
      run([...compare(replaced), "--format", "markdown"], { PULL_REQUEST_LABELS: '["accept-destructive"]' }),
      run(compare(replaced)),
    ]);
    expect(accepted.exitCode).toBe(0);
    expect(other).toMatchObject({ exitCode: 1, stdout: stopped.stdout });
    expect(accepted.stdout).toContain("Accepted for `dev`, by the label `accept-destructive`.");
    expect(states()).toEqual(kept);
  });

  it("ends with 2 when it cannot be told, whatever is accepted", { timeout: 240_000 }, async () => {
    const labels = { PULL_REQUEST_LABELS: '["accept-destructive"]' };
    const { exitCode, stdout } = await run(compare(mistaken), labels);
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 2, stdout: expect.stringContaining("cannot be told") });
    const unknown = await run(["--base", "HEAD", "--stack", "prd", "acme/dve"]);
    expect(unknown).toMatchObject({ exitCode: 2, stdout: "" });
    expect(unknown.stderr).toMatch(
      /`prd`.*Did you mean `prod`\?\n`--stack` is `acme\/dve`.*\nThe stacks .* `dev`, `prod`\.$/s,
    );
    const nowhere = await run(["--base", "no-such-branch"]);
    expect(nowhere).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("git fetch origin no-such-branch") });
    const unnamed = await run([]);
    expect(unnamed).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("`--base REF`") });
  });

  it("tries a new version by itself where the base cannot be deployed, and lets it in where that is accepted", {
    timeout: 240_000,
  }, async () => {
    const mended = ["--base", mistaken, "--head", "HEAD", "--stack", "acme/dev", "--fail-on", "destructive"];
    const { exitCode, stdout } = await run(mended, { PULL_REQUEST_BODY: "Accept destructive: dev" });
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("base version cannot") });
    // Both are wrong: then the new one is.
    const both = await run(["--base", mistaken, "--head", mistaken, "--stack", "dev"]);
    expect(both).toMatchObject({ exitCode: 2, stdout: expect.stringContaining("new version cannot") });
  });

  it("takes no settings for policies that it was not given", async () => {
    const { exitCode, stderr } = await run(["--base", "HEAD", "--policy-pack-config", "policies/dev.json"]);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("`--policy-pack FOLDER`"),
    });
  });
});
