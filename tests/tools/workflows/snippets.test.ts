import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import { parse } from "yaml";
import { describeWith, missingPrograms } from "../../needs";

const page = readFileSync(path.resolve(__dirname, "../../../docs/workflows.md"), "utf8");
const [azure, gitlab] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => parse(text)) as [
  { jobs: { job: string; steps: { bash?: string; displayName?: string; env?: object; checkout?: string }[] }[] },
  Record<"diff" | "note", { script: string[] }>,
];
const marker = "<!-- azure-kafka-spark-streaming:diff -->";
const folder = mkdtempSync(path.join(tmpdir(), "snippets-"));

const text = '### low\n\n"One" topic & more: 100 % \\n\n';

/** Agents of both have it, and not every machine. */
const impossible = missingPrograms("jq", "curl");

/** What came: `METHOD /path`, and the body. */
let calls: { call: string; body: string }[];
let answer: (call: string) => { data: unknown; headers?: http.OutgoingHttpHeaders };
const server = http.createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const call = `${request.method} ${request.url}`;
  calls.push({ call, body: Buffer.concat(chunks).toString() });
  const { data, headers } = answer(call);
  response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(data));
});

beforeEach(async () => {
  calls = [];
  writeFileSync(path.join(folder, "report.md"), text);
  await new Promise<void>((resolve) => server.listen(0, "127.7.0.117", resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

afterAll(() => rmSync(folder, { recursive: true }));

const url = () => `http://127.7.0.117:${(server.address() as AddressInfo).port}`;
const writes = () => calls.filter(({ call }) => !call.startsWith("GET"));
const report = () => readFileSync(path.join(folder, "report.md"), "utf8");

/** Runs a script of the page as its pipeline does. */
const run = (shell: string[], script: string, env: Record<string, string>) =>
  execa(shell[0], shell.slice(1), { input: script, cwd: folder, env });

describeWith("programs", impossible)("the comment on Azure Pipelines", {}, () => {
  const steps = azure.jobs.flatMap((job) => job.steps);
  const script = (name: string) => steps.find(({ displayName }) => displayName === name)?.bash ?? "";
  const env = () => ({
    API: `${url()}/pullRequests/7`,
    TOKEN: "token",
    AGENT_TEMPDIRECTORY: folder,
    PIPELINE_WORKSPACE: folder,
  });
  const report = () => readFileSync(path.join(folder, "report", "report.md"), "utf8");
  beforeEach(() => {
    mkdirSync(path.join(folder, "report"), { recursive: true });
    writeFileSync(path.join(folder, "report", "report.md"), text);
  });
  const threads = (...contents: (string | undefined)[]) => ({
    data: { value: contents.map((content, index) => ({ id: index + 10, comments: [{ id: 1, content }] })) },
  });

  it("is created when there is none", async () => {
    answer = () => threads("hello", undefined);
    await run(["bash"], script("Comment"), env());
    expect(writes().map(({ call }) => call)).toEqual(["POST /pullRequests/7/threads?api-version=7.1"]);
    expect(JSON.parse(writes()[0].body)).toEqual({
      comments: [{ content: `${marker}\n\n${report()}`, commentType: "text" }],
      status: "closed",
    });
  });

  it("is edited in place when it is there", async () => {
    answer = () => threads("hello", `${marker}\n\nold`, `${marker}\n\nolder`);
    await run(["bash"], script("Comment"), env());
    expect(writes().map(({ call }) => call)).toEqual(["PATCH /pullRequests/7/threads/11/comments/1?api-version=7.1"]);
    expect(JSON.parse(writes()[0].body)).toEqual({ content: `${marker}\n\n${report()}` });
  });

  it("comes after labels and description were read", async () => {
    answer = (call) =>
      call.includes("/labels")
        ? { data: { value: [{ name: "accept-destructive" }, { name: "a b" }] } }
        : { data: { description: "Accept destructive: prod\nand more" } };
    await run(["bash"], script("Acceptance"), env());
    const read = (file: string) => readFileSync(path.join(folder, "acceptance", file), "utf8");
    expect(JSON.parse(read("labels"))).toEqual(["accept-destructive", "a b"]);
    expect(read("body")).toBe("Accept destructive: prod\nand more\n");
  });

  it("has its token where none of the project's code runs, and nowhere else", () => {
    expect(azure.jobs.map(({ job }) => job)).toEqual(["acceptance", "diff", "comment"]);
    for (const { job, steps: own } of azure.jobs) {
      const hasToken = JSON.stringify(own).includes("System.AccessToken");
      expect({ job, hasToken }).toEqual({ job, hasToken: job !== "diff" });
      if (hasToken) expect(own[0]).toEqual({ checkout: "none" });
    }
  });

  it.each([
    ["destructive", `echo "### destructive" > "$9"; exit 1`, 1, "### destructive\n"],
    ["what left no report", "exit 2", 2, expect.stringContaining("could not be told")],
  ])(
    "comes after a comparison that was told what is accepted, and ends as it does: %s",
    async (_, command, code, said) => {
      rmSync(path.join(folder, "report"), { recursive: true });
      mkdirSync(path.join(folder, "acceptance"), { recursive: true });
      writeFileSync(path.join(folder, "acceptance", "labels"), '["accept-destructive"]\n');
      writeFileSync(path.join(folder, "acceptance", "body"), "two\nlines\n");
      // Stands for npm, and for git.
      const npm = `npm() { [ "$1" = ci ] && return; env > env.txt; ( shift 3; ${command.replace("$9", "$AGENT_TEMPDIRECTORY/report/report.md")} ); }`;
      const { exitCode } = await execa("bash", [], {
        input: `git() { echo 1; }\n${npm}\n${script("Diff")}`,
        cwd: folder,
        env: env(),
        reject: false,
      });
      expect(exitCode).toBe(code);
      expect(report()).toEqual(said);
      const told = readFileSync(path.join(folder, "env.txt"), "utf8");
      expect(told).toContain('\nPULL_REQUEST_LABELS=["accept-destructive"]\n');
      expect(told).toContain("\nPULL_REQUEST_BODY=two\nlines\n");
    },
  );
});

describeWith("programs", impossible)("the note on GitLab", {}, () => {
  const note = (id: number, author: number, body: string) => ({ id, author: { id: author }, body });
  const script = gitlab.note.script.filter((line) => !line.startsWith("apk ")).join("\n");
  const env = () => ({
    CI_API_V4_URL: url(),
    CI_PROJECT_ID: "3",
    CI_MERGE_REQUEST_IID: "7",
    REPORT_TOKEN: "token",
  });
  const pages = (...all: object[][]) => {
    answer = (call) => {
      if (call === "GET /user") return { data: { id: 1 } };
      const [, number = "1"] = /&page=(\d+)/.exec(call) ?? [];
      const next = Number(number) < all.length ? String(Number(number) + 1) : "";
      return { data: all[Number(number) - 1] ?? {}, headers: { "X-Next-Page": next } };
    };
  };

  it("is created when there is none on any page, but for another's with the same marker", async () => {
    pages([note(1, 2, `${marker}\n`)], [note(2, 1, `> ${marker}`)]);
    await run(["sh"], script, env());
    expect(calls.map(({ call }) => call)).toEqual([
      "GET /user",
      "GET /projects/3/merge_requests/7/notes?per_page=100&sort=asc&page=1",
      "GET /projects/3/merge_requests/7/notes?per_page=100&sort=asc&page=2",
      "POST /projects/3/merge_requests/7/notes",
    ]);
    expect(new URLSearchParams(writes()[0].body).get("body")).toBe(`${marker}\n\n${report()}`);
  });

  it("is edited in place when it is on a later page", async () => {
    pages([note(1, 2, "hello")], [note(2, 1, `${marker}\n\nold`)], []);
    await run(["sh"], script, env());
    expect(writes().map(({ call }) => call)).toEqual(["PUT /projects/3/merge_requests/7/notes/2"]);
  });

  it("comes after a report for which labels are a list", async () => {
    const line = gitlab.diff.script.find((each) => each.includes("PULL_REQUEST_LABELS")) ?? "";
    const { stdout } = await run(["sh"], `${line}\necho "$PULL_REQUEST_LABELS"`, {
      CI_MERGE_REQUEST_LABELS: "accept-destructive,a b",
    });
    expect(JSON.parse(stdout)).toEqual(["accept-destructive", "a b"]);
  });
});
