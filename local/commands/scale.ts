import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { projectRoot } from "../paths";
import { stackName } from "../stack/configuration";
import { engine } from "./engine";

const key = "streaming:kafkaWorkers";

/** Writes another number of brokers into the stack file and deploys it, as a person would. */
export async function scale(workers: number): Promise<void> {
  const file = path.join(projectRoot, `Pulumi.${stackName}.yaml`);
  const text = readFileSync(file, "utf8");
  const { changed, before } = withWorkers(text, workers);
  if (before === workers) console.log(`\`${key}\` is ${workers} already.`);
  else {
    writeFileSync(file, changed);
    console.log(`\`${key}\` in Pulumi.${stackName}.yaml: ${before} → ${workers}`);
  }
  await engine("up", [], {});
  if (before !== undefined && workers > before) {
    console.log("\nNew brokers get partitions of new topics only. Move some of those that there are:\n");
    console.log("  npm run rebalance -- --stack local           # shows what it would move; --apply moves it");
  }
}

/** A stack file with so many workers, its comments and all else as they were; and how many there were. */
export function withWorkers(text: string, workers: number): { changed: string; before: number | undefined } {
  const document = parseDocument(text);
  const before = document.getIn(["config", key]);
  document.setIn(["config", key], workers);
  return { changed: document.toString({ lineWidth: 0 }), before: before === undefined ? undefined : Number(before) };
}
