import { readFileSync } from "node:fs";
import * as path from "node:path";
import { writeFileAtomic } from "../files";
import { type ToolPaths, toolPaths } from "../paths";
import { pulumiOrigin } from "./pulumi";

/**
 * A runtime that no language host has: for those, the engine looks for `pulumi-analyzer-policy-RUNTIME` on PATH and runs
 * it in the pack's folder with its own address and "." (pulumi/pulumi: sdk/go/common/resource/plugin/analyzer_plugin.go).
 */
const runtime = "nodejs-script";

/** Runs the pack by the `@pulumi/pulumi` that it finds, as the engine's own Node language host does. */
const script = (pack: string) => `#!/bin/sh
set -e
cd '${pack.replaceAll("'", "'\\''")}'
run=$(node -e "console.log(require.resolve('@pulumi/pulumi/cmd/run-policy-pack'))")
exec node "$run" "$1" .
`;

/**
 * The folder to name to the engine of `tools` for a policy pack in TypeScript.
 *
 * Pulumi's releases start a pack by their Node language host, and get the pack itself. The host of a built engine is of
 * the last version that is a module of its own, 3.68.0, which cannot do that yet ("not supported"): for it there is
 * another description of the same pack, with a script that starts it. One pack at a time has it.
 */
export function packForEngine(pack: string, tools: ToolPaths = toolPaths()): string {
  const folder = path.resolve(pack);
  if (pulumiOrigin(tools)?.how !== "built") return folder;
  const description = readFileSync(path.join(folder, "PulumiPolicy.yaml"), "utf8");
  const described = path.join(tools.root, "policy-pack");
  const started = description.replace(/^runtime:.*$/m, `runtime: ${runtime}`);
  writeFileAtomic(path.join(described, "PulumiPolicy.yaml"), started, 0o644);
  writeFileAtomic(path.join(tools.bin, `pulumi-analyzer-policy-${runtime}`), script(folder), 0o755);
  return described;
}
