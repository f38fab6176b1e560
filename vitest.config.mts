import { defineConfig } from "vitest/config";
import { alone, LongestFirst } from "./tests/order.mjs";

export default defineConfig({
  test: {
    reporters: ["default", "./tests/reporters/times.ts", "./tests/reporters/summary.ts"],
    // Each file in a process of its own: Pulumi's runtime is one per process.
    pool: "forks",
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: ["tests/**/*.test.ts"],
          exclude: alone,
          // Most of a deployment is one thing after the other, so two files keep two cores busy. Each has Kafka, Spark or
          // the engine of its own, of which a machine with more cores has not more memory for certain.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: "alone", include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
    // Tests of the other mode ask for it: namespaces are not to be had on every machine.
    env: { STREAMING_TWIN_NETWORK: "loopback" },
    // Against tests that hang. None says how fast something is: beside another file, or on a slow machine, it takes longer.
    testTimeout: 60_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
