/**
 * `npm run docs:config`: makes the table of keys, the JSON schema of the stack files, the shipped ones and their comparison
 * anew. With `--check` it writes nothing, and fails where one of them is stale.
 */
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { declaredKeys } from "./configDoc/declared";
import { environmentTable } from "./configDoc/environments";
import { stackSchema } from "./configDoc/schema";
import { shippedFile, shippedText, templates } from "./configDoc/shipped";
import { keyTable } from "./configDoc/table";
import { withTables } from "./markdown";
import { writeOrCheck } from "./writeOrCheck";

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

const page = (name: string) => path.join(root, "docs", `${name}.md`);
const paged = (name: string, tables: Record<string, string>) => ({
  [page(name)]: withTables(readFileSync(page(name), "utf8"), tables),
});

writeOrCheck("npm run docs:config", {
  ...Object.fromEntries(templates.map((stack) => [shippedFile(stack), texts[stack] as string])),
  ...paged("configuration", { config: keyTable(declared) }),
  ...paged("environments", { environments: environmentTable(declared, { local, ...texts }) }),
  [path.join(root, "schemas", "stack.schema.json")]: `${JSON.stringify(stackSchema(declared), null, 2)}\n`,
});
