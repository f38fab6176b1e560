import { execa } from "execa";
import { readEndpoints } from "../endpoints";
import { enteringOperator } from "../network/namespaces/entering";
import { twinPaths } from "../paths";

/** Set in a process that was started as the operator. */
const marker = "STREAMING_AS_OPERATOR";

/** Whether this process was started as the operator by `runAsOperator`: what it starts is the operator's then. */
export function isOperator(): boolean {
  return process.env[marker] !== undefined;
}

/**
 * Runs this very command where the operator is, who alone reaches the cluster's gateway, and takes over its exit code.
 * Resolves with false when that is here: then nothing was run.
 */
export async function runAsOperator(): Promise<boolean> {
  const operator = readEndpoints(twinPaths().root)?.network.operator ?? [];
  if (operator.length === 0 || isOperator()) return false;
  // Whatever compiles TypeScript in this process, a new one has to be told.
  const again = [process.execPath, "--import", "tsx", ...process.argv.slice(1)];
  const [program = "", ...args] = enteringOperator(operator, again, process.cwd());
  const { exitCode } = await execa(program, args, { stdio: "inherit", reject: false, env: { [marker]: "1" } });
  process.exitCode = exitCode ?? 1;
  return true;
}
