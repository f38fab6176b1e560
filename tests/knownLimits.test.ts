import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { keys } from "../settings/keys";

const root = path.resolve(__dirname, "..");
const page = readFileSync(path.join(root, "docs/known-limits.md"), "utf8");
const rows = page.split("\n").filter((line) => /^\| (?!---|What goes wrong)/.test(line));

describe("the page of known limits", () => {
  it("says of each finding whether it is handled, and where or why not", () => {
    expect(rows.length).toBeGreaterThan(60);
    for (const row of rows) expect(row).toMatch(/^\| [^|]{10,} \| (?:yes|no|partly) \| [^|]{3,} \|$/);
  });

  it("names files that are there", () => {
    const files = [
      ...page.matchAll(/`([\w./-]+\/[\w.-]+\.(?:ts|scala|json)|(?:tsconfig|biome|package)\.json|index\.ts)`/g),
    ];
    expect(files.length).toBeGreaterThan(20);
    for (const [, file] of files) expect(existsSync(path.join(root, file)), file).toBe(true);
    for (const [, link] of page.matchAll(/\]\(([\w-]+\.md)\)/g))
      expect(existsSync(path.join(root, "docs", link)), link).toBe(true);
  });

  it("names settings that there are", () => {
    const settings = [...page.matchAll(/`((?:kafka|spark|databricks|twitter)[A-Z]\w*)(?:: \w+)?`/g)].map(
      ([, key]) => key,
    );
    expect(settings.length).toBeGreaterThan(5);
    expect(settings.filter((key) => !(key in keys))).toEqual([]);
  });
});
