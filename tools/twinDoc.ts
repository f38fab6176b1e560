/** `npm run docs:twin`: makes the tables of `docs/twin.md` anew. With `--check` it writes nothing, and fails where one is stale. */
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { withTables } from "./markdown";
import { twinTables } from "./twinDoc/tables";

const file = path.join(__dirname, "..", "docs", "twin.md");

twinTables().then((tables) => {
  const old = readFileSync(file, "utf8");
  const text = withTables(old, tables);
  if (!process.argv.includes("--check")) writeFileSync(file, text);
  else if (text !== old) {
    console.error("Stale: docs/twin.md. Make anew: npm run docs:twin");
    process.exitCode = 1;
  }
});
