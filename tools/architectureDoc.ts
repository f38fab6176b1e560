/**
 * `npm run docs:architecture`: draws the pictures in `docs/architecture.md` anew, from the engine's graph of a deployed
 * stack. A test that deploys the program records that graph, `docs/architecture/graph.json`. With `--check` it only looks
 * whether they are current, and ends with 1 when not.
 */
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { type GraphNode, overview, withoutDetours } from "./architectureDoc/graph";
import { mermaid } from "./architectureDoc/mermaid";
import { withTables } from "./markdown";

const docs = path.join(__dirname, "..", "docs");
const file = path.join(docs, "architecture.md");
const graph = JSON.parse(readFileSync(path.join(docs, "architecture", "graph.json"), "utf8")) as GraphNode[];

const before = readFileSync(file, "utf8");
const after = withTables(before, {
  overview: mermaid(withoutDetours(overview(graph))),
  resources: mermaid(withoutDetours(graph)),
});
if (!process.argv.includes("--check")) writeFileSync(file, after);
else if (before !== after) {
  console.error("docs/architecture.md is not what `npm run docs:architecture` makes. Run it.");
  process.exitCode = 1;
}
