/** `npm run docs:twin`: makes the tables of `docs/twin.md` anew. With `--check` it writes nothing, and fails where one is stale. */
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { withTables } from "./markdown";
import { twinTables } from "./twinDoc/tables";
import { writeOrCheck } from "./writeOrCheck";

const file = path.join(__dirname, "..", "docs", "twin.md");

twinTables().then((tables) => {
  writeOrCheck("npm run docs:twin", { [file]: withTables(readFileSync(file, "utf8"), tables) });
});
