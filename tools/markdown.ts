/** A table of Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Replaces what stands between `<!-- NAME -->` and `<!-- end NAME -->`. Throws for a table that has no place. */
export function withTables(text: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((document, [name, content]) => {
    const place = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end ${name} -->)`);
    if (!place.test(document)) throw new Error(`The document has no place for the table \`${name}\`.`);
    return document.replace(place, (_all, begin: string, end: string) => `${begin}\n${content}\n\n${end}`);
  }, text);
}
