import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    reporters: ["default", "./tests/reporters/summary.ts"],
    include: ["tests/**/*.test.ts"],
    // Each file in a process of its own: Pulumi's runtime is one per process.
    pool: "forks",
    testTimeout: 20_000,
    hookTimeout: 120_000,
  },
});
