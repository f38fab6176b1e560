import { defineConfig } from "vitest/config";
import base from "../../vitest.config.mjs";

/** `npm run test:faults`: every fault, and the loads, at full length; what they record becomes docs/reliability.md. */
export default defineConfig({
  root: new URL("../..", import.meta.url).pathname,
  test: {
    ...base.test,
    projects: undefined,
    // One at a time: how long something takes, and how much memory, is what they are about.
    fileParallelism: false,
    // What is called `full` is no part of `npm test`.
    include: ["tests/faults/**/*.{test,full}.ts", "tests/load/**/*.test.ts"],
    // Of the suite itself.
    exclude: ["tests/faults/document.test.ts"],
    env: { STREAMING_FAULTS: "full" },
    reporters: ["default", "./tests/faults/reporter.ts", "./tests/reporters/summary.ts"],
  },
});
