import { createHash, randomBytes } from "node:crypto";

/**
 * A name that no other resource has: the logical name and random hex digits.
 *
 * @param prefix logical name, with its separator if it needs one
 * @param digits number of hex digits
 * @param seed random bytes from the engine, which make a name proposed in a preview the name used in the update
 */
export function uniqueName(prefix: string, digits: number, seed?: Uint8Array): string {
  return prefix + hex(digits, prefix, seed);
}

/** A UUID, from the engine's seed if there is one. */
export function uniqueUuid(seed?: Uint8Array): string {
  const digits = hex(32, "uuid", seed);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join("-");
}

function hex(digits: number, salt: string, seed?: Uint8Array): string {
  const source = seed?.length ? createHash("sha256").update(seed).update(salt).digest() : randomBytes(32);
  return source.toString("hex").slice(0, digits);
}
