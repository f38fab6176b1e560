import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { stringify } from "yaml";
import { readConfiguration } from "../../../tools/diff/standIns";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "stand-ins-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("makes up what a version before `settings/check.ts` misses, and no key that came after it", () => {
  cpSync("Pulumi.dev.yaml", path.join(folder, "Pulumi.dev.yaml"));
  writeFileSync(path.join(folder, "Pulumi.yaml"), stringify({ name: "streaming", runtime: "nodejs", config: {} }));
  mkdirSync(path.join(folder, "settings"));
  const keys = { kafkaClusterName: { example: "mykafka" }, gatewayPassword: { secret: true } };
  writeFileSync(path.join(folder, "settings", "keys.ts"), `export const keys = ${JSON.stringify(keys)};`);
  const { missing } = readConfiguration(folder, "dev", folder);
  expect(missing.sort()).toEqual(["streaming:gatewayPassword", "streaming:kafkaClusterName"]);
});
