import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { ModuleKind, transpileModule } from "typescript";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeScript } from "../../components/nodeScript";
import { projectRoot } from "../../local/paths";

describe("a component's script", () => {
  it("is run by ts-node from the repository's sources, in a folder relative to the program's", () => {
    expect(nodeScript(path.join(projectRoot, "components/kafka/ambari/advertiseIps"))).toEqual({
      create: "node --require ts-node/register/transpile-only advertiseIps.ts",
      dir: "components/kafka/ambari",
    });
  });

  describe("of the package", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(path.join(projectRoot, ".local", "script-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("is plain JavaScript, for a program that has no ts-node", () => {
      const source = readFileSync(path.join(projectRoot, "components/nodeScript.ts"), "utf8");
      const { outputText } = transpileModule(source, { compilerOptions: { module: ModuleKind.CommonJS } });
      writeFileSync(path.join(folder, "nodeScript.js"), outputText);
      writeFileSync(
        path.join(folder, "program.js"),
        'const { nodeScript } = require("./nodeScript");\n' +
          'console.log(JSON.stringify(nodeScript(require("node:path").join(__dirname, "kafka", "script"))));\n',
      );
      const printed = execFileSync(process.execPath, ["program.js"], { cwd: folder, encoding: "utf8" });
      expect(JSON.parse(printed)).toEqual({ create: "node script.js", dir: "kafka" });
    });
  });
});
