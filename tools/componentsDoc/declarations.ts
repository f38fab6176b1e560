import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

/** An argument, an output or a property of a type. */
export interface Member {
  name: string;
  /** As it is written in the source, on one line. */
  type: string;
  optional: boolean;
  doc: string;
}

export interface Component {
  name: string;
  doc: string;
  /** File below the folder that was read. */
  file: string;
  arguments: Member[];
  outputs: Member[];
}

/** A type that arguments or outputs are made of. */
export interface NamedType {
  name: string;
  doc: string;
  /** Of an interface, but for what it takes of another. */
  members: Member[];
  /** What an alias stands for, or an interface extends, as it is written; of an enumeration, its values. */
  base?: string;
}

type Declared = ts.ClassDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

/**
 * The components in a folder's sources, and every type of these sources that their arguments and outputs name, each sorted
 * by name. Read from the text alone, so that it takes no type checker over the providers' packages.
 *
 * @throws Error for a component whose second argument is no interface of these sources
 */
export function declarations(folder: string): { components: Component[]; types: NamedType[] } {
  const declared = new Map<string, { node: Declared; file: string }>();
  const enumerations = new Map<string, Pick<NamedType, "doc" | "base">>();
  for (const file of sourcesOf(folder)) {
    for (const node of parse(`${folder}/${file}`).statements) {
      if (isDeclared(node) && isExported(node) && node.name) declared.set(node.name.text, { node, file });
      if (ts.isVariableStatement(node))
        for (const [name, values] of enumerationsOf(node)) enumerations.set(name, values);
    }
  }
  const named = new Map<string, NamedType>();
  /** Takes the types that a piece of source names, and those that these name. */
  const follow = (source: ts.Node): void => {
    if (ts.isTypeReferenceNode(source) && ts.isIdentifier(source.typeName)) take(source.typeName.text);
    ts.forEachChild(source, follow);
  };
  const take = (name: string): void => {
    const node = declared.get(name)?.node;
    if (!node || ts.isClassDeclaration(node) || named.has(name)) return;
    const base = ts.isTypeAliasDeclaration(node) ? node.type : node.heritageClauses?.[0]?.types[0];
    const own = ts.isInterfaceDeclaration(node) ? members(node) : [];
    named.set(name, { name, doc: docOf(node), members: own, base: base && line(base), ...enumerations.get(name) });
    follow(node);
  };

  const components = [...declared.values()].flatMap(({ node, file }) => {
    if (!ts.isClassDeclaration(node) || !isComponent(node)) return [];
    const name = node.name?.text ?? "";
    const args = argumentsOf(node);
    const given = declared.get(args)?.node;
    if (!given || !ts.isInterfaceDeclaration(given))
      throw new Error(`${file}: ${name} takes no interface of arguments`);
    const outputs = node.members.filter(ts.isPropertyDeclaration).filter(isPublic);
    for (const member of [...given.members, ...outputs]) follow(member);
    return [{ name, doc: docOf(node), file, arguments: members(given), outputs: outputs.map(member) }];
  });
  return { components: components.sort(byName), types: [...named.values()].sort(byName) };
}

function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/^(dist|node_modules)\b/.test(file))
    .sort();
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
}

function isDeclared(node: ts.Node): node is Declared {
  return ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
}

/** Objects of texts, which stand for enumerations: their type has the object's name, and says only that it is of it. */
function enumerationsOf(node: ts.VariableStatement): [string, Pick<NamedType, "doc" | "base">][] {
  return node.declarationList.declarations.flatMap(({ name, initializer }) => {
    const object = initializer && ts.isAsExpression(initializer) ? initializer.expression : undefined;
    if (!object || !ts.isObjectLiteralExpression(object)) return [];
    const values = object.properties.filter(ts.isPropertyAssignment).map((property) => property.initializer);
    return [[name.getText(), { doc: docOf(node), base: values.map((value) => value.getText()).join(" | ") }]];
  });
}

function isExported(node: Declared): boolean {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function isComponent(node: ts.ClassDeclaration): boolean {
  return (
    node.heritageClauses?.some(({ types }) =>
      types.some(({ expression }) => expression.getText() === "pulumi.ComponentResource"),
    ) ?? false
  );
}

/** Name of the type of a component's arguments: the second of its constructor. */
function argumentsOf(node: ts.ClassDeclaration): string {
  const parameter = node.members.find(ts.isConstructorDeclaration)?.parameters[1];
  return parameter?.type?.getText() ?? "";
}

function isPublic(node: ts.PropertyDeclaration): boolean {
  return !node.modifiers?.some(
    ({ kind }) => kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.StaticKeyword,
  );
}

function members(node: ts.InterfaceDeclaration): Member[] {
  return node.members.filter(ts.isPropertySignature).map(member);
}

function member(node: ts.PropertySignature | ts.PropertyDeclaration): Member {
  return {
    name: node.name.getText(),
    type: node.type ? line(node.type) : "",
    optional: node.questionToken !== undefined,
    doc: docOf(node),
  };
}

/** What a documentation comment says, without its tags. */
function docOf(node: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "")
    .join("\n\n");
}

/** A type on one line, without the comments in it. */
function line(node: ts.TypeNode): string {
  return node
    .getText()
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\s+/g, " ");
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name.localeCompare(other.name, "en");
}
