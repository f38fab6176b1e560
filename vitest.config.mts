import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    reporters: ["default", "./tests/reporters/times.ts", "./tests/reporters/summary.ts"],
    include: ["tests/**/*.test.ts"],
    // Each file in a process of its own: Pulumi's runtime is one per process.
    pool: "forks",
    // One at a time: several start Kafka or Spark, and two cores carry one of those well.
    fileParallelism: false,
    // Tests of the other mode ask for it: namespaces are not to be had on every machine.
    env: { STREAMING_TWIN_NETWORK: "loopback" },
    testTimeout: 20_000,
    hookTimeout: 120_000,
  },
});
