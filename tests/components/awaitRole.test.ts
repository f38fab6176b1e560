import { randomUUID } from "node:crypto";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { group, location, loginTo, provider, subscription, TestArm } from "../local/cloud/arm/twin";

describe("the wait for a role to take effect", { timeout: 60_000 }, () => {
  let arm: TestArm;
  let assignment: string;

  beforeAll(async () => {
    arm = await TestArm.start();
    await arm.put(group, { location });
    const identity = `${provider("ManagedIdentity")}/userAssignedIdentities/kafka-storage`;
    await arm.put(identity, { location });
    const { principalId } = (await arm.get(identity)).body.properties;
    assignment = `${group}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
    const roleDefinitionId = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${randomUUID()}`;
    await arm.create(assignment, { properties: { roleDefinitionId, principalId } });
  });
  afterAll(() => arm.stop());

  const wait = (environment: Record<string, string>) =>
    execa("node", ["--require", "ts-node/register/transpile-only", "awaitRole.ts"], {
      cwd: path.resolve("components/kafka/roles"),
      reject: false,
      env: { ...loginTo(arm), ROLE_ASSIGNMENT_ID: assignment, ...environment },
    });
  const waited = async (environment: Record<string, string>) => {
    const began = Date.now();
    const { exitCode, stdout, stderr } = await wait(environment);
    expect(exitCode, stderr).toBe(0);
    return { ...(JSON.parse(stdout) as { waitedSeconds: number }), seconds: (Date.now() - began) / 1000, stderr };
  };

  it("goes on for what is left of it since the assignment, and says until when", async () => {
    const age = (Date.now() - Date.parse((await arm.get(assignment)).body.properties.createdOn)) / 1000;
    const asked = age + 12;
    const { waitedSeconds, seconds, stderr } = await waited({ ROLE_WAIT_MINUTES: String(asked / 60) });
    expect(waitedSeconds).toBeGreaterThan(0);
    expect(waitedSeconds).toBeLessThan(asked);
    expect(seconds).toBeGreaterThanOrEqual(waitedSeconds);
    expect(stderr).toMatch(/not be in effect before \d\d:\d\d UTC/);
    expect(await waited({ ROLE_WAIT_MINUTES: String(asked / 60) })).toMatchObject({ waitedSeconds: 0, stderr: "" });
  });

  it("is left out where the environment says that roles take effect at once, with no call", async () => {
    const nowhere = { ARM_METADATA_HOSTNAME: "127.0.0.1:1", AZURE_ROLE_WAIT_MINUTES: "0", ROLE_WAIT_MINUTES: "10" };
    expect(await waited(nowhere)).toMatchObject({ waitedSeconds: 0 });
  });

  it.each<[string, Record<string, string>, string]>([
    ["a time that is none", { ROLE_WAIT_MINUTES: "soon" }, "0 to 30 minutes, not `soon`"],
    ["a time beyond all reason", { ROLE_WAIT_MINUTES: "31" }, "0 to 30 minutes, not `31`"],
    ["no time", {}, "`ROLE_WAIT_MINUTES`"],
    [
      "an assignment that is not there",
      {
        ROLE_WAIT_MINUTES: "1",
        ROLE_ASSIGNMENT_ID: `${group}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`,
      },
      "404",
    ],
  ])("needs to know: %s is refused", async (_what, environment, says) => {
    const { exitCode, stderr } = await wait(environment);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Waiting for the role on the Kafka cluster's storage failed: ");
    expect(stderr).toContain(says);
  });
});
