/**
 * `npm run docs:config`: makes the table of keys, the JSON schema of the stack files, the shipped ones and their comparison
 * anew. With `--check` it writes nothing, and fails where one of them is stale.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { declaredKeys } from "./configDoc/declared";
import { environmentTable } from "./configDoc/environments";
import { stackSchema } from "./configDoc/schema";
import { shippedFile, shippedText, templates } from "./configDoc/shipped";
import { keyTable } from "./configDoc/table";
import { withTables } from "./markdown";

const root = path.join(__dirname, "..");
const declared = declaredKeys(path.join(root, "Pulumi.yaml"));

const texts = Object.fromEntries(
  templates.map((stack) => {
    const file = shippedFile(stack);
    const old = existsSync(file) ? readFileSync(file, "utf8") : "";
    return [stack, shippedText(old, path.join(root, `Pulumi.${stack}.yaml`))];
  }),
);
const local = readFileSync(path.join(root, "Pulumi.local.yaml"), "utf8");

const made: Record<string, (old: string) => string> = {
  ...Object.fromEntries(
    templates.map((stack) => [path.relative(root, shippedFile(stack)), () => texts[stack] as string]),
  ),
  "docs/configuration.md": (old) => withTables(old, { config: keyTable(declared) }),
  "docs/environments.md": (old) => withTables(old, { environments: environmentTable(declared, { local, ...texts }) }),
  "schemas/stack.schema.json": () => `${JSON.stringify(stackSchema(declared), null, 2)}\n`,
};

const stale = Object.entries(made).flatMap(([name, make]) => {
  const file = path.join(root, name);
  const old = existsSync(file) ? readFileSync(file, "utf8") : "";
  const text = make(old);
  return text === old ? [] : [{ name, file, text }];
});

if (!process.argv.includes("--check")) for (const { file, text } of stale) writeFileSync(file, text);
else if (stale.length > 0) {
  console.error(`Stale: ${stale.map(({ name }) => name).join(", ")}. Make anew: npm run docs:config`);
  process.exitCode = 1;
}
