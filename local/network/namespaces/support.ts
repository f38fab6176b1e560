import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import type { ToolPaths } from "../../paths";
import { findOnPath } from "../../setup/command";

/** What namespaces mode is made with. */
export interface NamespaceTools {
  ip: string;
  nft: string;
  /** Whether namespaces belong to a user namespace: so an ordinary user may make them, and root needs no capability. */
  userNamespace: boolean;
}

/** Options of `unshare` and `nsenter` for the user namespace. */
export const asOwnRoot = { unshare: ["--user", "--map-root-user"], nsenter: ["--user", "--preserve-credentials"] };

/**
 * Shell command that makes connections begin at other ports than the machine's own do: a service that got a free port
 * there is to have the same in here, where a program may have just taken it for a connection.
 */
export const keepPortsFree = "echo 10000 32000 >/proc/sys/net/ipv4/ip_local_port_range";

/** Where set-up puts a program that the machine lacks. */
export function unpackedProgram(tools: ToolPaths, name: string): string {
  return path.join(tools.root, "network", name);
}

/**
 * The tools of namespaces mode, tried out, or why this machine cannot have it: no Linux, a program is missing, or the
 * system does not let this user make namespaces.
 */
export function namespaceSupport(tools: ToolPaths): NamespaceTools | { reason: string } {
  if (process.platform !== "linux") return { reason: "network namespaces are Linux's" };
  const found: Record<string, string> = {};
  for (const name of ["unshare", "nsenter", "ip", "nft"]) {
    const program = findProgram(name, tools);
    if (!program) return { reason: `the program \`${name}\` is missing (${packageOf[name]})` };
    found[name] = program;
  }
  const { ip = "", nft = "" } = found;
  let reason = "";
  for (const userNamespace of process.getuid?.() === 0 ? [true, false] : [true]) {
    const problem = trial(ip, nft, userNamespace);
    if (problem === undefined) return { ip, nft, userNamespace };
    reason ||= problem;
  }
  return { reason: `this system does not let this user make network namespaces: ${reason}` };
}

const packageOf: Record<string, string> = {
  unshare: "package util-linux",
  nsenter: "package util-linux",
  ip: "package iproute2",
  nft: "package nftables",
};

/** Administrators' folders are not on everybody's PATH. */
function findProgram(name: string, tools: ToolPaths): string | undefined {
  const folders = [process.env.PATH, "/usr/sbin", "/sbin"].filter(Boolean).join(path.delimiter);
  const unpacked = unpackedProgram(tools, name);
  return findOnPath(name, folders)[0] ?? (existsSync(unpacked) ? unpacked : undefined);
}

/** Does once, in namespaces that end with it, what every network needs. Returns what went wrong. */
function trial(ip: string, nft: string, userNamespace: boolean): string | undefined {
  const script = `
    set -e
    ${shell(ip)} link set lo up
    ${keepPortsFree}
    ${shell(ip)} link add twin0 type veth peer name twin1
    mount --bind /etc/hosts "$(readlink -f /etc/resolv.conf)"
    echo 'table inet t { chain c { type filter hook input priority 0; ct state established accept; }; }' | ${shell(nft)} -f -
    echo 'table ip t { chain c { type nat hook prerouting priority -100; tcp dport 1 dnat to 127.0.0.1:2; }; }' | ${shell(nft)} -f -`;
  const user = userNamespace ? asOwnRoot.unshare : [];
  const { status, stderr, error } = spawnSync(
    "unshare",
    [...user, "--net", "--mount", "--propagation", "private", "sh", "-c", script],
    { encoding: "utf8", timeout: 10_000 },
  );
  return status === 0 ? undefined : stderr?.trim().split("\n")[0] || error?.message || `it ended with ${status}`;
}

function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
