import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    reporters: ["default", "./tests/reporters/summary.ts"],
    include: ["tests/**/*.test.ts"],
    // Each file in a process of its own: Pulumi's runtime is one per process.
    pool: "forks",
    // One at a time: several start Kafka or Spark, and two cores carry one of those well.
    fileParallelism: false,
    testTimeout: 20_000,
    hookTimeout: 120_000,
  },
});
