import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderDocument } from "./document";
import { chosen, type Recorded, record, recordFile } from "./record";

const at = { file: "tests/faults/a.test.ts", test: "a" };
const messages = { produced: 100, consumed: 100, lost: 0, duplicated: 1 };

describe("docs/reliability.md", () => {
  it("adds up the rows of one fault, and keeps another outcome apart", () => {
    const fault = { kind: "fault" as const, fault: "a broker killed", times: 1, outcome: "goes on", ...at };
    const rows: Recorded[] = [
      { ...fault, messages, recoveryMs: [1500] },
      { ...fault, messages, recoveryMs: [800] },
      { ...fault, outcome: "fails | with a message" },
    ];
    const lines = renderDocument(rows).split("\n");
    expect(lines).toContain("| a broker killed | 2 | goes on | 200 | 200 | 0 | 2 | 0.8 to 1.5 s |");
    expect(lines).toContain("| a broker killed | 1 | fails \\| with a message |  |  |  |  |  |");
  });

  it("has a table of loads", () => {
    const load: Recorded = {
      ...{ kind: "load", what: "requests", size: "1000", outcome: "all answered", errors: 0, ...at },
      memoryMb: { first: 100.4, last: 101.6 },
      backlog: { first: 10, last: 12 },
    };
    expect(renderDocument([load]).split("\n")).toContain(
      "| requests | 1000 | all answered | 100 and 102 MB | 10 and 12 | 0 |",
    );
  });
});

describe("a short run", () => {
  it("records nothing", () => {
    const before = existsSync(recordFile);
    record({ kind: "fault", fault: "none", times: 1, outcome: "none" });
    expect(existsSync(recordFile)).toBe(before);
  });

  it("chooses cases from the whole list, each once", () => {
    const all = Array.from({ length: 34 }, (_, i) => i);
    expect(chosen(all, 3)).toEqual([5, 17, 28]);
    expect(chosen([1, 2], 3)).toEqual([1, 2]);
  });
});
