import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { atAzuresPace } from "../../bench/benches/deployment";
import { imports } from "../../bench/benches/load";
import { slope } from "../../bench/benches/scale";
import { phaseIn } from "../../bench/benches/startup";

describe("the load of the program", () => {
  it("is that of all that index.ts imports, but for types", () => {
    expect(imports(readFileSync("index.ts", "utf8"))).toEqual(
      expect.arrayContaining(["@pulumi/pulumi", "./components", "./settings"]),
    );
    expect(imports('import type { A } from "./types";\nimport { b } from "./b";\n')).toEqual(["./b"]);
  });
});

describe("the start-up", () => {
  it.each([
    ["2/4 Services: Azure, Databricks and X as they answer on the network", "services"],
    ["  networks: namespaces", undefined],
    ["  1/4", undefined],
  ])("finds in `%s` the phase %s", (line, phase) => {
    expect(phaseIn(line)).toBe(phase);
  });
});

describe("a deployment at Azure's pace", () => {
  it("stretches what grows with the scale, and nothing else", () => {
    expect(atAzuresPace(10 + 24, 10 + 3 * 24)).toEqual({ total: 10 + 24 * 60, own: 10 });
  });
});

describe("what each further one costs", () => {
  it("is the slope through all samples", () => {
    const found = { 1: { seconds: [2, 4] }, 11: { seconds: [8, 8] }, 101: { seconds: [53, 53] } };
    expect(slope(found, "seconds")).toBeCloseTo(0.5, 2);
  });
});
