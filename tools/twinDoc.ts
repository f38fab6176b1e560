/** `npm run docs:twin`: makes the tables of `docs/twin.md` anew. */
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { withTables } from "./markdown";
import { twinTables } from "./twinDoc/tables";

const file = path.join(__dirname, "..", "docs", "twin.md");

twinTables().then((tables) => writeFileSync(file, withTables(readFileSync(file, "utf8"), tables)));
