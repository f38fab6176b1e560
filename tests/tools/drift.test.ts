import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineEvent } from "../../tools/diff/events";

// The comparison with the real engine is tried in diff/drift.test.ts. Here the command is: what it is asked, how it ends.
const root = path.resolve(__dirname, "../..");
const folder = mkdtempSync(path.join(tmpdir(), "drift-"));

/** Stands for the CLI: writes down what it is given as the engine's events, and as the history of the stack. */
const standIn = `#!${process.execPath}
const { appendFileSync, copyFileSync } = require("node:fs");
const args = process.argv.slice(2);
appendFileSync(process.env.CALLS, JSON.stringify(args) + "\\n");
if (args[1] === "export") console.log(process.env.STATE);
else if (args[0] === "stack") console.log(process.env.HISTORY);
else if (args[0] === "config") console.log(process.env.CONFIG);
else {
  copyFileSync(process.env.EVENTS, args[args.indexOf("--event-log") + 1]);
  process.exitCode = Number(process.env.CODE);
}
`;

beforeAll(() => {
  writeFileSync(path.join(folder, "pulumi"), standIn);
  chmodSync(path.join(folder, "pulumi"), 0o755);
});

afterAll(() => rmSync(folder, { recursive: true }));

const urn = "urn:pulumi:dev::streaming::databricks:index/cluster:Cluster::spark-cluster";
const state = (inputs: Record<string, unknown>) => ({
  type: "databricks:index/cluster:Cluster",
  urn,
  custom: true,
  inputs,
});
const step = (op: "same" | "update", before: Record<string, unknown>, after: Record<string, unknown>): EngineEvent => ({
  resourcePreEvent: {
    metadata: {
      op,
      urn,
      type: "databricks:index/cluster:Cluster",
      old: state(before),
      new: state(after),
      ...(op === "update" && { detailedDiff: { numWorkers: { diffKind: "update", inputDiff: true } } }),
    },
  },
});
const asItIs = step("same", { numWorkers: 2 }, { numWorkers: 2 });
const resized = step("update", { numWorkers: 5 }, { numWorkers: 2 });
const mistake: EngineEvent = { diagnosticEvent: { severity: "error", message: "no login" } };

async function run(tool: string, args: string[], events: EngineEvent[], code = 0, env: NodeJS.ProcessEnv = {}) {
  const [file, calls] = [path.join(folder, "events.jsonl"), path.join(folder, "calls")];
  writeFileSync(file, events.map((event) => JSON.stringify(event)).join("\n"));
  writeFileSync(calls, "");
  return execa(process.execPath, ["--import", "tsx", `tools/${tool}.ts`, ...args], {
    cwd: root,
    env: {
      PATH: `${folder}${path.delimiter}${process.env.PATH}`,
      NO_COLOR: "1",
      EVENTS: file,
      CALLS: calls,
      CODE: String(code),
      HISTORY: "[]",
      CONFIG: "{}",
      STATE: "{}",
      ...env,
    },
    reject: false,
    all: true,
  });
}

describe("npm run drift", () => {
  it("ends with 0 when nothing differs", async () => {
    const { exitCode, stdout } = await run("drift", ["--stack", "dev"], [asItIs]);
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("dev: none") });
  });

  it("takes a stack with its organization, whose file has none", async () => {
    const { exitCode, stdout } = await run("drift", ["--stack", "acme/dev"], [asItIs]);
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("acme/dev: none") });
    const calls = readFileSync(path.join(folder, "calls"), "utf8").trim().split("\n");
    expect(calls.length).toBeGreaterThan(0);
    for (const call of calls) expect(JSON.parse(call).join(" ")).toContain("--stack acme/dev");
  });

  it("ends with 1 when something does, and says what", async () => {
    const { exitCode, stdout } = await run("drift", ["--stack", "dev", "--format", "markdown"], [resized]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("`numWorkers`: `5`, in the code `2`");
  });

  it("ends with 2 when it cannot be told, for a stack or at all", async () => {
    const failed = await run("drift", ["--stack", "dev"], [mistake], 255);
    expect(failed).toMatchObject({ exitCode: 2, stdout: expect.stringContaining("no login") });
    const unknown = await run("drift", ["--stack", "nowhere"], []);
    expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("no `Pulumi.nowhere.yaml`") });
    expect(readFileSync(path.join(folder, "calls"), "utf8")).toBe("");
    expect((await run("drift", [], [])).exitCode).toBe(2);
  });
});

