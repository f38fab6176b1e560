import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { stringify } from "yaml";
import { shippedFile } from "../../../tools/configDoc/shipped";
import { readConfiguration } from "../../../tools/diff/standIns";
import { checkStack } from "../../../tools/stackConfiguration";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "stand-ins-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("makes up what a version before `settings/check.ts` misses, and no key that came after it", () => {
  cpSync(shippedFile("dev"), path.join(folder, "Pulumi.dev.yaml"));
  writeFileSync(path.join(folder, "Pulumi.yaml"), stringify({ name: "streaming", runtime: "nodejs", config: {} }));
  mkdirSync(path.join(folder, "settings"));
  const keys = { kafkaClusterName: { example: "mykafka" }, gatewayPassword: { secret: true } };
  writeFileSync(path.join(folder, "settings", "keys.ts"), `export const keys = ${JSON.stringify(keys)};`);
  const { missing } = readConfiguration(folder, "dev", folder);
  expect(missing.sort()).toEqual(["streaming:gatewayPassword", "streaming:kafkaClusterName"]);
});

it.each([
  [{}, "00000000-0000-0000-0000-000000000000"],
  [{ databricksUser: "7c9e6679-7425-40de-944b-e07fc1f90ae7" }, "7c9e6679-7425-40de-944b-e07fc1f90ae7"],
  [{ databricksClientId: "7c9e6679-7425-40de-944b-e07fc1f90ae7" }, "7c9e6679-7425-40de-944b-e07fc1f90ae7"],
])("makes up one application, to log in and to own the clusters, beside %j", (given, application) => {
  const config = { "azure-native:location": "westeurope", "streaming:databricksAuthType": "github-oidc-azure" };
  const set = Object.entries(given).map(([key, value]) => [`streaming:${key}`, value]);
  const text = stringify({ config: { ...config, ...Object.fromEntries(set) } });
  cpSync("Pulumi.yaml", path.join(folder, "Pulumi.yaml"));
  writeFileSync(path.join(folder, "Pulumi.app.yaml"), text);
  const { values, secrets } = readConfiguration(folder, "app", folder);
  expect(values["streaming:databricksUser"]).toBe(application);
  expect(values["streaming:databricksClientId"] ?? application).toBe(application);
  expect(checkStack("app", { ...values, ...secrets }, new Set(Object.keys(secrets))).problems).toEqual([]);
});
