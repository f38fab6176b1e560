import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../local/paths";
import { packForEngine } from "../../local/setup/policyAnalyzer";
import { ControlPlaneStack } from "../local/controlPlaneStack";

/** The policy pack as the real engine runs it, over the program on the twin's control plane. */
describe("the policy pack", { timeout: 240_000 }, () => {
  let stack: ControlPlaneStack;
  const octets = { kafkaAddressSpace: "10.100.0.0/16", kafkaSubnetPrefix: "10.100.0.0/24" };

  beforeAll(async () => {
    stack = await ControlPlaneStack.start();
  }, 60_000);
  afterAll(() => stack?.stop());

  const preview = async (config: Record<string, unknown>, ...args: string[]) => {
    stack.config = { ...octets, ...config };
    const pack = ["--policy-pack", packForEngine(path.join(projectRoot, "policies")), ...args];
    const { exitCode, stdout, stderr } = await stack.run("preview", pack, { reject: false });
    return { exitCode, text: `${stdout}${stderr}` };
  };
  const settings = (name: string) => ["--policy-pack-config", path.join(projectRoot, "policies", name)];
  const twoHours = "The cluster ends after 300 minutes: set `streaming:sparkAutoterminationMinutes` to at most 120.";

  it("lets the program as it is pass", async () => {
    const { exitCode, text } = await preview({});
    expect(text).toContain("streaming@v1.0.0");
    expect(text).not.toContain("[mandatory]");
    expect(exitCode).toBe(0);
  });

  it("stops a preview that breaks a rule, with the resource and what to do", async () => {
    const { exitCode, text } = await preview({ sparkAutoterminationMinutes: 300 });
    expect(text).toContain("[mandatory]");
    expect(text).toContain("auto-termination");
    expect(text).toContain(twoHours);
    expect(exitCode).not.toBe(0);
  });

  it("only advises where its configuration says so", async () => {
    const { exitCode, text } = await preview({ sparkAutoterminationMinutes: 300 }, ...settings("dev.json"));
    expect(text).toContain("[advisory]");
    expect(text).toContain(twoHours);
    expect(exitCode).toBe(0);
  });

  it("takes a rule's settings from its configuration", async () => {
    const brokers = { kafkaWorkers: 3, topics: [{ name: "tweets", partitions: 1, replicationFactor: 3, config: {} }] };
    const { text } = await preview({ ...brokers, sparkAutoterminationMinutes: 300 }, ...settings("prod.json"));
    expect(text).toContain("[mandatory]");
    expect(text).toContain(twoHours);
  });
});
