import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Lines } from "../../../local/display/lines";
import { toolPaths } from "../../../local/paths";
import { ensureSetup, runSteps } from "../../../local/setup";
import { missingSteps, type Step, setupSteps } from "../../../local/setup/steps";
import { temporaryFolder } from "./loopback";

/** A step that notes in `log` when it begins and ends. */
function step(log: string[], name: string, more: Partial<Step> = {}): Step {
  let ready = false;
  return {
    name,
    what: () => `${name}, some seconds`,
    isReady: () => ready,
    run: async () => {
      log.push(`${name} begins`);
      await pause(20);
      log.push(`${name} ends`);
      ready = true;
    },
    ...more,
  };
}

/** A display that keeps its lines. */
const into = (lines: string[]) => new Lines({ write: (line) => lines.push(line) });
const quiet = into([]);

describe("runSteps", () => {
  it("runs what is independent side by side, and what builds on something after it", async () => {
    const log: string[] = [];
    const seconds = await runSteps(
      [step(log, "jars"), step(log, "data"), step(log, "classes", { after: "jars" })],
      quiet,
    );
    expect(log.slice(0, 2)).toEqual(["jars begins", "data begins"]);
    expect(log.indexOf("classes begins")).toBeGreaterThan(log.indexOf("jars ends"));
    expect(Object.keys(seconds).sort()).toEqual(["classes", "data", "jars"]);
  });

  it("runs heavy steps one after another", async () => {
    const log: string[] = [];
    await runSteps([step(log, "a", { heavy: true }), step(log, "b", { heavy: true })], quiet);
    expect(log).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  });

  it("leaves out what is ready", async () => {
    const log: string[] = [];
    const done = step(log, "jars", { isReady: () => true });
    expect(await runSteps([done, step(log, "classes", { after: "jars" })], quiet)).toHaveProperty("classes");
    expect(log).toEqual(["classes begins", "classes ends"]);
  });

  it("finishes the others when one fails, skips what builds on it, and then names every failure", async () => {
    const log: string[] = [];
    const failing = (name: string) => step(log, name, { run: () => Promise.reject(new Error(`no ${name} today`)) });
    const steps = [failing("jars"), step(log, "classes", { after: "jars" }), failing("pulumi"), step(log, "data")];
    await expect(runSteps(steps, quiet)).rejects.toThrow(
      "Set-up is not complete.\njars: no jars today\npulumi: no pulumi today",
    );
    expect(log).toEqual(["data begins", "data ends"]);
  });

  it("goes on to the next heavy step when one fails", async () => {
    const log: string[] = [];
    const failing = step(log, "a", { heavy: true, run: () => Promise.reject(new Error("a broke")) });
    await expect(runSteps([failing, step(log, "b", { heavy: true })], quiet)).rejects.toThrow("a: a broke");
    expect(log).toEqual(["b begins", "b ends"]);
  });

  it("only tells of an optional step that fails", async () => {
    const lines: string[] = [];
    const failing = step([], "archive", { optional: "slower", run: () => Promise.reject(new Error("disk full")) });
    expect(await runSteps([failing], into(lines))).toEqual({});
    expect(lines.at(-1)).toBe("  archive: failed: disk full (slower)");
  });
});

describe("ensureSetup", () => {
  it("works once when two ask at the same time, and the other waits", async () => {
    const tools = toolPaths(await temporaryFolder());
    const log: string[] = [];
    const lines: string[] = [];
    const shared = [step(log, "jars")];
    const ask = () => ensureSetup({ tools, display: into(lines) }, shared);
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(log).toEqual(["jars begins", "jars ends"]);
    expect([first.seconds, second.seconds].flatMap((seconds) => Object.keys(seconds))).toEqual(["jars"]);
    expect(lines).toContain("  another set-up: is under way; waiting for it");
  });

  it("says nothing and takes no time when everything is there", async () => {
    const tools = toolPaths(await temporaryFolder());
    const lines: string[] = [];
    const report = await ensureSetup({ tools, display: into(lines) }, [step([], "jars", { isReady: () => true })]);
    expect(lines).toEqual([]);
    expect(report).toMatchObject({ seconds: {}, pulumi: "none", dataset: "none" });
  });
});

describe("missingSteps", () => {
  it("does not ask a step that builds on a missing one, since it could not tell", () => {
    const asks = () => {
      throw new Error("the jars are not there");
    };
    const steps = [step([], "jars"), step([], "classes", { after: "jars", isReady: asks })];
    expect(missingSteps(steps).map(({ name }) => name)).toEqual(["jars", "classes"]);
    const there = [step([], "jars", { isReady: () => true }), step([], "classes", { after: "jars" })];
    expect(missingSteps(there).map(({ name }) => name)).toEqual(["classes"]);
  });
});

describe("setupSteps", () => {
  it("finds everything missing in an empty folder, and looks at it within half a second", async () => {
    const steps = setupSteps(toolPaths(await temporaryFolder()));
    const started = performance.now();
    const required = steps.filter((one) => !one.optional);
    expect(required.map((one) => one.isReady())).toEqual(required.map(() => false));
    expect(performance.now() - started).toBeLessThan(500);
    expect(missingSteps(steps).filter((one) => !one.optional)).toEqual(required);
    const names = steps.map((one) => one.name);
    for (const one of steps) if (one.after) expect(names.indexOf(one.after)).toBeLessThan(names.indexOf(one.name));
    expect(names.length).toBeGreaterThan(0);
  });
});
