import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";

/** Names that the program exports: `export const NAME` and `exports.NAME =`. */
function outputsOf(file: string): string[] {
  const names: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isVariableStatement(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) {
      names.push(...node.declarationList.declarations.map(({ name }) => name.getText()));
    }
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === "exports") names.push(node.name.text);
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true));
  return names;
}

test("docs/configuration.md has every output of the program, and no other", () => {
  const [, section = ""] = readFileSync("docs/configuration.md", "utf8").split("\n## Outputs\n");
  const documented = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(documented.sort()).toEqual(outputsOf("index.ts").sort());
  expect(documented.length).toBeGreaterThan(10);
});
