/**
 * Property paths as Pulumi writes them: `properties.roles[0].name`, `sparkConf["spark.app.id"]`.
 * Patterns may hold `*` for any key or index.
 */
export type Path = readonly (string | number)[];

const simpleKey = /^[A-Za-z_$][\w$-]*$/;

/** The text of a path. */
export function formatPath(path: Path): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (simpleKey.test(part)) text += text === "" ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}

/** A path from its text; `*` stays a key named `*`. Throws if the text is not a path. */
export function parsePath(text: string): Path {
  const parts: (string | number)[] = [];
  const token = /\.?([^.[\]"]+)|\[(\d+)\]|\[\*\]|\["((?:[^"\\]|\\.)*)"\]/y;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (!match) throw new Error(`"${text}" is not a property path: cannot read it from character ${at + 1} on`);
    if (match[1] !== undefined) parts.push(match[1]);
    else if (match[2] !== undefined) parts.push(Number(match[2]));
    else if (match[3] !== undefined) parts.push(JSON.parse(`"${match[3]}"`) as string);
    else parts.push("*");
  }
  return parts;
}

/** True if the pattern names the path or something that contains it. */
export function covers(pattern: Path, path: Path): boolean {
  return pattern.length <= path.length && pattern.every((part, i) => part === "*" || String(part) === String(path[i]));
}
