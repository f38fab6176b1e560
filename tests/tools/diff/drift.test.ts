import { afterAll, beforeAll, expect, it } from "vitest";
import { previewDeployed, type StackCli } from "../../../tools/diff/deployed";
import { cliRun } from "../../../tools/diff/engine";
import type { Json } from "../../local/cloud/arm/client";
import { ControlPlaneStack } from "../../local/controlPlaneStack";

let stack: ControlPlaneStack;
let cli: StackCli;

beforeAll(async () => {
  stack = await ControlPlaneStack.start();
  await stack.run("up");
  cli = ([operation, ...args]) =>
    cliRun((options) => stack.run(operation as "preview", args, options), stack.environment);
}, 180_000);

afterAll(() => stack?.stop());

/** Changes a resource in Azure without Pulumi. */
async function behindPulumi(urnEnd: string, edit: (resource: Json) => void): Promise<void> {
  const { stdout } = await stack.pulumi(["stack", "export"]);
  const { deployment } = JSON.parse(String(stdout)) as { deployment: { resources: { urn: string; id: string }[] } };
  const found = deployment.resources.find(({ urn }) => urn.endsWith(urnEnd));
  if (!found) throw new Error(`There is no ${urnEnd} in the state.`);
  const arm = await stack.arm();
  const { body } = await arm.get(found.id);
  edit(body);
  await arm.create(found.id, body);
}

it("finds nothing where nobody changed anything, though clusters run and jobs go on", async () => {
  const report = await previewDeployed("local", cli, { refresh: true });
  expect(report).toMatchObject({ grade: "none", changes: [], outputs: [] });
  expect(report.unchanged).toBeGreaterThan(20);
}, 60_000);

it("finds a rule that somebody opened by hand, with what it is and what it should be", async () => {
  await behindPulumi("::kafka-network-nsg", (group) => {
    const operators = group.properties.securityRules.find(({ name }: Json) => name === "operators");
    operators.properties.sourceAddressPrefixes = ["203.0.113.0/24"];
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
