import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { benches } from "../../bench/benches";
import { pictures, withResults } from "../../bench/report/document";
import { addResults, committedResults, readResults } from "../../bench/results";

const results = readResults(committedResults);
const page = readFileSync("docs/performance.md", "utf8");

describe("docs/performance.md", () => {
  it("shows the committed results", () => {
    expect(withResults(page, results)).toBe(page);
  });

  it("has a picture for each that can be drawn, and no other", () => {
    const drawn = pictures(results);
    expect(readdirSync("docs/performance").sort()).toEqual(Object.keys(drawn).sort());
    for (const [name, svg] of Object.entries(drawn)) {
      expect(readFileSync(path.join("docs/performance", name), "utf8"), name).toBe(svg);
      expect(page).toContain(`performance/${name}`);
    }
  });

  it("says how each bench measures, under its name", () => {
    for (const name of Object.keys(benches)) expect(page).toContain(`<!-- ${name} -->`);
  });

  it("has results of nothing that is not measured any more", () => {
    expect(Object.keys(results).filter((name) => !(name in benches))).toEqual([]);
  });
});

describe("a file of results", () => {
  it("keeps what it has of other benches", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "results-"));
    try {
      const file = path.join(folder, "results.json");
      const [first, second] = Object.values(results);
      addResults(file, { b: first });
      addResults(file, { a: first });
      addResults(file, { b: second });
      expect(readResults(file)).toEqual({ a: first, b: second });
      expect(Object.keys(readResults(file))).toEqual(["a", "b"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
