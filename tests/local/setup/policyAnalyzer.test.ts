import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { projectRoot, type ToolPaths, toolPaths } from "../../../local/paths";
import { packForEngine } from "../../../local/setup/policyAnalyzer";
import { pulumiVersion } from "../../../local/setup/pulumi";
import { goModulesFingerprint } from "../../../local/setup/pulumiBuild";

const pack = path.join(projectRoot, "policies");

describe("the folder of a policy pack for the engine", () => {
  let tools: ToolPaths;
  beforeEach(() => {
    tools = toolPaths(mkdtempSync(path.join(tmpdir(), "pack-")));
    mkdirSync(tools.bin);
  });
  afterEach(() => rmSync(tools.root, { recursive: true }));

  const engine = (how: string, basis: string) => {
    for (const program of ["pulumi", "pulumi-language-nodejs"]) {
      writeFileSync(path.join(tools.bin, program), "");
      chmodSync(path.join(tools.bin, program), 0o755);
    }
    writeFileSync(path.join(tools.bin, ".origin.json"), JSON.stringify({ how, basis, version: pulumiVersion }));
  };

  it("is the pack itself where the engine is Pulumi's release", () => {
    engine("downloaded", pulumiVersion);
    expect(packForEngine(pack, tools)).toBe(pack);
    expect(readdirSync(tools.root)).toEqual(["bin"]);
  });

  it("is the pack itself where there is no engine of this project's", () => {
    expect(packForEngine(pack, tools)).toBe(pack);
  });

  it("describes the same pack, with a script that starts it, where the engine was built", () => {
    engine("built", goModulesFingerprint());
    const folder = packForEngine(pack, tools);
    const described = readFileSync(path.join(folder, "PulumiPolicy.yaml"), "utf8");
    expect(described.replace("nodejs-script", "nodejs")).toBe(
      readFileSync(path.join(pack, "PulumiPolicy.yaml"), "utf8"),
    );
    expect(described).toContain("runtime: nodejs-script\n");
    const script = readFileSync(path.join(tools.bin, "pulumi-analyzer-policy-nodejs-script"), "utf8");
    expect(script).toContain(`cd '${pack}'`);
  });
});
