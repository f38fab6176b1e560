import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { credentials, TestArm } from "./twin";

let arm: TestArm;
beforeAll(async () => {
  arm = await TestArm.start();
});
afterAll(() => arm.stop());

/** Azure's own identity library, in a process that trusts the twin's authority as any client would. */
function login(secret: string) {
  const script = `
    const { ClientSecretCredential } = require("@azure/identity");
    const [tenant, client, secret, host] = process.argv.slice(1);
    const options = { authorityHost: host, disableInstanceDiscovery: true, retryOptions: { maxRetries: 0 } };
    new ClientSecretCredential(tenant, client, secret, options)
      .getToken(host + "/.default")
      .then(({ token }) => console.log(token), (error) => { console.error(error.message); process.exit(3); });`;
  return execa("node", ["-e", script, credentials.tenantId, credentials.clientId, secret, arm.url], {
    env: { NODE_EXTRA_CA_CERTS: path.join(arm.home, "keys", "ca.pem") },
    reject: false,
  });
}

it("@azure/identity logs in with the service principal, and its token is good for ARM", async () => {
  const { stdout, exitCode } = await login(credentials.clientSecret);
  expect(exitCode).toBe(0);
  arm.token = stdout.trim();
  expect((await arm.get("/subscriptions")).status).toBe(200);
});

it("@azure/identity reports a wrong secret by Entra ID's number", async () => {
  const { stderr, exitCode } = await login("wrong");
  expect(exitCode).toBe(3);
  expect(stderr).toContain("AADSTS7000215");
});
