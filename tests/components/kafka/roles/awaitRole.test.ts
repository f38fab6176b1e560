import * as path from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";

describe("the wait for a role to take effect", { timeout: 120_000 }, () => {
  const wait = (environment: Record<string, string>) =>
    execa("node", ["--require", "ts-node/register/transpile-only", "awaitRole.ts"], {
      cwd: path.resolve("components/kafka/roles"),
      reject: false,
      env: { AZURE_ROLE_WAIT_MINUTES: "", ...environment },
    });
  const waited = async (environment: Record<string, string>) => {
    const began = Date.now();
    const { exitCode, stdout, stderr } = await wait(environment);
    expect(exitCode, stderr).toBe(0);
    return { ...(JSON.parse(stdout) as { waitedSeconds: number }), seconds: (Date.now() - began) / 1000, stderr };
  };
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

  it("goes on for what is left of it since the assignment, and says until when", async () => {
    const ROLE_CREATED_ON = ago(48);
    const { waitedSeconds, seconds, stderr } = await waited({ ROLE_CREATED_ON, ROLE_WAIT_MINUTES: "1" });
    expect(waitedSeconds).toBeGreaterThan(0);
    expect(waitedSeconds).toBeLessThanOrEqual(12);
    expect(seconds).toBeGreaterThan(waitedSeconds - 1);
    expect(stderr).toMatch(/not be in effect before \d\d:\d\d UTC/);
  });

  it("is none for an assignment that is old enough, and where the environment says that roles take effect at once", async () => {
    expect(await waited({ ROLE_CREATED_ON: ago(61), ROLE_WAIT_MINUTES: "1" })).toMatchObject({
      waitedSeconds: 0,
      stderr: "",
    });
    const now = { ROLE_CREATED_ON: ago(0), ROLE_WAIT_MINUTES: "10", AZURE_ROLE_WAIT_MINUTES: "0" };
    expect(await waited(now)).toMatchObject({ waitedSeconds: 0, stderr: "" });
  });

  it.each([
    ["of an age that nobody tells", ""],
    ["of tomorrow, by a clock that is behind", ago(-86_400)],
  ])("is whole for an assignment %s", async (_what, ROLE_CREATED_ON) => {
    expect(await waited({ ROLE_CREATED_ON, ROLE_WAIT_MINUTES: "0.05" })).toMatchObject({ waitedSeconds: 3 });
  });

  it.each([
    ["a time that is none", { ROLE_WAIT_MINUTES: "soon" }, "0 to 30 minutes, not `soon`"],
    ["a time beyond all reason", { ROLE_WAIT_MINUTES: "31" }, "0 to 30 minutes, not `31`"],
    ["no time", {}, "`ROLE_WAIT_MINUTES`"],
  ])("needs to know: %s is refused", async (_what, environment, says) => {
    const { exitCode, stderr } = await wait({ ROLE_CREATED_ON: ago(0), ...environment });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Waiting for the role on the Kafka cluster's storage failed: ");
    expect(stderr).toContain(says);
  });
});
