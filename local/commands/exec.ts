import { execa } from "execa";
import { readEndpoints } from "../endpoints";
import { networkFolder } from "../network";
import { enteringNetwork, enteringOperator } from "../network/namespaces/entering";
import { twinPaths } from "../paths";
import { mergedEnvironment } from "../stack/clientEnvironment";
import { withoutOwnPassphrase } from "../stack/environment";

/**
 * Runs a command with what `env` prints, as the operator or inside a virtual network; in loopback mode simply here.
 * Ends with the command's own exit code.
 */
export async function exec(command: string[], options: { in: string }): Promise<void> {
  const { root } = twinPaths();
  const endpoints = readEndpoints(root);
  if (!endpoints) throw new Error("The local environment is not running. Start it with `npm start`.");
  const { operator } = endpoints.network;
  const line =
    options.in === "operator"
      ? enteringOperator(operator, command, process.cwd())
      : enteringNetwork(operator, networkFolder(root), { name: options.in }, command, process.cwd());
  const [program = "", ...args] = line;
  const { exitCode, signal, failed, message } = await execa(program, args, {
    env: { ...(await mergedEnvironment(root)), ...withoutOwnPassphrase },
    stdio: "inherit",
    reject: false,
  });
  if (signal) throw new Error(`\`${command[0]}\` was ended by ${signal}.`);
  if (failed && exitCode === undefined) throw new Error(message);
  process.exitCode = exitCode;
}
