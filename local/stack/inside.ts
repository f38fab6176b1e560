import { readEndpoints } from "../endpoints";
import { networkFolder } from "../network";
import { enteringNetwork } from "../network/namespaces/entering";
import { twinPaths } from "../paths";

/** The command line that runs `command` in the network that has an address; undefined when that is reached from here. */
export function insideNetworkOf(address: string, command: readonly string[]): string[] | undefined {
  const { root } = twinPaths();
  const operator = readEndpoints(root)?.network.operator ?? [];
  if (operator.length === 0) return undefined;
  return enteringNetwork(operator, networkFolder(root), { address }, command, process.cwd());
}
