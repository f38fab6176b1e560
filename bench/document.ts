/** `npm run docs:bench`: writes bench/results.json into docs/performance.md, and draws its pictures. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../local/paths";
import { pictures, withResults } from "./report/document";
import { committedResults, readResults } from "./results";

const results = readResults(committedResults);
const docs = path.join(projectRoot, "docs");
const page = path.join(docs, "performance.md");
writeFileSync(page, withResults(readFileSync(page, "utf8"), results));
mkdirSync(path.join(docs, "performance"), { recursive: true });
for (const [name, svg] of Object.entries(pictures(results))) writeFileSync(path.join(docs, "performance", name), svg);
