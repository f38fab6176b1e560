import { existsSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { toolPaths } from "../../../local/paths";
import { compileRunner, runnerIsCurrent } from "../../../local/setup/runner";
import { temporaryFolder } from "./loopback";

describe("compileRunner", () => {
  it("compiles the sources there are, and knows when they are others", { timeout: 240_000 }, async () => {
    const sources = await temporaryFolder();
    const tools = { ...toolPaths(), runner: path.join(await temporaryFolder(), "runner") };
    writeFileSync(
      path.join(sources, "Hello.scala"),
      "package greeting\nobject Hello { val spark = org.apache.spark.SPARK_VERSION }\n",
    );
    expect(runnerIsCurrent({ tools, sources })).toBe(false);
    await compileRunner({ tools, sources });
    expect(existsSync(path.join(tools.runner, "runner.jar"))).toBe(true);
    expect(runnerIsCurrent({ tools, sources })).toBe(true);

    writeFileSync(path.join(sources, "Hello.scala"), "object Hello { val broken: Int = true }\n");
    expect(runnerIsCurrent({ tools, sources })).toBe(false);
    await expect(compileRunner({ tools, sources })).rejects.toThrow(
      /does not compile:.*Hello\.scala:1: .*type mismatch/s,
    );
    // The classes that worked stay until there are better ones.
    expect(existsSync(path.join(tools.runner, "runner.jar"))).toBe(true);
  });
});
