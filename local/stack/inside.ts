import { readEndpoints } from "../endpoints";
import { networkFolder } from "../network";
import { enteringNetwork, enteringOperator } from "../network/namespaces/entering";
import { twinPaths } from "../paths";

/** The command line that runs `command` in the network that has an address; undefined when that is reached from here. */
export function insideNetworkOf(address: string, command: readonly string[]): string[] | undefined {
  const { root } = twinPaths();
  const operator = readEndpoints(root)?.network.operator ?? [];
  if (operator.length === 0) return undefined;
  return enteringNetwork(operator, networkFolder(root), { address }, command, process.cwd());
}

/** The command line that runs `command` as the operator, who reaches the gateway and SSH; undefined when that is here. */
export function asOperator(command: readonly string[]): string[] | undefined {
  const operator = readEndpoints(twinPaths().root)?.network.operator ?? [];
  return operator.length === 0 ? undefined : enteringOperator(operator, command, process.cwd());
}
