import { table } from "../markdown";
import type { Component, declarations, Member, NamedType } from "./declarations";

/** The reference of the components as Markdown: what each takes and what it gives, and the types both are made of. */
export function reference({ components, types }: ReturnType<typeof declarations>): string {
  const parts = [
    ...components.map(component),
    "## Types",
    "What arguments and outputs are made of.",
    ...types.map(namedType),
  ];
  return parts.join("\n\n");
}

function component({ name, doc, file, arguments: args, outputs }: Component): string {
  return [
    `## ${name}`,
    doc,
    `Source: [components/${file}](../components/${file})`,
    members("Argument", args),
    outputs.length > 0 ? members("Output", outputs) : "It has no outputs.",
  ].join("\n\n");
}

function namedType({ name, doc, members: properties, base }: NamedType): string {
  return [
    `### ${name}`,
    ...(doc ? [doc] : []),
    ...(base
      ? [`${properties.length > 0 ? "All of" : "Stands for"} \`${base}\`${properties.length > 0 ? ", and:" : ""}`]
      : []),
    ...(properties.length > 0 ? [members("Property", properties)] : []),
  ].join("\n\n");
}

function members(what: string, rows: readonly Member[]): string {
  return table(
    [what, "Type", "What it is"],
    rows.map(({ name, type, optional, doc }) => [
      `\`${name}\`${optional || what === "Output" ? "" : " (required)"}`,
      `\`${type.replaceAll("|", "\\|")}\``,
      doc.replace(/\s+/g, " ").replaceAll("|", "\\|"),
    ]),
  );
}
