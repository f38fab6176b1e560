import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { toolPaths } from "../../../local/paths";
import { writeConfiguration } from "../../../local/stack/configuration";
import { temporaryFolder } from "../setup/loopback";

it("the configuration is replaced as a whole under an engine that reads it, and stays private", async () => {
  const home = await temporaryFolder();
  const folder = path.join(home, "stack");
  mkdirSync(folder);
  writeFileSync(path.join(folder, "created"), "");
  const own = "encryptionsalt: v1:abc\nconfig:\n  streaming:gatewayPassword:\n    secure: v1:x\n";
  writeFileSync(path.join(folder, "Pulumi.local.yaml"), own);

  const file = await writeConfiguration(home, toolPaths(), { "streaming:rate": 20 });
  const before = readFileSync(file, "utf8");
  const engine = openSync(file, "r");
  onTestFinished(() => closeSync(engine));
  await writeConfiguration(home, toolPaths(), { "streaming:rate": 30 });

  expect(readFileSync(engine, "utf8")).toBe(before);
  expect(parse(before)).toMatchObject({ encryptionsalt: "v1:abc", config: { "streaming:rate": 20 } });
  expect(parse(readFileSync(file, "utf8"))).toMatchObject({
    config: { "streaming:rate": 30, "streaming:gatewayPassword": { secure: "v1:x" } },
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).sort()).toEqual(["Pulumi.local.yaml", "created", "effective.yaml"]);
});
