import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { processesOf } from "./processTree";

/** A socket on which a process waits for others. */
export interface Listener {
  pid: number;
  protocol: string;
  address: string;
  port: number;
}

/** Every TCP listener and every bound UDP socket of these processes, as the kernel lists them. */
export function listenersOf(pids: number[]): Listener[] {
  return pids.flatMap((pid) => {
    const inodes = socketsOf(pid);
    return ["tcp", "tcp6", "udp", "udp6"].flatMap((protocol) =>
      table(pid, protocol)
        .filter(({ inode, waits }) => waits && inodes.has(inode))
        .map(({ address, port }) => ({ pid, protocol, address, port })),
    );
  });
}

/**
 * What a twin's processes listen on that others than this machine's users could reach, one line each. Networks of the
 * twin's own have no way out, so only what is in the machine's network counts.
 */
export function exposedListeners(home: string): string[] {
  const found = listenersOf(processesOf(home).map(({ pid }) => pid));
  if (found.length === 0) throw new Error(`No process of ${home} listens on anything`);
  return found
    .filter(({ pid }) => networkOf(pid) === networkOf("self"))
    .filter(({ address }) => !address.startsWith("127.") && address !== "::1")
    .map(({ pid, protocol, address, port }) => `${protocol} ${address} ${port} of ${commandLine(pid)}`);
}

const networkOf = (pid: number | "self") => readlinkSync(`/proc/${pid}/ns/net`);

function commandLine(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
}

function socketsOf(pid: number): Set<string> {
  const links = readdirSync(`/proc/${pid}/fd`).map((name) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${name}`);
    } catch {
      return ""; // Closed meanwhile.
    }
  });
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}

/** Of the process's own network, which need not be this one's. */
function table(pid: number, protocol: string) {
  const [, ...lines] = readFileSync(`/proc/${pid}/net/${protocol}`, "utf8").trim().split("\n");
  return lines.map((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    const [address = "", port = ""] = local.split(":");
    // 0A is LISTEN; 07 is UDP's only state but for connected sockets, which take from one peer only.
    const waits = state === (protocol.startsWith("tcp") ? "0A" : "07");
    return { address: readable(address), port: Number.parseInt(port, 16), inode, waits };
  });
}

/** An address from the kernel's words of 32 bits, each in the byte order of this machine. */
function readable(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, "hex")].reverse());
  if (bytes.length === 4) return bytes.join(".");
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return bytes.slice(12).join(".");
  if (bytes.slice(0, 15).every((byte) => byte === 0)) return `::${bytes[15] || ""}`;
  return Buffer.from(bytes).toString("hex").match(/.{4}/g)?.join(":") ?? hex;
}
