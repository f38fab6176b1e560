import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { table } from "../markdown";
import type { DeclaredKey } from "./declared";

const environments = ["local", "dev", "prod"];

/** What the stack files set differently, side by side; in italics what one of them leaves at its default. */
export function environmentTable(declared: readonly DeclaredKey[], folder: string): string {
  const files = environments.map((stack) => stackFile(path.join(folder, `Pulumi.${stack}.yaml`)));
  const keys = [
    { name: "azure-native:location", default: undefined },
    ...declared.map((key) => ({ name: `streaming:${key.name}`, default: key.default })),
  ];
  const rows = keys
    .map(({ name, default: value }) => [
      `\`${name.replace("streaming:", "")}\``,
      ...files.map((file) => (name in file ? show(file[name]) : value === undefined ? "" : `*${show(value)}*`)),
    ])
    .filter(([, ...values]) => new Set(values.map((text) => text.replaceAll("*", ""))).size > 1);
  return table(["Key", ...environments], rows);
}

function stackFile(file: string): Record<string, unknown> {
  return (parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> }).config;
}

function show(value: unknown): string {
  return `\`${typeof value === "object" ? JSON.stringify(value) : String(value)}\``;
}
