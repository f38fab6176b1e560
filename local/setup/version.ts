/** Whether a dotted version is `least` or later: 3.259.0 is at least 3.230.0. */
export function isAtLeast(version: string, least: string): boolean {
  return version.localeCompare(least, "en", { numeric: true }) >= 0;
}
