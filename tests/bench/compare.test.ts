import { describe, expect, it } from "vitest";
import { figure } from "../../bench/measure/figure";
import type { Results, Unit } from "../../bench/model";
import { compare, comparisonLines } from "../../bench/report/compare";

const results = (samples: number[], reference?: number[], unit: Unit = "s"): Results => ({
  preview: {
    date: "2026-01-01T00:00Z",
    machine: { processor: "", cores: 2, memoryGB: 8, system: "", node: "", java: "", pulumi: "" },
    figures: [figure(unit, { name: "wall time", samples }, reference && { name: "empty", samples: reference })],
  },
});
const verdicts = (before: Results, now: Results) => compare(before, now).map(({ verdict }) => verdict);

describe("the comparison of results", () => {
  const before = results([2, 2.1, 2.2], [1, 1, 1]);

  it("knows a ratio that grew as worse, whatever the machine's speed", () => {
    expect(verdicts(before, results([6, 6.1, 6.2], [2, 2, 2]))).toEqual(["worse"]);
    expect(verdicts(before, results([4, 4.1, 4.2], [2, 2, 2]))).toEqual(["same"]);
    expect(verdicts(before, results([2, 2.1, 2.2], [2, 2, 2]))).toEqual(["better"]);
  });

  it("knows a rate that sank as worse", () => {
    const rate = (samples: number[]) => results(samples, [100, 100, 100], "records/s");
    expect(verdicts(rate([90, 91]), rate([60, 61]))).toEqual(["worse"]);
    expect(verdicts(rate([60, 61]), rate([90, 91]))).toEqual(["better"]);
  });

  it("leaves alone what the spread of the samples explains", () => {
    expect(verdicts(results([1, 2, 3], [1, 1, 1]), results([1.5, 2.6, 3.5], [1, 1, 1]))).toEqual(["same"]);
  });

  it("compares only what both have, and what has a reference", () => {
    expect(compare(before, results([9]))).toEqual([]);
    expect(compare({}, before)).toEqual([]);
  });

  it("says what changed, and by how much", () => {
    const lines = comparisonLines(compare(before, results([6, 6.3, 6.4], [2, 2, 2])));
    expect(lines).toEqual(["worse: preview, wall time: 3.15 times the reference, 2.10 before"]);
  });
});
