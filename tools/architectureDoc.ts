/**
 * `npm run docs:architecture`: draws the pictures in `docs/architecture.md` anew, from the engine's graph of a deployed
 * stack. A test that deploys the program records that graph, `docs/architecture/graph.json`. With `--check` it only looks
 * whether they are current, and ends with 1 when not.
 */
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { type GraphNode, overview, withoutDetours } from "./architectureDoc/graph";
import { mermaid } from "./architectureDoc/mermaid";
import { withTables } from "./markdown";
import { writeOrCheck } from "./writeOrCheck";

const docs = path.join(__dirname, "..", "docs");
const file = path.join(docs, "architecture.md");
const graph = JSON.parse(readFileSync(path.join(docs, "architecture", "graph.json"), "utf8")) as GraphNode[];

const text = withTables(readFileSync(file, "utf8"), {
  overview: mermaid(withoutDetours(overview(graph))),
  resources: mermaid(withoutDetours(graph)),
});
writeOrCheck("npm run docs:architecture", { [file]: text });
