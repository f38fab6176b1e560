import { mkdir, readFile, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { type ToolPaths, twinPaths } from "../paths";

/** Where the program's default `dataset` points: /Volumes/main/streaming/data/tweets.jsonl. */
const volumePath = path.join("main", "streaming", "data", "tweets.jsonl");

/** Uploads the data set to the volume that `Pulumi.local.yaml` names, as one does by hand on Azure. */
export async function provideDataset(home: string, tools: ToolPaths): Promise<void> {
  const target = path.join(twinPaths(home).volumes, volumePath);
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  await writeFile(target, await readFile(tools.dataset), { mode: 0o600 });
}
