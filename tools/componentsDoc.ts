/**
 * `npm run docs:components`: makes `docs/components.md` anew from the components' own declarations. With `--check` it writes
 * nothing, and fails where the page is stale.
 */
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { declarations } from "./componentsDoc/declarations";
import { reference } from "./componentsDoc/page";
import { withTables } from "./markdown";
import { writeOrCheck } from "./writeOrCheck";

const root = path.join(__dirname, "..");
const file = path.join(root, "docs", "components.md");
const text = withTables(readFileSync(file, "utf8"), {
  components: reference(declarations(path.join(root, "components"))),
});
writeOrCheck("npm run docs:components", { [file]: text });
