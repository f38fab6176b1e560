import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { actionlint } from "../../../tools/workflows/actionlint";
import { securityProblems } from "../../../tools/workflows/rules";

const root = path.resolve(__dirname, "../../..");
const folder = path.join(root, ".github/workflows");
const files = readdirSync(folder);
const read = (file: string) => readFileSync(path.join(folder, file), "utf8");
const action = readFileSync(path.join(root, ".github/actions/prepare/action.yml"), "utf8");

const pinned = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2";
const good = `
on: [pull_request]
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read
    steps:
      - uses: ${pinned}
        with:
          persist-credentials: false
      - run: echo "$TITLE"
        env:
          TITLE: \${{ github.event.pull_request.title }}
`;
const afterwards = good
  .replace("[pull_request]", "{ workflow_run: { workflows: [Test], types: [completed] } }")
  .replace("persist-credentials", `ref: \${{ github.event.repository.default_branch }}\n          persist-credentials`);

const cachedLogin = good
  .replace("[pull_request]", "[push]")
  .replace("persist-credentials: false", "persist-credentials: false\n          keep: true");

describe("the rules for workflows", () => {
  it.each([good, afterwards, cachedLogin])("find nothing wrong where there is nothing", (text) => {
    expect(securityProblems(text)).toEqual([]);
  });

  it.each([
    ["an action by its tag", good, pinned, "actions/checkout@v6", "`uses: actions/checkout@v6` can become other code"],
    ["a short commit", good, pinned, "actions/checkout@de0fac2 # v6", "can become other code"],
    ["a commit without its version", good, / # v6.0.2/, "", "can become other code"],
    [
      "an expression in a script",
      good,
      '"$TITLE"',
      `\${{ github.head_ref }}`,
      "github.head_ref }}` is put into a script",
    ],
    ["a checkout that keeps the token", good, "persist-credentials: false", "fetch-depth: 2", "keeps the token"],
    ["no permissions for all", good, "permissions: {}", "", "There is no `permissions` for all jobs"],
    ["no permissions of a job", good, /permissions:\n {6}contents: read/, "", "Job `test` does not list"],
    ["all permissions", good, /permissions:\n {6}contents: read/, "permissions: write-all", "Job `test` does not list"],
    ["no timeout", good, "timeout-minutes: 5", "", "Job `test` has no `timeout-minutes`"],
    ["the event with secrets", good, "[pull_request]", "[pull_request_target]", "`pull_request_target` has secrets"],
    ["a secret for strangers", good, "github.event.pull_request.title", "secrets.TOKEN", "names secrets"],
    ["all secrets", good, "github.event.pull_request.title", "toJSON(secrets)", "names secrets"],
    ["a secret by its number", good, "github.event.pull_request.title", "join(secrets.*)", "names secrets"],
    [
      "a condition on a secret",
      good,
      "timeout-minutes: 5",
      "timeout-minutes: 5\n    if: secrets.X != ''",
      "names secrets",
    ],
    [
      "an action in one line",
      good,
      /- uses: .*\n.*\n.*/,
      '- { "uses": actions/setup-node@v6 }',
      "`uses: actions/setup-node@v6` can become other code",
    ],
    [
      "an action whose name comes last",
      good,
      "- run:",
      "- name: Node\n        uses: actions/setup-node@v6\n      - run:",
      "actions/setup-node@v6` can become other code",
    ],
    [
      "a token of all steps",
      afterwards,
      "    permissions:\n",
      `    env: { GH_TOKEN: "\${{ github.token }}" }\n    permissions:\n`,
      "`GH_TOKEN` gives a login to every step",
    ],
    [
      "a secret of all jobs",
      afterwards,
      "permissions: {}",
      `permissions: {}\nenv:\n  KEY: \${{ secrets.KEY }}`,
      "`KEY` gives a login to every step",
    ],
    ["a secret by brackets", good, "github.event.pull_request.title", "secrets['TOKEN']", "names secrets"],
    ["writing by strangers", good, "contents: read", "contents: write", "may write: `contents: write`"],
    [
      "a pull request's code with rights",
      afterwards,
      /ref: .*/,
      "ref: main",
      "only the default branch may be checked out",
    ],
    [
      "a cache with rights",
      afterwards,
      "persist-credentials: false",
      "persist-credentials: false\n          cache: npm",
      "takes from a cache",
    ],
    ["a cache with a login", cachedLogin, "contents: read", "id-token: write", "takes from a cache"],
  ])("find %s", (_, text, from, to, problem) => {
    const changed = text.replace(from, () => to);
    expect(changed).not.toBe(text);
    expect(securityProblems(changed)).toEqual([expect.stringContaining(problem)]);
  });
});

describe("actionlint", () => {
  it("finds what is not as GitHub wants it", async () => {
    const found = await actionlint(
      good.replace("runs-on", "runs_on").replace("github.event", "guthib.event"),
      "test.yml",
    );
    expect(found.map(({ line, message }) => `${line} ${message}`)).toEqual([
      expect.stringContaining('5 "runs-on" section is missing'),
      expect.stringContaining('6 unexpected key "runs_on"'),
      expect.stringContaining('16 undefined variable "guthib"'),
    ]);
  });
});

describe("the workflows", () => {
  it.each(files)("%s has no mistake that actionlint or the rules know", async (file) => {
    expect(await actionlint(read(file), file)).toEqual([]);
    expect(securityProblems(read(file))).toEqual([]);
  });

  it("share an action that keeps to the rules", () => {
    expect(securityProblems(action)).toEqual([]);
  });

  it("use one version of each action", () => {
    const used = [...files.map(read), action].flatMap((text) =>
      [...text.matchAll(/uses: ([\w/-]+@.*)/g)].map(([, use]) => use),
    );
    const names = [...new Set(used)].map((use) => use.split("@")[0]);
    expect(names).toEqual([...new Set(names)]);
  });

  it("have scripts that a shell can read", async () => {
    const scripts = files.flatMap((file) => {
      const { jobs } = parse(read(file)) as { jobs: Record<string, { steps: { run?: string }[] }> };
      return Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    });
    expect(scripts.length).toBeGreaterThan(10);
    for (const script of scripts) await execa("bash", ["-n"], { input: script });
  });

  it.each([
    ["true", "--yes --refresh --policy-pack"],
    ["", "--yes --policy-pack"],
  ])("deploy with a refresh where that was asked for: '%s'", async (refresh, args) => {
    const { on, jobs } = parse(read("deploy.yml")) as {
      on: { workflow_dispatch: { inputs: { refresh: object } } };
      jobs: Record<"preview" | "up", { steps: { name?: string; if?: string; run?: string; env?: object }[] }>;
    };
    expect(on.workflow_dispatch.inputs.refresh).toMatchObject({ type: "boolean", default: false });
    expect(jobs.preview.steps.find(({ run = "" }) => run.includes("npm run drift"))?.if).toBe("inputs.refresh");
    const deploying = jobs.up.steps.find(({ name }) => name === "Deploy");
    expect(deploying?.env).toMatchObject({ REFRESH: `\${{ inputs.refresh || '' }}` });
    const script = `pulumi() { echo "pulumi $*"; }\n${deploying?.run}`;
    const { stdout } = await execa("bash", ["-eu"], {
      input: script,
      env: { STACK: "x", ORGANIZATION: "", REFRESH: refresh },
    });
    expect(stdout).toContain(args);
  });

  it.each(["deploy.yml", "destroy.yml"])("take any stack, those of people's own as well: %s", (file) => {
    const { on } = parse(read(file)) as { on: { workflow_dispatch: { inputs: { stack: object } } } };
    expect(on.workflow_dispatch.inputs.stack).toMatchObject({ type: "string", required: true });
  });

  it.each(["deploy.yml", "destroy.yml", "drift.yml"])(
    "give Pulumi what each backend needs, wherever it runs: %s",
    (file) => {
      const { env = {}, jobs } = parse(read(file)) as {
        env?: object;
        jobs: Record<string, { env?: object; steps: { run?: string; env?: object }[] }>;
      };
      const steps = Object.values(jobs).flatMap((job) =>
        job.steps.map((step) => ({ run: step.run ?? "", env: { ...env, ...job.env, ...step.env } })),
      );
      const pulumis = steps.filter(({ run }) => /^\s*(?:pulumi|npm run d(?:iff|rift)) /m.test(run));
      expect(pulumis.length).toBeGreaterThan(0);
      for (const step of pulumis) {
        expect(Object.keys(step.env)).toEqual(
          expect.arrayContaining([
            "PULUMI_BACKEND_URL",
            "PULUMI_ACCESS_TOKEN",
            "PULUMI_CONFIG_PASSPHRASE",
            "ARM_CLIENT_ID",
          ]),
        );
      }
    },
  );

  it.each(["deploy.yml", "destroy.yml", "drift.yml"])(
    "name a stack with its organization, where it has one: %s",
    async (file) => {
      const { env = {}, jobs } = parse(read(file)) as {
        env?: object;
        jobs: Record<string, { env?: object; steps: { run?: string; env?: object }[] }>;
      };
      const named = Object.values(jobs).flatMap((job) =>
        job.steps
          .filter(({ run = "" }) => run.includes("--stack"))
          .map((step) => ({
            args: /--stack (\S+)/.exec(String(step.run))?.[1],
            env: { ...env, ...job.env, ...step.env },
          })),
      );
      expect(named.length).toBeGreaterThan(0);
      for (const { args, env: given } of named) {
        expect(given).toMatchObject({ ORGANIZATION: `\${{ vars.PULUMI_ORGANIZATION }}` });
        for (const [organization, name] of [
          ["", "dev"],
          ["acme", "acme/dev"],
        ]) {
          const { stdout } = await execa("bash", ["-uc", `echo ${args}`], {
            env: { STACK: "dev", ORGANIZATION: organization },
          });
          expect(stdout).toBe(name);
        }
      }
    },
  );

  it("call only scripts that package.json has, with options that they know", async () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const calls = files.flatMap((file) => [
      ...read(file)
        .replaceAll(/\\?\n\s+(?=--)/g, " ")
        .matchAll(/npm run (\w+)(?: -- (.*))?/g),
    ]);
    expect(calls.map(([, name]) => name).sort()).toEqual([
      "check",
      "comment",
      "comment",
      "diff",
      "diff",
      "drift",
      "drift",
    ]);
    for (const [, name, rest = ""] of calls) {
      const [, tool] = /run (tools\/\S+)/.exec(scripts[name]) ?? [];
      if (!tool) continue;
      const subcommand = /^[a-z][a-z-]+/.exec(rest)?.[0] ?? "";
      const { stdout } = await execa(
        process.execPath,
        ["--import", "tsx", tool, ...(subcommand ? [subcommand] : []), "--help"],
        {
          cwd: root,
        },
      );
      for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(stdout).toContain(option);
    }
  }, 120_000);
});

describe("the step that says how large a report is", () => {
  const { jobs } = parse(read("comment.yml")) as { jobs: { comment: { steps: { run: string }[] } } };
  const [{ run }] = jobs.comment.steps;

  it.each([
    [1, 0],
    [262_144, 0],
    [262_145, 1],
    [0, 1],
  ])("ends a run with %i bytes with %i", async (bytes, code) => {
    const script = `gh() { echo ${bytes}; }\n${run}`;
    const env = { GITHUB_REPOSITORY: "owner/streaming", RUN_ID: "1" };
    const { exitCode } = await execa("bash", ["-e"], { input: script, env, reject: false });
    expect(exitCode).toBe(code);
  });
});
