import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { inFolder } from "./virtualNetwork";

/** Command lines that run inside a twin's namespaces, for processes other than its supervisor. */

const operatorName = "operator";

/** Adds what makes a command line run as the operator; nothing in loopback mode, where the beginning is empty. */
export function enteringOperator(operator: readonly string[], command: readonly string[], cwd: string): string[] {
  return operator.length === 0 ? [...command] : [...operator, ...inFolder(command, cwd)];
}

/**
 * Adds what enters the network `name` (of the virtual network, or `operator`) to a command line.
 *
 * @param operator the command line's beginning that enters the operator's namespace, as the supervisor wrote it down.
 * @param folder where the namespaces are recorded.
 * Throws, naming those that there are, when there is no such network.
 */
export function entering(
  operator: readonly string[],
  folder: string,
  name: string,
  command: readonly string[],
  cwd: string,
): string[] {
  const target = operator.map((part) =>
    part.startsWith("--target=") && name !== operatorName ? `--target=${keeperOf(folder, name)}` : part,
  );
  return [...target, ...inFolder(command, cwd)];
}

/** Names of the networks that have a namespace. */
export function networkNames(folder: string): string[] {
  return [operatorName, ...recorded(folder).map(({ id }) => nameOf(id))];
}

function keeperOf(folder: string, name: string): string {
  const found = recorded(folder).find(({ id }) => nameOf(id) === name.toLowerCase());
  if (found) return found.pid;
  throw new Error(
    `There is no network \`${name}\`; there are ${networkNames(folder)
      .map((one) => `\`${one}\``)
      .join(", ")}.`,
  );
}

function recorded(folder: string): { id: string; pid: string }[] {
  return readdirSync(folder)
    .map((entry) => path.join(folder, entry))
    .filter((entry) => existsSync(path.join(entry, "id")))
    .map((entry) => ({
      id: readFileSync(path.join(entry, "id"), "utf8"),
      pid: readFileSync(path.join(entry, "process"), "utf8").split(" ", 1)[0] ?? "",
    }));
}

function nameOf(id: string): string {
  return id.split("/").at(-1) ?? id;
}
