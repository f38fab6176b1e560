import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GitHubDouble } from "./comment/githubDouble";

const root = path.resolve(__dirname, "../..");
const folder = mkdtempSync(path.join(tmpdir(), "comment-"));
const sha = "c".repeat(40);
let github: GitHubDouble;

beforeAll(async () => {
  github = await new GitHubDouble().open("127.7.0.116");
  github.runs.set(11, {
    event: "pull_request",
    head_sha: sha,
    head_repository: { id: 1 },
    html_url: "https://x.example",
  });
  github.pulls.set(7, { state: "open", head: { sha, label: "a:b", repo: { id: 1 } } });
  github.pulls.set(8, { state: "open", head: { sha: "d".repeat(40), label: "c:d", repo: { id: 3 } } });
});

beforeEach(() => {
  github.comments = [];
  github.issues = [];
  github.calls.length = 0;
});

afterAll(async () => {
  await github.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string, text: string) => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};

const comment = (...args: string[]) =>
  execa("npx", ["tsx", "tools/comment.ts", ...args], { cwd: root, env: github.env, reject: false, all: true });

describe("npm run comment", () => {
  it("writes the comment of the pull request that a run names and is of", async () => {
    const report = file("report.md", "### low");
    const number = file("number", "7\n");
    const { all, exitCode } = await comment("pull-request", "--report", report, "--number-file", number, "--run", "11");
    expect({ all, exitCode }).toEqual({ all: "Created: https://github.example/owner/streaming/1000", exitCode: 0 });
    expect(github.comments[0].body).toMatch(/^<!-- .*:diff -->\n\n<sub>Made by .*\/sub>\n\n### low$/);
  });

  it("writes nothing to another pull request that a run names", async () => {
    const args = ["--report", file("report.md", "### low"), "--number-file", file("number", "8"), "--run", "11"];
    const { all, exitCode } = await comment("pull-request", ...args);
    expect(all).toBe("Nothing is written: pull request 8 is at dddddddd of c:d, and run 11 was of cccccccc.");
    expect(exitCode).toBe(0);
    expect(github.writes).toEqual([]);
  });

  it.each([
    ["a number that is none", () => ["--number-file", file("number", "7; rm -rf /"), "--run", "11"], "whole number"],
    ["a long number", () => ["--number-file", file("number", "7".repeat(99)), "--run", "11"], "32 is the most"],
    ["a number that nothing checks", () => ["--number-file", file("number", "7")], "give the run by `--run`"],
    ["no number", () => [], "by `--number`, or by `--number-file`"],
  ])("refuses %s", async (_, args, message) => {
    const { all, exitCode } = await comment("pull-request", "--report", file("report.md", "### low"), ...args());
    expect(all).toContain(message);
    expect(exitCode).toBe(1);
    expect(github.writes).toEqual([]);
  });

  it("refuses a report that leads elsewhere, or is too long to be one", async () => {
    const link = path.join(folder, "link.md");
    symlinkSync("/etc/hostname", link);
    expect((await comment("pull-request", "--report", link, "--number", "7")).all).toContain("not a plain file");
    const long = file("long.md", "x".repeat(300_000));
    expect((await comment("pull-request", "--report", long, "--number", "7")).all).toContain("262144 is the most");
    expect(github.writes).toEqual([]);
  });

  it("says what a token lacks", async () => {
    github.failures = [{ on: /^POST/, status: 403, message: "Resource not accessible by integration" }];
    const { all, exitCode } = await comment("pull-request", "--report", file("report.md", "### low"), "--number", "7");
    expect(all).toContain("Resource not accessible by integration");
    expect(all).toContain("`pull-requests: write`");
    expect(all).not.toContain(github.token);
    expect(exitCode).toBe(1);
  });

  it("opens an issue, and closes it when it is told that nothing is left", async () => {
    const args = [
      "issue",
      "--title",
      "dev has drifted",
      "--name",
      "drift-dev",
      "--report",
      file("report.md", "### low"),
    ];
    expect((await comment(...args)).all).toMatch(/^Created/);
    expect((await comment(...args, "--resolved")).all).toMatch(/^Closed/);
    expect(github.issues).toMatchObject([{ state: "closed", labels: [{ name: "drift" }], title: "dev has drifted" }]);
    expect((await comment(...args, "--resolved")).all).toBe("There is no open report, and nothing to report.");
  });
});
