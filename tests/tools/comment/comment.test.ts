import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bodyOf, markerOf } from "../../../tools/comment/body";
import { repository } from "../../../tools/comment/github";
import { writeIssue } from "../../../tools/comment/issue";
import { writeComment } from "../../../tools/comment/pullRequest";
import { verifyRun } from "../../../tools/comment/run";
import { GitHubDouble } from "./githubDouble";

const bot = { login: "github-actions[bot]" };
const marker = markerOf("diff");
const body = bodyOf("diff", "### low\n\nOne topic more.");
let github: GitHubDouble;

beforeEach(async () => {
  github = await new GitHubDouble().open("127.7.0.115");
});

afterEach(() => github.close());

const at = () => repository(github.env, { second: 5 });
const chatter = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => ({ id: from + index, body: "I see.", user: { login: "someone" } }));

describe("the comment of a pull request", () => {
  it("is created when there is none, on whatever page it would be", async () => {
    github.comments = chatter(250);
    expect(await writeComment(at(), 7, marker, body)).toEqual({
      what: "created",
      url: "https://github.example/owner/streaming/1000",
    });
    expect(github.comments.at(-1)).toEqual({ id: 1000, body, user: bot });
    expect(github.calls).toEqual([
      "GET /repos/owner/streaming/issues/7/comments?per_page=100",
      "GET /repos/owner/streaming/issues/7/comments?per_page=100&page=2",
      "GET /repos/owner/streaming/issues/7/comments?per_page=100&page=3",
      "POST /repos/owner/streaming/issues/7/comments",
    ]);
  });

  it("is edited in place when it is there, on the third page, and all others stay as they are", async () => {
    const mine = { id: 900, body: bodyOf("diff", "### none"), user: bot };
    github.comments = [...chatter(230), mine, ...chatter(5, 500)];
    const before = structuredClone(github.comments);
    expect((await writeComment(at(), 7, marker, body)).what).toBe("updated");
    expect(github.writes).toEqual(["PATCH /repos/owner/streaming/issues/comments/900"]);
    expect(github.comments).toEqual(before.map((each) => (each.id === 900 ? { ...each, body } : each)));
  });

  it("is not edited when it says the same, with GitHub's line ends", async () => {
    github.comments = [{ id: 5, body: `${body.replaceAll("\n", "\r\n")}\r\n`, user: bot }];
    expect((await writeComment(at(), 7, marker, body)).what).toBe("unchanged");
    expect(github.writes).toEqual([]);
  });

  it("is left as it is when it is of a later run, whichever comes first", async () => {
    const of = (run: number, report: string) =>
      bodyOf(
        "diff",
        report,
        `<sub>Made by [it](https://github.example/owner/streaming/actions/runs/${run}) at 1.</sub>`,
      );
    github.comments = [{ id: 5, body: of(12, "### later"), user: bot }];
    expect((await writeComment(at(), 7, marker, of(9, "### earlier"))).what).toBe("overtaken");
    expect(github.writes).toEqual([]);
    // The same run, attempted again, and one after it. What a report says of runs is its own.
    expect((await writeComment(at(), 7, marker, of(12, "### again"))).what).toBe("updated");
    expect((await writeComment(at(), 7, marker, of(13, "(/actions/runs/99)"))).what).toBe("updated");
    expect((await writeComment(at(), 7, marker, of(14, "### last"))).what).toBe("updated");
  });

  it.each([
    ["of another account with the same marker", { body: `${marker}\n\nmine`, user: { login: "mallory" } }],
    ["of the same account that quotes the marker further down", { body: `> look:\n${marker}`, user: bot }],
    ["of the same account with another name", { body: bodyOf("costs", "12 EUR"), user: bot }],
  ])("leaves a comment alone that is %s", async (_, foreign) => {
    github.comments = [{ id: 5, ...foreign }];
    expect((await writeComment(at(), 7, marker, body)).what).toBe("created");
    expect(github.comments).toEqual([
      { id: 5, ...foreign },
      { id: 1000, body, user: bot },
    ]);
  });

  it("edits the oldest of two, always the same", async () => {
    github.comments = [1, 2].map((id) => ({ id, body: `${marker}\n\nold`, user: bot }));
    await writeComment(at(), 7, marker, body);
    await writeComment(at(), 7, marker, bodyOf("diff", "### none"));
    expect(github.writes).toEqual(Array(2).fill("PATCH /repos/owner/streaming/issues/comments/1"));
  });

  it.each([
    ["GET", { on: /^GET/, status: 502 }],
    ["PATCH", { on: /^PATCH/, status: 503 }],
    ["PATCH", { on: /^PATCH/, status: 429 }],
    [
      "PATCH",
      {
        on: /^PATCH/,
        status: 429,
        headers: { "retry-after": "3" },
        message: "You have exceeded a secondary rate limit.",
      },
    ],
    ["GET", { on: /^GET/, status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" } }],
  ])("is written after all when a %s fails for a moment: %o", async (method, failure) => {
    github.comments = [{ id: 5, body: `${marker}\n\nold`, user: bot }];
    github.failures = [failure];
    expect((await writeComment(at(), 7, marker, body)).what).toBe("updated");
    expect(github.calls.filter((call) => call.startsWith(method))).toHaveLength(2);
    expect(github.comments).toEqual([{ id: 5, body, user: bot }]);
  });

  it.each([false, true])("is there once when the answer to a POST is lost, carried out: %s", async (after) => {
    github.failures = [{ on: /^POST/, status: 502, after }];
    expect((await writeComment(at(), 7, marker, body)).what).toBe(after ? "unchanged" : "created");
    expect(github.comments).toEqual([{ id: expect.any(Number), body, user: bot }]);
  });

  it("is given up when GitHub fails for long", async () => {
    github.failures = Array.from({ length: 100 }, () => ({ on: /^GET/, status: 500, message: "out of order" }));
    await expect(writeComment(at(), 7, marker, body)).rejects.toThrow("out of order");
    expect(github.calls.length).toBe(12);
  });

  it.each([403, 404, 410, 422])("is not tried again after a %i, which says no", async (status) => {
    github.failures = [{ on: /^POST/, status, message: "Resource not accessible by integration" }];
    await expect(writeComment(at(), 7, marker, body)).rejects.toMatchObject({ status });
    expect(github.writes).toHaveLength(1);
  });

  it("does not wait for a limit that ends in an hour", async () => {
    const reset = String(Math.floor(Date.now() / 1000) + 3600);
    github.failures = [
      { on: /^GET/, status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset } },
    ];
    await expect(writeComment(at(), 7, marker, body)).rejects.toMatchObject({ status: 403 });
    expect(github.calls).toHaveLength(1);
  });

  it("says whose it is when the token is of another account than it looks for", async () => {
    github.login = "octocat";
    await expect(writeComment(at(), 7, marker, body)).rejects.toThrow('give `--author "octocat"`');
    expect(github.writes).toHaveLength(1);
    const mine = repository(github.env, { author: "octocat", second: 5 });
    expect((await writeComment(mine, 7, marker, body)).what).toBe("unchanged");
  });
});

describe("the issue of a report", () => {
  const report = { marker, body, title: "dev has drifted", label: "drift", resolved: false };
  const issue = (id: number, more: object) => ({
    id,
    number: id,
    title: report.title,
    body: `${marker}\n\nold`,
    state: "open",
    labels: [{ name: "drift" }],
    user: bot,
    ...more,
  });

  it("is opened with its label, edited the next time, left alone when nothing is new", async () => {
    expect((await writeIssue(at(), report))?.what).toBe("created");
    const next = { ...report, body: bodyOf("diff", "### destructive") };
    expect((await writeIssue(at(), next))?.what).toBe("updated");
    expect((await writeIssue(at(), next))?.what).toBe("unchanged");
    expect(github.issues).toEqual([issue(1000, { body: next.body })]);
    expect(github.writes).toEqual(["POST /repos/owner/streaming/issues", "PATCH /repos/owner/streaming/issues/1000"]);
  });

  it("is found on a later page, and pull requests, closed ones and those of others are not it", async () => {
    const others = [
      ...Array.from({ length: 120 }, (_, index) => issue(index + 1, { user: { login: "mallory" } })),
      issue(200, { pull_request: {} }),
      issue(201, { state: "closed" }),
      issue(202, { labels: [{ name: "bug" }] }),
      issue(203, { body: bodyOf("drift-prod", "other stack") }),
    ];
    github.issues = [...others, issue(300, {})];
    expect((await writeIssue(at(), report))?.what).toBe("updated");
    expect(github.issues).toEqual([...others, issue(300, { body })]);
  });

  it("is closed with the last report when nothing is left, and none is opened for that", async () => {
    expect(await writeIssue(at(), { ...report, resolved: true })).toBeUndefined();
    expect(github.writes).toEqual([]);
    github.issues = [issue(3, {})];
    expect((await writeIssue(at(), { ...report, resolved: true }))?.what).toBe("closed");
    expect(github.issues).toEqual([issue(3, { body, state: "closed", state_reason: "completed" })]);
    expect((await writeIssue(at(), report))?.what).toBe("created");
  });

  it("is opened once when the answer is lost", async () => {
    github.failures = [{ on: /^POST/, status: 500, after: true }];
    expect((await writeIssue(at(), report))?.what).toBe("unchanged");
    expect(github.issues).toHaveLength(1);
  });

  it("fails when its label was dropped: the next run would not find it", async () => {
    github.dropsLabels = true;
    await expect(writeIssue(at(), report)).rejects.toThrow("has no label `drift`");
  });
});

describe("a run that says which pull request it is of", () => {
  const sha = "a".repeat(40);
  const run = {
    event: "pull_request",
    head_sha: sha,
    head_repository: { id: 1 },
    html_url: "https://github.example/run",
  };
  const pull = { state: "open", head: { sha, label: "mallory:patch", repo: { id: 1 } } };
  const verify = (ran: object, there: object) => {
    github.runs.set(11, { ...run, ...ran });
    github.pulls.set(7, { ...pull, ...there });
    return verifyRun(at(), 11, 7);
  };

  it("is believed when the pull request is at the run's commit", async () => {
    expect(await verify({}, {})).toEqual({
      origin: "<sub>Made by [the pull request's own code](https://github.example/run) at aaaaaaaa.</sub>",
    });
  });

  it.each([
    [
      "another commit",
      {},
      { head: { ...pull.head, sha: "b".repeat(40) } },
      /is at bbbbbbbb of mallory:patch.* was of aaaaaaaa/,
    ],
    ["another fork", {}, { head: { ...pull.head, repo: { id: 2 } } }, /is at aaaaaaaa of mallory:patch/],
    ["another event", { event: "push" }, {}, /not of a pull request, but of "push"/],
    ["a closed one", {}, { state: "closed" }, /is closed/],
  ])("is not believed for %s", async (_, ran, there, reason) => {
    expect(await verify(ran, there)).toEqual({ reason: expect.stringMatching(reason) });
  });

  it("fails for a pull request that there is not", async () => {
    github.runs.set(11, run);
    await expect(verifyRun(at(), 11, 8)).rejects.toMatchObject({ status: 404 });
  });
});

describe("the text", () => {
  it("begins with its marker and with what made it, which no report can hide, and names nobody", () => {
    expect(bodyOf("diff", "\r\nThanks @octocat and @org/team, not me@example.com\r\n<!--", "<sub>me</sub>")).toBe(
      "<!-- azure-kafka-spark-streaming:diff -->\n\n<sub>me</sub>\n\nThanks @\u200boctocat and @\u200borg/team, not me@example.com\n<!--",
    );
  });

  it.each(["_@octocat_", ".@octocat", "&#64;octocat", "&#x0040;octocat", "&commat;octocat", "(@octocat)"])(
    "names nobody by %s",
    (text) => {
      expect(bodyOf("diff", text)).toMatch(/@\u200boctocat/);
    },
  );

  it.each([
    ["diff", " \n", "The report is empty"],
    ["diff", "x".repeat(65_536), "GitHub takes 65536"],
    ["a-->b", "text", '`--name` is "a-->b"'],
  ])("is refused: %s, %.5s", (name, text, message) => {
    expect(() => bodyOf(name, text)).toThrow(message);
  });

  it("is as long as GitHub takes", () => {
    const room = 65_536 - `${marker}\n\n`.length;
    expect(bodyOf("diff", "x".repeat(room))).toHaveLength(65_536);
  });

  it("names every variable that is missing, and never the token", () => {
    expect(() => repository({})).toThrow(/GITHUB_REPOSITORY.*\n.*GITHUB_TOKEN/);
    expect(() => repository({ GITHUB_REPOSITORY: "no-owner", GITHUB_TOKEN: "ghs_secret" })).toThrow(
      '`GITHUB_REPOSITORY` is "no-owner"; it has to be OWNER/NAME.',
    );
  });
});
