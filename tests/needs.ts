import { describe, it, type SuiteFactory, type TestOptions } from "vitest";
import { findOnPath } from "../local/setup/command";

/** What some tests need and not every machine has: namespaces of networks, programs, to be root. */
export type Need = "namespaces" | "programs" | "root";

/**
 * Whether a machine without it fails the tests that need it, in place of leaving them out: where `STREAMING_REQUIRE` names
 * it, or all. So what is tested in CI stays tested, whatever becomes of the machines there.
 *
 * @param required names of needs with commas between them, or `all`
 */
export function isRequired(need: Need, required = process.env.STREAMING_REQUIRE ?? ""): boolean {
  const names = required.split(",").map((name) => name.trim());
  return names.includes(need) || names.includes("all");
}

/**
 * `describe` for tests that need something of the machine. Where that is missing, their name says so.
 *
 * @param missing why the machine does not have it; undefined when it has
 */
export function describeWith(need: Need, missing: string | undefined) {
  return (name: string, options: TestOptions, tests: SuiteFactory) => {
    if (missing === undefined) return describe(name, options, tests);
    if (!isRequired(need)) return describe.skip(`${name} (not here: ${missing})`, options, tests);
    return describe(name, () => {
      it(`can be tried, as STREAMING_REQUIRE=${process.env.STREAMING_REQUIRE} demands`, () => {
        throw new Error(`It needs ${need}, which this machine does not have: ${missing}.`);
      });
    });
  };
}

/** Which of these programs the machine does not have, in words; undefined when it has them all. */
export function missingPrograms(...names: string[]): string | undefined {
  const missing = names.filter((name) => findOnPath(name).length === 0);
  return missing.length > 0 ? `there is no ${missing.join(" and no ")}` : undefined;
}
