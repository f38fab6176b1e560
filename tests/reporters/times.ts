import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { Reporter, TestModule, Vitest } from "vitest/node";
import { writeFileAtomic } from "../../local/files";

/** Seconds that each test file took when it was run last, hooks included, by its path in the project. */
export type Times = Record<string, number>;

/** Where the times of all files are kept, in the project's folder. */
export const timesFile = path.join(".local", "test-times.json");

/** Times of the files of a run, by path below `root`. A file of which only some tests were run does not count. */
export function timesOf(modules: readonly TestModule[], root: string): Times {
  const whole = modules.filter((module) =>
    [...module.children.allTests()].every((test) => test.result().state !== "skipped"),
  );
  return Object.fromEntries(
    whole.map((module) => [
      path.relative(root, module.moduleId),
      Math.round(module.diagnostic().duration + module.diagnostic().setupDuration) / 1000,
    ]),
  );
}

/** Keeps how long each test file took, for `npm run bench -- --only suite`. */
export default class TimesReporter implements Reporter {
  private root = process.cwd();

  onInit(vitest: Vitest): void {
    this.root = vitest.config.root;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const file = path.join(this.root, timesFile);
    const times = { ...readTimes(file), ...timesOf(modules, this.root) };
    writeFileAtomic(file, `${JSON.stringify(times, null, 2)}\n`, 0o644);
  }
}

/** Times that were kept; none where nothing was. */
export function readTimes(file: string): Times {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Times;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}
