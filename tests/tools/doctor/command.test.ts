import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Section } from "../../../tools/doctor/finding";
import { credentials, TestArm } from "../../local/cloud/arm/twin";

let arm: TestArm;
beforeAll(async () => {
  arm = await TestArm.start();
});
afterAll(() => arm.stop());

/** The command as a person runs it, logged in to the twin's Azure unless `env` says otherwise. */
async function doctor(args: string[], env: NodeJS.ProcessEnv = {}) {
  const { PULUMI_ACCESS_TOKEN: _, ...own } = process.env;
  const login = {
    ARM_METADATA_HOSTNAME: `${arm.address.host}:${arm.address.port}`,
    ARM_DISABLE_INSTANCE_DISCOVERY: "true",
    ARM_TENANT_ID: credentials.tenantId,
    ARM_SUBSCRIPTION_ID: credentials.subscriptionId,
    ARM_CLIENT_ID: credentials.clientId,
    ARM_CLIENT_SECRET: credentials.clientSecret,
    NODE_EXTRA_CA_CERTS: path.join(arm.home, "keys", "ca.pem"),
    PULUMI_HOME: path.join(arm.home, "pulumi"),
  };
  return execa(process.execPath, ["--import", "tsx", "tools/doctor.ts", ...args], {
    env: { ...own, ...login, NO_COLOR: "1", ...env },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
}

const byTitle = (stdout: string) =>
  Object.fromEntries(
    (JSON.parse(stdout) as Section[]).map(({ title, findings }) => [
      title,
      Object.fromEntries(findings.map(({ subject, level }) => [subject, level])),
    ]),
  );

describe("npm run doctor", { timeout: 120_000 }, () => {
  it("looks at this machine alone where that is asked for", async () => {
    const { stdout } = await doctor(["local", "--json"]);
    const sections = byTitle(stdout);
    expect(Object.keys(sections)).toEqual(["Local environment (npm start)"]);
    expect(sections["Local environment (npm start)"]).toMatchObject({
      "Node.js": "ok",
      Java: "ok",
      Pulumi: "ok",
      Configuration: "ok",
    });
  });

  it("uses the login that there is, and knows what it cannot know", async () => {
    const { stdout, exitCode } = await doctor(["azure", "--stack", "dev", "--json"]);
    const sections = byTitle(stdout);
    expect(Object.keys(sections)).toEqual(["Azure", "Stack dev"]);
    // The twin says which providers it has; of rights and quotas it knows nothing, and says so.
    expect(sections.Azure).toMatchObject({ Login: "ok", "Resource providers": "ok", Rights: "unknown" });
    // What dev's file holds is whoever's stack that is: it may have a problem, and none.
    expect(sections["Stack dev"]).toMatchObject({ Quota: "unknown", "Fault domains": "unknown" });
    expect(exitCode).toBe(stdout.includes('"problem"') ? 1 : 0);
  });

  it("shows a person what to do without a login, and no secret of the environment", async () => {
    const { stdout, exitCode } = await doctor(["azure", "--stack", "prod"], { ARM_CLIENT_SECRET: "canary-secret" });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/✗ Login .*there is none to Azure: /);
    expect(stdout).toContain("az login");
    expect(stdout).toMatch(/(things have|1 thing has) to be put right \(✗\)/);
    expect(stdout).not.toContain("canary-secret");
  });

  it("refuses a stack that is not there", async () => {
    const { stderr, exitCode } = await doctor(["--stack", "nowhere"]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^There is no `.*Pulumi\.nowhere\.yaml`/);
  });
});
