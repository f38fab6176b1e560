import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { Reporter, TestModule, Vitest } from "vitest/node";
import { projectRoot } from "../../local/paths";
import { renderDocument } from "./document";
import { type Recorded, recordFile } from "./record";

const resultsFile = path.join(projectRoot, ".local", "faults", "results.json");
const documentFile = path.join(projectRoot, "docs", "reliability.md");

/** Rows of the last good run of each test file. */
type Results = Record<string, Recorded[]>;

/**
 * Gathers what the tests have recorded, and writes `docs/reliability.md` when every file of the suite has passed. A run
 * of some files takes the place of their earlier results; one that leaves out tests of a file counts for nothing.
 */
export default class ReliabilityReporter implements Reporter {
  private vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.vitest = vitest;
    rmSync(recordFile, { force: true });
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    if (!this.vitest || this.vitest.config.testNamePattern || modules.length === 0) return;
    const results: Results = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, "utf8")) : {};
    const recorded = readRecorded();
    for (const module of modules) {
      const file = path.relative(projectRoot, module.moduleId);
      if (module.ok()) results[file] = recorded.filter((row) => row.file === file);
      else delete results[file];
    }
    save(resultsFile, `${JSON.stringify(results, null, 1)}\n`);

    const suite = (await this.vitest.globTestSpecifications())
      .map(({ moduleId }) => path.relative(projectRoot, moduleId))
      .sort();
    const missing = suite.filter((file) => !results[file]);
    if (missing.length > 0) {
      console.log(`docs/reliability.md stays as it is: there is no good run of ${missing.join(", ")}.`);
      return;
    }
    save(documentFile, renderDocument(suite.flatMap((file) => results[file])));
    console.log("docs/reliability.md is written.");
  }
}

function readRecorded(): Recorded[] {
  if (!existsSync(recordFile)) return [];
  const lines = readFileSync(recordFile, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Recorded);
}

function save(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
