import { table } from "../markdown";
import type { DeclaredKey } from "./declared";

/** The table of keys in docs/configuration.md. */
export function keyTable(declared: readonly DeclaredKey[]): string {
  const rows = declared.map(({ name, default: value, description }) => [
    `\`${name}\``,
    value === undefined ? "" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``,
    description,
  ]);
  return table(
    ["Key", "Default", "Meaning"],
    rows.map((cells) => cells.map((cell) => cell.replaceAll("|", "\\|"))),
  );
}
