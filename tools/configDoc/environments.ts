import { parse } from "yaml";
import { table } from "../markdown";
import type { DeclaredKey } from "./declared";

/**
 * What the stack files set differently, side by side; in italics what one of them leaves at its default.
 *
 * @param texts the stack files, by stack
 */
export function environmentTable(declared: readonly DeclaredKey[], texts: Readonly<Record<string, string>>): string {
  const files = Object.values(texts).map((text) => (parse(text) as { config: Record<string, unknown> }).config);
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
  return table(["Key", ...Object.keys(texts)], rows);
}

function show(value: unknown): string {
  return `\`${typeof value === "object" ? JSON.stringify(value) : String(value)}\``;
}
