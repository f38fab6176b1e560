import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { projectRoot, toolPaths } from "../../local/paths";
import { loadKeys } from "../../local/setup/keys";
import { writeConfiguration } from "../../local/stack/configuration";
import { packageName, packagePlugin } from "../../tools/packageSchema/plugin";
import { ExampleStack } from "../examples/exampleStack";
import { ControlPlaneStack } from "../local/controlPlaneStack";
import { runEngine } from "../local/events";

/** A program that knows the components by the package alone, on the real engine. */
describe("a program with the component package", { timeout: 300_000 }, () => {
  let services: ControlPlaneStack;
  let folder: string;
  let stack: ExampleStack;
  let secrets: string[];

  beforeAll(async () => {
    services = await ControlPlaneStack.start();
    // Folders and the passphrase for the engine's state.
    await writeConfiguration(services.home, toolPaths());
    // Inside of the project, for its `node_modules`.
    folder = mkdtempSync(path.join(projectRoot, ".local", "package-"));
    cpSync(path.join(__dirname, "program"), folder, { recursive: true });
    const provider = { name: packageName, path: path.dirname(await packagePlugin(folder)) };
    const project = readFileSync(path.join(folder, "Pulumi.yaml"), "utf8");
    writeFileSync(path.join(folder, "Pulumi.yaml"), project + stringify({ plugins: { providers: [provider] } }));
    const { ssh, gatewayPassword } = await loadKeys(services.home);
    secrets = [gatewayPassword, ssh.privateKey.split("\n")[1]];
    stack = await ExampleStack.create(
      folder,
      services.environment,
      { sshPublicKey: ssh.publicKey },
      { gatewayPassword, sshPrivateKey: ssh.privateKey },
    );
  }, 300_000);
  afterAll(async () => {
    await services?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it("deploys Kafka, its topic, a workspace and the peering of the two", async () => {
    const up = await runEngine(stack, "up");
    expect(up.errors).toBe("");
    expect(up.touched.create).toEqual(
      expect.arrayContaining(["kafka-cluster", "topics-script", "databricks-ready", "peering-to-databricks"]),
    );
    expect(await stack.outputs()).toEqual({
      bootstrapServers: expect.stringMatching(/^[\d.]+:9092,[\d.]+:9092,[\d.]+:9092$/),
      topics: [{ name: "orders", partitions: 6, replicationFactor: 3 }],
      workspaceUrl: expect.stringMatching(/^https:\/\//),
      peeringState: "Connected",
    });
  });

  it("changes nothing when it is run again", async () => {
    const again = await runEngine(stack, "up");
    expect(again.errors).toBe("");
    expect(again.touched).toEqual({});
  });

  it("leaves no secret in the state", async () => {
    const state = await stack.state();
    expect(secrets.filter((secret) => state.includes(secret))).toEqual([]);
  });

  it("takes all of it away again", async () => {
    const destroyed = await runEngine(stack, "destroy");
    expect(destroyed.errors).toBe("");
    expect(destroyed.ok).toBe(true);
  });
});
