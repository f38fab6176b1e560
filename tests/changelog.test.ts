import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { declaredKeys } from "../tools/configDoc/declared";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

describe("what is told about versions", () => {
  it("has a section for the version of now, below what is unreleased", () => {
    const sections = [...readFileSync("CHANGELOG.md", "utf8").matchAll(/^## (\S+)/gm)].map(([, name]) => name);
    expect(sections.slice(0, 2)).toEqual(["Unreleased", version]);
  });

  it("sets only keys that there are, to keep what there was", () => {
    const guide = readFileSync("docs/upgrading.md", "utf8");
    const set = [...guide.matchAll(/config set streaming:(\w+)/g)].map(([, key]) => key);
    expect(set).toContain("kafkaStorageAccess");
    const declared = JSON.stringify(declaredKeys());
    expect(set.filter((key) => !declared.includes(`"${key}"`))).toEqual([]);
  });
});
