import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WorkspaceDouble } from "./verify/workspaceDouble";

const root = path.resolve(__dirname, "../..");
const folder = mkdtempSync(path.join(tmpdir(), "verify-"));
let workspace: WorkspaceDouble;

beforeAll(async () => {
  workspace = await new WorkspaceDouble().open();
});

afterAll(async () => {
  await workspace.close();
  rmSync(folder, { recursive: true });
});

/** Runs the tool with a Pulumi CLI that prints these outputs. */
function verify(args: string[], outputs: object) {
  const cli = path.join(folder, "pulumi");
  writeFileSync(path.join(folder, "outputs.json"), JSON.stringify(outputs));
  // It answers this one question, as asked for this stack, and no other.
  writeFileSync(
    cli,
    `#!/bin/sh\n[ "$*" = "stack output --json --stack dev" ] || { echo "unexpected: $*" >&2; exit 9; }\ncat "${folder}/outputs.json"\n`,
  );
  chmodSync(cli, 0o755);
  return execa(process.execPath, ["--import", "tsx", "tools/verify.ts", ...args], {
    cwd: root,
    env: { PATH: `${folder}${path.delimiter}${process.env.PATH}`, DATABRICKS_TOKEN: workspace.token },
    reject: false,
  });
}

/** Outputs of a stack whose broker is gone: nothing listens at port 1. */
const outputs = () => ({
  kafkaBrokers: ["127.0.0.1:1"],
  topics: [{ name: "tweets", partitions: 4, replicationFactor: 3, config: {} }],
  workspaceUrl: workspace.url,
  consumerJobUrl: `${workspace.url}/#job/42`,
});

// Each run loads the tool in a process of its own, which a busy machine takes its time for.
describe("npm run verify", { timeout: 120_000 }, () => {
  it("prints the report alone as JSON, names each miss beside it and ends with 1", async () => {
    const { stdout, stderr, exitCode } = await verify(["--stack", "dev", "--json"], outputs());
    expect(stderr).toContain("- Broker 127.0.0.1:1 does not answer");
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      brokers: [],
      topics: [],
      produced: 0,
      consumed: 0,
      missing: 0,
      duplicates: 0,
      latencyMs: { p50: null, p99: null },
    });
  });

  it("prints a table for people", async () => {
    const { stdout, exitCode } = await verify(["--stack", "dev"], outputs());
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^Brokers +none answers\n\nTopic +Partitions/);
  });

  it.each([
    ["without a stack", [], () => outputs(), "--stack"],
    ["for a stack that is not deployed", ["--stack", "dev"], () => ({}), "`pulumi up --stack dev`"],
    ["for a stack that the CLI does not know", ["--stack", "prod"], () => outputs(), "unexpected: stack output"],
  ])("ends with 2 %s, and says why", async (_, args, given, message) => {
    const { stdout, stderr, exitCode } = await verify(args, given());
    expect(stderr).toContain(message);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
  });

  it("looks at the brokers whatever the sink is, and says what it did not compare", async () => {
    workspace.parameters.sink = "console";
    const { stdout, stderr, exitCode } = await verify(["--stack", "dev"], outputs());
    expect(stdout).toContain("not compared: the consumer's sink is console");
    expect(stderr).toContain("- Broker 127.0.0.1:1 does not answer");
    expect(exitCode).toBe(1);
  });
});
