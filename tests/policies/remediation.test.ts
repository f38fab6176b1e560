import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../local/paths";
import { packForEngine } from "../../local/setup/policyAnalyzer";
import { Engine } from "../local/plugins/support/engine";

/** What the pack does to a program that forgets to call a secret a secret, by the real engine. */
describe("a secret that the program gives in clear", { timeout: 240_000 }, () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.start(["command"]);
    engine.program(
      'new command.local.Command("leak", { create: "true", environment: { TOKEN: "canary-1", PLACE: "here" } });',
    );
  }, 120_000);
  afterAll(() => engine?.close());

  const pack = (...more: string[]) => ["--policy-pack", packForEngine(path.join(projectRoot, "policies")), ...more];

  it("is encrypted in the state, and the engine says so", async () => {
    const { ok, text } = await engine.up(...pack());
    expect(text).toContain("secret-inputs");
    expect(ok).toBe(true);
    const state = await engine.stateText();
    expect(state).not.toContain("canary-1");
    expect(state).toContain("here");
    const [leak] = await engine.state(true);
    expect(JSON.stringify(leak.inputs)).toContain("canary-1");
  });
});
