import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Step, steps } from "./classification";
import { Copy } from "./copy";

/** Runs a step as a person does, and resolves with all that it printed. */
async function run({ command, as = command, prints, endless }: Step, copy: Copy): Promise<string> {
  const child = execa("bash", ["-c", as], {
    cwd: copy.folder,
    env: copy.environment(),
    extendEnv: false,
    all: true,
    reject: false,
    stdin: "ignore",
    // A group of its own, as a terminal gives one: Ctrl-C reaches every process in it.
    detached: true,
  });
  let seen = "";
  let left = false;
  child.all.on("data", (chunk: Buffer) => {
    seen += chunk;
    if (!endless || left || !prints.test(seen) || child.pid === undefined) return;
    left = true;
    process.kill(-child.pid, "SIGINT");
  });
  const { all, exitCode } = await child;
  if (endless ? !left : exitCode !== 0) throw new Error(`\`${as}\` ended with ${exitCode}:\n${all}`);
  return all;
}

describe("the commands in the documentation", { timeout: 300_000 }, () => {
  let copy: Copy;
  beforeAll(() => {
    copy = new Copy(94);
  });
  afterAll(async () => {
    await execa("npm", ["stop"], { cwd: copy.folder, env: copy.environment(), extendEnv: false, reject: false });
    copy.remove();
  }, 240_000);

  it.each(steps.map((step) => [step.command, step] as const))("%s", async (_, step) => {
    expect(await run(step, copy)).toMatch(step.prints);
  });
});
