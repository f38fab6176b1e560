import { readFileSync } from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { isRequired } from "./needs";

describe("what tests need of the machine", () => {
  it.each([
    ["", false],
    ["all", true],
    ["namespaces", true],
    ["root, namespaces", true],
    ["root", false],
  ])("is namespaces where STREAMING_REQUIRE is %j: %s", (required, answer) => {
    expect(isRequired("namespaces", required)).toBe(answer);
  });

  it("is there where pull requests are tested, or the tests fail", () => {
    expect(readFileSync(".github/workflows/pull-request.yml", "utf8")).toMatch(
      /STREAMING_REQUIRE: namespaces,programs$/m,
    );
  });
});

describe("a test that cannot be tried", { timeout: 120_000 }, () => {
  const run = async (required: string) => {
    const args = ["vitest", "run", "--config", path.join(__dirname, "needs", "vitest.config.mts")];
    const { exitCode, stdout } = await execa("npx", args, {
      reject: false,
      env: { STREAMING_REQUIRE: required, NO_COLOR: "1", FORCE_COLOR: undefined },
    });
    return { exitCode, stdout };
  };

  it("is left out with the reason in its name", async () => {
    const { exitCode, stdout } = await run("");
    expect(stdout).toContain("1 skipped");
    expect(stdout).toContain("the moon (not here: it is too far)");
    expect(exitCode).toBe(0);
  });

  it("fails with the reason where it is required", async () => {
    const { exitCode, stdout } = await run("programs");
    expect(stdout).toContain("It needs programs, which this machine does not have: it is too far.");
    expect(exitCode).toBe(1);
  });
});
