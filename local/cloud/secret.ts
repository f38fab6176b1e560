import { createHash, timingSafeEqual } from "node:crypto";

/** Whether a secret is the expected one. Takes the same time wherever they differ, and whatever their lengths are. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
