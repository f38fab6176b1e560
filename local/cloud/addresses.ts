import { isIPv4 } from "node:net";
import { containsCidr, parseCidr } from "cidr-tools";
import { HttpError } from "./httpError";

const loopbackOf = /^10\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/**
 * Where this machine serves what Azure would put at a private address: `toLoopback("10.0.0.6")` is `"127.0.0.6"`.
 * Only 10.0.0.0/8 has a place in 127.0.0.0/8; anything else is a 400 that says so.
 */
export function toLoopback(address: string): string {
  const parts = loopbackOf.exec(address)?.slice(1);
  if (!parts?.every((part) => Number(part) <= 255)) {
    throw new HttpError(
      400,
      "UnsupportedAddress",
      `\`${address}\` has no loopback address on this machine: the twin serves 10.0.0.0/8 at 127.0.0.0/8. ` +
        "Use an address space inside 10.0.0.0/8",
    );
  }
  return `127.${parts.join(".")}`;
}

/**
 * The next `count` free addresses of a subnet, lowest first. Azure keeps the first four (network, gateway, two for
 * DNS) and the last (broadcast) for itself, so the first host is `.4`.
 */
export function allocateAddresses(subnet: string, count: number, taken: Iterable<string> = []): string[] {
  const { start, end } = parseCidr(subnet);
  const used = new Set(taken);
  const free: string[] = [];
  for (let address = start + 4n; address < end && free.length < count; address++) {
    const text = dotted(address);
    if (!used.has(text)) free.push(text);
  }
  if (free.length < count) {
    throw new HttpError(
      400,
      "SubnetIsFull",
      `Subnet ${subnet} has ${free.length} free addresses left and ${count} are needed; choose a larger prefix`,
    );
  }
  return free;
}

/** Whether `text` is an IPv4 range in canonical form, as Azure demands: `10.0.0.0/24`, not `10.0.0.1/24`. */
export function isCidr(text: string): boolean {
  const [address = "", prefix = ""] = text.split("/");
  if (!isIPv4(address) || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) return false;
  return dotted(parseCidr(text).start) === address;
}

/** Whether an address lies inside a range. */
export function contains(range: string, address: string): boolean {
  return containsCidr(range, address);
}

function dotted(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join(".");
}
