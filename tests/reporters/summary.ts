import type { Reporter, TestModule } from "vitest/node";

/** What a run came to. A test file that does not load, or a hook that fails, is a failure like a test's. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts the tests of all files, and every failure that is no test's: of a file, of a hook, or outside both. */
export function countTests(modules: readonly TestModule[], unhandledErrors: readonly unknown[] = []): Counts {
  const counts: Counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
  for (const module of modules) {
    const before = counts.failed;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") counts.passed++;
      else if (state === "failed") counts.failed++;
      else counts.skipped++;
    }
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) counts.failed++;
    if (module.errors().length > 0 || (module.state() === "failed" && counts.failed === before)) counts.failed++;
  }
  return counts;
}

export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** Prints `N passed, N failed` as the last line of a run, after whatever else has something to say. */
export default class SummaryReporter implements Reporter {
  private line = "";

  onInit(): void {
    process.once("exit", () => {
      if (this.line) console.log(this.line);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    this.line = formatCounts(countTests(modules, unhandledErrors));
  }
}
