import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";

const lock = JSON.parse(readFileSync(path.resolve(__dirname, "../package-lock.json"), "utf8")) as {
  packages: Record<string, { version?: string }>;
};
const { dependencies, devDependencies } = JSON.parse(
  readFileSync(path.resolve(__dirname, "../package.json"), "utf8"),
) as Record<"dependencies" | "devDependencies", Record<string, string>>;
const copies = (name: string) =>
  Object.entries(lock.packages)
    .filter(([folder]) => folder.endsWith(`node_modules/${name}`))
    .map(([folder, { version }]) => `${folder} ${version}`);

describe("the packages", () => {
  it("of a deployment, without those for development, have what compiles the program", () => {
    const read = <T>(file: string) => JSON.parse(readFileSync(path.resolve(__dirname, "..", file), "utf8")) as T;
    const { "ts-node": options } = read<{ "ts-node": { transpiler: string } }>("tsconfig.json");
    const { dependencies } = read<{ dependencies: Record<string, string> }>("package.json");
    const [compiler] = options.transpiler.split("/");
    expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(["ts-node", "typescript", compiler]));
    expect(existsSync(path.resolve(__dirname, "../node_modules", options.transpiler))).toBe(true);
  });

  it("have one copy of Pulumi's runtime: with two, components lose their children", () => {
    expect(copies("@pulumi/pulumi")).toEqual([expect.stringMatching(/^node_modules\/@pulumi\/pulumi 3\./)]);
  });

  it("are named by exact versions, but for those that a program with the components shares with them", () => {
    const ranges = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d/.test(version),
    );
    expect(ranges.map(([name]) => name).sort()).toEqual([
      "@pulumi/azure-native",
      "@pulumi/databricks",
      "@pulumi/pulumi",
    ]);
  });

  it("have the `@pulumi/command` that can keep its output out of logs, not the stray one that npm calls the latest", () => {
    expect(copies("@pulumi/command")).toEqual(["node_modules/@pulumi/command 1.2.1"]);
  });
});
