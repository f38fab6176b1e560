import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { changeWorkers, diagnosticsOf, type Steps, withWorkers } from "../../../local/commands/scale";

it("another number of brokers changes one line of the stack file", () => {
  const text = readFileSync("Pulumi.local.yaml", "utf8");
  const { changed, before } = withWorkers(text, 5);
  expect(before).toBe(3);
  expect(changed).toBe(text.replace("streaming:kafkaWorkers: 3", "streaming:kafkaWorkers: 5"));
});

it("is added where the file leaves the number at its default", () => {
  const { changed, before } = withWorkers("config:\n  streaming:rate: 20 # slow\n", 4);
  expect(before).toBeUndefined();
  expect(changed).toBe("config:\n  streaming:rate: 20 # slow\n  streaming:kafkaWorkers: 4\n");
});

describe("a change of the number of brokers", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "scale-"));
  const file = path.join(folder, "Pulumi.local.yaml");
  const text = "config:\n  streaming:kafkaWorkers: 3\n";
  const now = () => readFileSync(file, "utf8");
  /** An environment with three brokers in which everything works. */
  const steps = (but: Partial<Steps> = {}): Steps => ({
    there: () => 3,
    check: async () => {},
    deploy: async () => {},
    ...but,
  });
  const fails = (message: string) => () => Promise.reject(new Error(message));

  beforeEach(() => writeFileSync(file, text));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is in the file while it is deployed, and stays", async () => {
    const deploy = async () => expect(now()).toContain("kafkaWorkers: 4");
    expect(await changeWorkers(file, 4, steps({ deploy }))).toBe(3);
    expect(now()).toContain("kafkaWorkers: 4");
  });

  it.each([
    ["to fewer than there are", 2, {}, /There are 3 brokers.*as it was/],
    [
      "that the program does not take",
      101,
      { check: fails("a whole number from 1 to 100") },
      /1 to 100\n\n.*as it was/,
    ],
    ["without an environment", 4, { there: () => 0, check: fails("is not running") }, /is not running\n\n.*as it was/],
  ])("%s is refused before anything is written", async (_, workers, but, message) => {
    const deploy = () => expect.unreachable();
    await expect(changeWorkers(file, workers, steps({ ...but, deploy }))).rejects.toThrow(message);
    expect(now()).toBe(text);
  });

  it("that fails leaves the file as it was", async () => {
    await expect(changeWorkers(file, 4, steps({ deploy: fails("code 255") }))).rejects.toThrow("code 255\nPulumi");
    expect(now()).toBe(text);
  });

  it("that fails once the brokers are there stays in the file, as they stay too", async () => {
    let there = 3;
    const deploy = async () => {
      there = 4;
      throw new Error("a job did not start");
    };
    await expect(changeWorkers(file, 4, steps({ there: () => there, deploy }))).rejects.toThrow("a job did not start");
    expect(now()).toContain("kafkaWorkers: 4");
  });
});

it("what is wrong is taken from the end of the engine's display", () => {
  expect(diagnosticsOf("Previewing update (local):\n...\nDiagnostics:\n  pulumi:pulumi:Stack:\n    error: x\n")).toBe(
    "pulumi:pulumi:Stack:\n    error: x",
  );
  expect(diagnosticsOf("Resources:\n  3 unchanged")).toBe("");
});
