import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
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
  }, 120_000);
  afterAll(() => stack?.stop());

  const preview = async (config: Record<string, unknown>, ...args: string[]) => {
    stack.config = { ...octets, ...config };
    const pack = ["--policy-pack", packForEngine(path.join(projectRoot, "policies")), ...args];
    const { exitCode, stdout, stderr } = await stack.run("preview", pack, { reject: false });
    return { exitCode, text: `${stdout}${stderr}` };
  };
  const folder = mkdtempSync(path.join(tmpdir(), "policies-"));
  afterAll(() => rmSync(folder, { recursive: true }));
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
    const file = path.join(folder, "stricter.json");
    const stricter = { "auto-termination": { enforcementLevel: "mandatory", maxMinutes: 60 } };
    writeFileSync(file, JSON.stringify(stricter));
    // An hour and a half is well without it, as the first of these tests shows for the default.
    const { text, exitCode } = await preview({ sparkAutoterminationMinutes: 90 }, "--policy-pack-config", file);
    expect(text).toContain("[mandatory]");
    expect(text).toContain("set `streaming:sparkAutoterminationMinutes` to at most 60.");
    expect(exitCode).not.toBe(0);
  });

  it("sees the tags that a cluster is to get, of which the engine shows those of the first day", async () => {
    await stack.done("up", octets);
    const file = path.join(folder, "owner.json");
    writeFileSync(file, JSON.stringify({ tags: { enforcementLevel: "mandatory", names: ["owner"] } }));
    const without = await preview({}, "--policy-pack-config", file);
    expect(without.text).toMatch(/There is no tag `owner`/);
    expect(without.exitCode).not.toBe(0);
    const { text, exitCode } = await preview({ tags: { owner: "me" } }, "--policy-pack-config", file);
    expect(text).not.toContain("There is no tag");
    expect(exitCode, text).toBe(0);
  });
});
