/**
 * `npm run docs:components`: makes `docs/components.md` anew from the components' own declarations. With `--check` it writes
 * nothing, and fails where the page is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { declarations } from "./componentsDoc/declarations";
import { reference } from "./componentsDoc/page";
import { withTables } from "./markdown";

const root = path.join(__dirname, "..");
const file = path.join(root, "docs", "components.md");
const old = readFileSync(file, "utf8");
const text = withTables(old, { components: reference(declarations(path.join(root, "components"))) });

if (!process.argv.includes("--check")) writeFileSync(file, text);
else if (text !== old) {
  console.error("Stale: docs/components.md. Make anew: npm run docs:components");
  process.exitCode = 1;
}