describe("what stops a preview", () => {
  const canaries = {
    configured: "canary-of-config",
    inObject: "canary-of-object",
    own: "canary-of-state",
    named: "canary-by-name",
    line: "canaryLineOfKey0123456789",
    login: "canary-of-login",
    quoted: 'canary "quoted" \\ one',
  };
  const secret = (value: unknown) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    plaintext: JSON.stringify(value),
  });
  const config = {
    "streaming:gatewayPassword": { value: canaries.configured, secret: true },
    "streaming:twitter": { objectValue: { deep: [canaries.inObject] }, secret: true },
    "streaming:location": { value: "westeurope", secret: false },
  };
  const key = `-----BEGIN KEY-----\n${canaries.line}\n-----END KEY-----`;
  const inputs = {
    token: secret(canaries.own),
    properties: secret({ size: "Standard_E4ads_v5", gateway: { "restAuthCredential.password": canaries.named } }),
    others: [secret(key), secret(canaries.quoted)],
  };
  const env = {
    CONFIG: JSON.stringify(config),
    STATE: JSON.stringify({ deployment: { resources: [{ urn, inputs }] } }),
    ARM_CLIENT_SECRET: canaries.login,
  };
  // As a provider repeats them: in a command line, quoted, in a URL.
  const words = Object.values(canaries).map((each) => `${each} ${JSON.stringify(each)} ?${encodeURIComponent(each)}`);
  const said = `exit status 1: running "curl ${words.join(" ")}" in westeurope on Standard_E4ads_v5`;

  it.each([
    ["drift", ["--stack", "dev"], { diagnosticEvent: { severity: "error", message: said } }, 2],
    ["diff", ["--against-state", "--stack", "dev"], { diagnosticEvent: { severity: "error", message: said } }, 2],
    [
      "diff",
      ["--against-state", "--stack", "dev"],
      { policyEvent: { policyName: "p", policyPackName: "x", enforcementLevel: "advisory", message: said } },
      0,
    ],
  ] as [string, string[], EngineEvent, number][])(
    "is told by %s %j without a secret",
    async (tool, args, event, code) => {
      const { all, exitCode } = await run(tool, [...args, "--format", "json"], [asItIs, event], code && 255, env);
      expect(exitCode).toBe(code);
      expect(all).toMatch(/\[secret\].* in westeurope on Standard_E4ads_v5/);
      for (const canary of Object.values(canaries)) {
        for (const form of [canary, JSON.stringify(canary).slice(1, -1), encodeURIComponent(canary)]) {
          expect(all).not.toContain(form);
        }
      }
    },
  );
});

describe("npm run diff -- --against-state", () => {
  const history = JSON.stringify([
    { kind: "update", result: "failed", config: {} },
    {
      kind: "update",
      result: "succeeded",
      config: {
        "streaming:sparkWorkers": { value: "5", secret: false },
        "streaming:gatewayPassword": { secret: true },
        "streaming:topics": { value: '[{"name":"old","partitions":1,"replicationFactor":3}]', secret: false },
      },
    },
  ]);

  it("compares configuration and topics with those of the last deployment, and never a secret", async () => {
    const args = ["--against-state", "--stack", "dev", "--format", "json", "--fail-on", "disruptive"];
    const { exitCode, stdout } = await run("diff", args, [resized], 0, { HISTORY: history });
    expect(exitCode).toBe(0);
    const [stack] = JSON.parse(stdout).stacks;
    expect(stack).toMatchObject({ stack: "dev", grade: "low" });
    expect(stack.configuration).toContainEqual(
      expect.objectContaining({ key: "streaming:sparkWorkers", before: "5", kind: "changed" }),
    );
    expect(stack.topics).toContainEqual(expect.objectContaining({ topic: "old", what: "is no longer declared" }));
  });

  it("has no base and no head of its own", async () => {
    const { exitCode, stderr } = await run("diff", ["--against-state", "--base", "main"], []);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("leave out `--base`") });
  });
});
