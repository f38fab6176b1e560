import * as path from "node:path";
import { defineConfig } from "vitest/config";

/** For the test of tests that cannot be tried: they are none of the suite's own. */
export default defineConfig({
  test: { include: [path.join(import.meta.dirname, "moon.ts")], reporters: ["verbose"] },
});
