import { containsCidr } from "cidr-tools";
import { readRecords } from "./records";
import { inFolder } from "./virtualNetwork";

/**
 * Command lines that run inside a twin's networks, for processes other than its supervisor. `operator` is what the
 * supervisor wrote down: how a command line begins that runs as the operator; empty in loopback mode, where everything
 * runs on this machine as it is.
 */

/** Adds what makes a command line run as the operator. */
export function enteringOperator(operator: readonly string[], command: readonly string[], cwd: string): string[] {
  return operator.length === 0 ? [...command] : [...operator, ...inFolder(command, cwd)];
}

/**
 * Adds what makes a command line run in a virtual network: that of a name (the end of its ARM id), or that of an address
 * in it. Throws, naming those that there are, when there is none.
 */
export function enteringNetwork(
  operator: readonly string[],
  folder: string,
  which: { name: string } | { address: string },
  command: readonly string[],
  cwd: string,
): string[] {
  if (operator.length === 0) return [...command];
  const records = readRecords(folder);
  const found = records.find(({ id, prefixes }) =>
    "name" in which
      ? nameOf(id) === which.name.toLowerCase()
      : prefixes.some((one) => containsCidr(one, which.address)),
  );
  if (!found) {
    const asked = "name" in which ? which.name : which.address;
    const names = ["operator", ...records.map(({ id }) => nameOf(id))].map((name) => `\`${name}\``).join(", ");
    throw new Error(`There is no network \`${asked}\`; there are ${names}.`);
  }
  const beginning = operator.map((part) => (part.startsWith("--target=") ? `--target=${found.keeper}` : part));
  return [...beginning, ...inFolder(command, cwd)];
}

function nameOf(id: string): string {
  return id.split("/").at(-1) ?? id;
}
