import { readFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";

const lock = JSON.parse(readFileSync(path.resolve(__dirname, "../package-lock.json"), "utf8")) as {
  packages: Record<string, { version?: string }>;
};
const copies = (name: string) =>
  Object.entries(lock.packages)
    .filter(([folder]) => folder.endsWith(`node_modules/${name}`))
    .map(([folder, { version }]) => `${folder} ${version}`);

describe("the packages", () => {
  it("have one copy of Pulumi's runtime: with two, components lose their children", () => {
    expect(copies("@pulumi/pulumi")).toEqual([expect.stringMatching(/^node_modules\/@pulumi\/pulumi 3\./)]);
  });

  it("have the `@pulumi/command` that can keep its output out of logs, not the stray one that npm calls the latest", () => {
    expect(copies("@pulumi/command")).toEqual(["node_modules/@pulumi/command 1.2.1"]);
  });
});
