import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Test files that have the machine for themselves, after all others: they say how long something takes, or count what the
 * whole machine has. */
export const alone = [
  // Faults and loads, of which some have to come in time, and memory.
  "tests/faults/**/*.test.ts",
  "tests/load/**/*.test.ts",
  // Network namespaces that are there, of the whole machine: one file at a time makes some. tests/pipeline/namespaces.test.ts
  // is the one that runs beside others.
  "tests/local/network/fabric.test.ts",
  "tests/pipeline/injected.test.ts",
  // How soon something is done.
  "tests/bench/command.test.ts",
  "tests/local/cloud/databricks/continuous.test.ts",
  "tests/local/engines/spark/lifecycle.test.ts",
  "tests/local/setup/setup.test.ts",
  "tests/notebooks/replay.test.ts",
  "tests/reporters/times.test.ts",
];

/** Files that take minutes however few lines they have, the longest first. */
const longest = [
  "tests/tools/diff/scenarios.test.ts",
  "tests/pipeline/namespaces.test.ts",
  "tests/pipeline/topology.test.ts",
  "tests/docs/commands.test.ts",
  "tests/pipeline/kafkaOperations.test.ts",
  "tests/pipeline/networking.test.ts",
  "tests/pipeline/monitoring.test.ts",
  "tests/examples/examples.test.ts",
  "tests/pipeline/secrets.test.ts",
  "tests/tools/diff/command.test.ts",
];

/**
 * What takes longest begins first, so that no core waits for it at the end. Vitest orders by how long each file took last, or
 * else by size, which says little here.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => longest.findIndex((file) => moduleId.endsWith(file));
    const sorted = await super.sort(files);
    const long = sorted.filter((file) => place(file) >= 0).sort((a, b) => place(a) - place(b));
    return [...long, ...sorted.filter((file) => place(file) < 0)];
  }
}
