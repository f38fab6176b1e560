import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parse } from "yaml";
import { CannotCompile } from "../../../tools/diff/compile";
import { packageChanges } from "../../../tools/diff/packages";
import { inSource, writeProgram } from "../../../tools/diff/program";
import { ProjectCopy } from "./project";

let project: ProjectCopy;
let place: string;
let folder: string;

beforeEach(() => {
  project = ProjectCopy.original();
  place = mkdtempSync(path.join(tmpdir(), "program-"));
  folder = path.join(place, "app");
});

afterEach(() => {
  project.remove();
  rmSync(place, { recursive: true, force: true });
});

it("writes a program that the engine has nothing to compile of, with all that it reads", () => {
  writeProgram(project, folder);
  const read = (file: string) => readFileSync(path.join(folder, file), "utf8");
  const { main, runtime } = parse(read("Pulumi.yaml"));
  expect({ main, typescript: runtime.options.typescript }).toEqual({ main: "index.js", typescript: false });
  expect(read("index.js")).toContain("exports.bootstrapServers = ");
  expect(read("notebooks/KafkaConsumer.scala")).toContain("Databricks notebook source");
});

it("says where an author's mistake is", () => {
  project.edit("settings.ts", /^/, "const = 1;\n");
  expect(() => writeProgram(project, folder)).toThrow(CannotCompile);
  expect(() => writeProgram(project, folder)).toThrow(/^settings\.ts\(1,7\): /);
});

it("tells errors by the lines that the author wrote", () => {
  project.edit("index.ts", "export const resourceGroupName", 'throw new Error("x");\nexport const resourceGroupName');
  writeProgram(project, folder);
  const lineOf = (file: string, text: string) =>
    readFileSync(file, "utf8")
      .split("\n")
      .findIndex((line) => line.includes(text)) + 1;
  const made = lineOf(path.join(folder, "index.js"), 'throw new Error("x")');
  const written = lineOf(path.join(project.folder, "index.ts"), 'throw new Error("x")');
  expect(made).not.toBe(written);
  expect(inSource(`Running program 'index.js' failed\n    at x (${folder}/index.js:${made}:7)`, folder)).toBe(
    `Running program 'index.ts' failed\n    at x (${folder}/index.ts:${written}:7)`,
  );
});

it("names a package that has another version", () => {
  const head = project.fork();
  head.upgrade("@pulumi/command", "1.2.1", "1.2.2");
  expect(packageChanges(project.folder, head.folder)).toEqual([
    { name: "@pulumi/command", before: "1.2.1", after: "1.2.2" },
  ]);
  head.remove();
});
