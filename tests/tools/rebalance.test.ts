import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { generateSshKeyPair } from "../../local/setup/sshKey";

const folder = mkdtempSync(path.join(tmpdir(), "rebalance-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the tool with a Pulumi CLI that answers these questions and no other. */
function rebalance(args: string[], answers: Record<string, string>) {
  const cases = Object.entries(answers).map(([asked, answer], index) => {
    writeFileSync(path.join(folder, String(index)), answer);
    return `"${asked} --stack dev") cat ${folder}/${index} ;;`;
  });
  const cli = path.join(folder, "pulumi");
  writeFileSync(cli, `#!/bin/bash\ncase "$*" in ${cases.join("\n")}\n*) echo "unexpected: $*" >&2; exit 9 ;; esac\n`);
  chmodSync(cli, 0o755);
  const env = { PATH: `${folder}${path.delimiter}${process.env.PATH}` };
  return execa(process.execPath, ["--import", "tsx", "tools/rebalance.ts", ...args], { env, reject: false });
}

const { privateKey } = generateSshKeyPair("tests");
const good = {
  "stack output --json": JSON.stringify({ kafkaBrokers: ["10.0.0.9:9092"], sshEndpoint: "127.0.0.1:1" }),
  "config get streaming:sshUser": "operator",
  "config get streaming:sshPrivateKey": privateKey,
};

describe("npm run rebalance", { timeout: 120_000 }, () => {
  it.each([
    ["without a stack", [], good, "--stack"],
    ["with a throttle of nothing", ["--stack", "dev", "--throttle", "0"], good, "whole number of MB"],
    ["with racks in words", ["--stack", "dev", "--racks", "all"], good, "1001=0,1002=1"],
    [
      "for a stack that is not deployed",
      ["--stack", "dev"],
      { "stack output --json": "{}" },
      "`sshEndpoint`: is not there",
    ],
    [
      "where nothing answers",
      ["--stack", "dev"],
      good,
      "does not let operator in at 127.0.0.1:1: connect ECONNREFUSED",
    ],
    [
      "without a way to read the key",
      ["--stack", "dev"],
      { "stack output --json": good["stack output --json"], "config get streaming:sshUser": "operator" },
      "`streaming:sshPrivateKey` of stack dev cannot be read: unexpected: config get",
    ],
  ])("ends with 2 %s, says why, and shows no key", async (_, args, answers, message) => {
    const { stdout, stderr, exitCode } = await rebalance(args, answers);
    expect(stderr).toContain(message);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).not.toContain(privateKey.split("\n")[2]);
  });
});
