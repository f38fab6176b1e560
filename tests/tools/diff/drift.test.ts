import { readFileSync } from "node:fs";
import { Agent, fetch } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { previewDeployed, type StackCli } from "../../../tools/diff/deployed";
import { withEvents } from "../../../tools/diff/engine";
import { ControlPlaneStack } from "../../local/controlPlaneStack";

let stack: ControlPlaneStack;
let cli: StackCli;

beforeAll(async () => {
  stack = await ControlPlaneStack.start();
  await stack.run("up");
  cli = async (args) => {
    const [operation = "", ...rest] = args;
    const { failed, stdout, stderr } = await stack.run(operation as "preview", rest, {
      env: withEvents(stack.environment),
      reject: false,
    });
    return failed ? { stdout: String(stdout), failure: String(stderr || stdout) } : { stdout: String(stdout) };
  };
}, 180_000);

afterAll(() => stack?.stop());

/** Changes a resource in Azure without Pulumi. */
async function behindPulumi(urnEnd: string, edit: (resource: Record<string, unknown>) => void): Promise<void> {
  const { stdout } = await stack.pulumi(["stack", "export"]);
  const { deployment } = JSON.parse(String(stdout)) as {
    deployment: { resources: { urn: string; id: string; outputs: { azureApiVersion?: string } }[] };
  };
  const found = deployment.resources.find(({ urn }) => urn.endsWith(urnEnd));
  if (!found) throw new Error(`There is no ${urnEnd} in the state.`);
  const { environment: env } = stack;
  const dispatcher = new Agent({ connect: { ca: readFileSync(env.NODE_EXTRA_CA_CERTS as string, "utf8") } });
  const login = await fetch(`https://${env.ARM_METADATA_HOSTNAME}/${env.ARM_TENANT_ID}/oauth2/v2.0/token`, {
    method: "POST",
    dispatcher,
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: env.ARM_CLIENT_ID as string,
      client_secret: env.ARM_CLIENT_SECRET as string,
      scope: `${env.ARM_RESOURCE_MANAGER_AUDIENCE}/.default`,
    }),
  });
  const { access_token } = (await login.json()) as { access_token: string };
  const url = `https://${env.ARM_METADATA_HOSTNAME}${found.id}?api-version=${found.outputs.azureApiVersion}`;
  const headers = { authorization: `Bearer ${access_token}`, "content-type": "application/json" };
  const resource = (await (await fetch(url, { headers, dispatcher })).json()) as Record<string, unknown>;
  edit(resource);
  const answer = await fetch(url, { method: "PUT", headers, dispatcher, body: JSON.stringify(resource) });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  await dispatcher.close();
}

it("finds nothing where nobody changed anything, though clusters run and jobs go on", async () => {
  const report = await previewDeployed("local", cli, { refresh: true });
  expect(report).toMatchObject({ grade: "none", changes: [], outputs: [] });
  expect(report.unchanged).toBeGreaterThan(20);
}, 60_000);

it("finds a rule that somebody opened by hand, with what it is and what it should be", async () => {
  await behindPulumi("::kafka-network-nsg", (group) => {
    const { securityRules } = group.properties as { securityRules: { name: string; properties: object }[] };
    const operators = securityRules.find(({ name }) => name === "operators");
    Object.assign(operators?.properties ?? {}, { sourceAddressPrefixes: ["203.0.113.0/24"] });
  });
  const report = await previewDeployed("local", cli, { refresh: true });
  expect(report.changes.map(({ name, operation }) => ({ name, operation }))).toEqual([
    { name: "kafka-network-nsg", operation: "update" },
  ]);
  expect(report.changes[0]?.properties).toEqual([
    {
      path: "securityRules[1].sourceAddressPrefixes[0]",
      kind: "changed",
      before: "203.0.113.0/24",
      after: "127.0.0.0/8",
      replaces: false,
    },
  ]);
  // Looking changes nothing: the state is as it was, and so a preview that does not look finds nothing.
  expect((await previewDeployed("local", cli)).changes).toEqual([]);
}, 60_000);
