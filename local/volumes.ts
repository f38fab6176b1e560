import { mkdirSync } from "node:fs";
import * as path from "node:path";
import { twinPaths } from "./paths";

/**
 * The Unity Catalog volumes that there are, as somebody who may makes them on Azure (`CREATE VOLUME`, docs/deploying.md):
 * those that Pulumi.yaml has as defaults. Another one is made by making its folder.
 */
const volumes = ["main/streaming/data", "main/streaming/pipeline"];

/** Makes the volumes that are not there. What is in one stays. */
export function makeVolumes(home: string): void {
  for (const volume of volumes) {
    mkdirSync(path.join(twinPaths(home).volumes, volume), { recursive: true, mode: 0o700 });
  }
}
