import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, expect, it } from "vitest";
import { configurationChanges } from "../../../tools/diff/configuration";

const folder = mkdtempSync(path.join(tmpdir(), "configuration-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A version of the project with this stack file. */
function version(name: string, config: string): string {
  const place = mkdtempSync(path.join(folder, name));
  writeFileSync(path.join(place, "Pulumi.yaml"), "name: x\nconfig: {}\n");
  writeFileSync(path.join(place, "Pulumi.dev.yaml"), `config:\n${config}`);
  return place;
}

it("a secret that was committed in clear is not repeated, only that it is there and changed", () => {
  const before = version("base", "  streaming:gatewayPassword: Canary-1!\n  streaming:rate: 20\n");
  const after = version("head", "  streaming:gatewayPassword: Canary-2!\n  streaming:twitterBearerToken: canary-3\n");
  const changes = configurationChanges(before, after, "dev");
  expect(JSON.stringify(changes)).not.toMatch(/canary/i);
  expect(changes.map(({ key, kind }) => [key, kind])).toEqual([
    ["streaming:gatewayPassword", "changed"],
    ["streaming:rate", "removed"],
    ["streaming:twitterBearerToken", "added"],
  ]);
});

it("secrets in clear are known by their names where the code does not know the key, and in script actions", () => {
  const config = (number: number) =>
    [
      `  azure-native:clientSecret: canary-${number}`,
      `  databricks:token: canary-${number}`,
      "  streaming:kafkaScriptActions:",
      "    - name: agent",
      `      uri: https://scripts.example/agent.sh?sig=canary-${number}`,
      `      parameters: --login canary-${number}`,
      "    - name: tools",
      `      uri: https://scripts.example/tools-${number}.sh`,
      "",
    ].join("\n");
  const changes = configurationChanges(version("base", config(1)), version("head", config(2)), "dev");
  expect(JSON.stringify(changes)).not.toMatch(/canary/i);
  expect(changes.map(({ key, before }) => [key, before])).toEqual([
    ["azure-native:clientSecret", "[secret]"],
    ["databricks:token", "[secret]"],
    ["streaming:kafkaScriptActions[0].uri", "[secret]"],
    ["streaming:kafkaScriptActions[0].parameters", "[secret]"],
    ["streaming:kafkaScriptActions[1].uri", "https://scripts.example/tools-1.sh"],
  ]);
});
