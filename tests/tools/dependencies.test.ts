import { describe, expect, it } from "vitest";
import { problems, table } from "../../tools/dependencies/table";

const files: Record<string, string> = { "package.json": '{"scripts": {"check": "biome check"}}' };
const read = (file: string) => files[file] ?? "";
const imported = [
  'import { z } from "zod/v4";',
  "const chalk = require('chalk');",
  'await import("@a/b/c");',
  'const x = "word";',
];

describe("the list of packages", () => {
  it("is in order when each has a reason and something loads it", () => {
    const packages = { zod: "1", chalk: "1", "@a/b": "1", biome: "1" };
    const reasons = { zod: { for: "x" }, chalk: { for: "x" }, "@a/b": { for: "x" } };
    const biome = { for: "x", loadedBy: ["package.json", "biome check"] as [string, string] };
    expect(problems(packages, { ...reasons, biome }, imported, read)).toEqual([]);
  });

  it.each([
    ["a package without a reason", { zod: "1" }, {}, "`zod` has no reason"],
    ["one that nothing loads", { word: "1" }, { word: { for: "x" } }, "`word` is loaded by no import"],
    [
      "one that is loaded no more where it was said to be",
      { zod: "1" },
      { zod: { for: "x", loadedBy: ["package.json", "zod"] as [string, string] } },
      "`zod` is loaded by no `zod` in package.json",
    ],
    ["a reason for nothing", {}, { zod: { for: "x" } }, "`zod` has a reason"],
  ])("says what is wrong with %s", (_, packages, reasons, problem) => {
    expect(problems(packages, reasons, imported, read)).toEqual([expect.stringContaining(problem)]);
  });

  it("is shown with version, licence and reason, also a licence in the form of old", () => {
    const manifest = (name: string) =>
      name === "old" ? { version: "1", licenses: [{ type: "MIT" }] } : { version: "2", license: "ISC" };
    const text = table({ old: "1.0.0", zod: "^2" }, { old: { for: "a | b" }, zod: { for: "c" } }, manifest);
    expect(text).toContain("| `old` | 1.0.0 | MIT | a \\| b |");
    expect(text).toContain("| `zod` | ^2 | ISC | c |");
  });
});
