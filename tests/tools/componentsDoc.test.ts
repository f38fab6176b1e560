import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { declarations } from "../../tools/componentsDoc/declarations";
import { reference } from "../../tools/componentsDoc/page";
import { withTables } from "../../tools/markdown";
import { temporaryFolder } from "../local/setup/loopback";

const declared = declarations("components");

describe("docs/components.md (else: npm run docs:components)", () => {
  it("says what the components declare now", () => {
    const page = readFileSync("docs/components.md", "utf8");
    expect(withTables(page, { components: reference(declared) })).toBe(page);
  });

  it("has no component that a program cannot import", () => {
    const index = readFileSync("components/index.ts", "utf8");
    const files = declared.components.map(({ file }) => file.replace(/\.ts$/, ""));
    expect(files.filter((file) => !index.includes(`export * from "./${file}";`))).toEqual([]);
    expect(files.length).toBeGreaterThan(15);
  });

  it("says of every argument, output and property what it is", () => {
    const all = [
      ...declared.components.flatMap(({ name, arguments: args, outputs }) =>
        [...args, ...outputs].map((of) => ({ name, of })),
      ),
      ...declared.types.flatMap(({ name, members }) => members.map((of) => ({ name, of }))),
    ];
    expect(all.filter(({ of }) => !of.doc).map(({ name, of }) => `${name}.${of.name}`)).toEqual([]);
    expect(all.length).toBeGreaterThan(200);
  });
});

describe("declarations of components", () => {
  const read = async (text: string) => {
    const folder = await temporaryFolder();
    writeFileSync(`${folder}/a.ts`, text);
    return declarations(folder);
  };

  it("are read with the types that they name, enumerations by their values", async () => {
    const found = await read(
      `/** Kinds. */
       export const Kind = { A: "a", B: "b" } as const;
       export type Kind = (typeof Kind)[keyof typeof Kind];
       export interface Other { /** Never named. */ x: string }
       export interface ThingArgs {
         /** Which | one. */
         kind?: Kind;
       }
       /** A thing. */
       export class Thing extends pulumi.ComponentResource {
         /** Its name. */
         readonly id: pulumi.Output<string>;
         private readonly secret: string;
         constructor(name: string, args: ThingArgs) {}
       }`,
    );
    expect(found.components).toEqual([
      {
        name: "Thing",
        doc: "A thing.",
        file: "a.ts",
        arguments: [{ name: "kind", type: "Kind", optional: true, doc: "Which | one." }],
        outputs: [{ name: "id", type: "pulumi.Output<string>", optional: false, doc: "Its name." }],
      },
    ]);
    expect(found.types).toEqual([{ name: "Kind", doc: "Kinds.", members: [], base: '"a" | "b"' }]);
    expect(reference(found)).toContain("| `kind` | `Kind` | Which \\| one. |");
  });

  it("need an interface of arguments", async () => {
    const text = "export class Thing extends pulumi.ComponentResource { constructor(name: string, args: {}) {} }";
    await expect(read(text)).rejects.toThrow("a.ts: Thing takes no interface of arguments");
  });
});
