import type { News, Received } from "./display";

/** A span of milliseconds as people say it: `0.4 s`, `12 s`, `4 min 12 s`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Bytes in megabytes, as package managers count them. */
export const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;

/** `29 of 292 MB`, or `29 MB` where the whole is not known. */
export function amount({ bytes, totalBytes }: Received): string {
  return totalBytes === undefined ? megabytes(bytes) : `${Math.round(bytes / 1e6)} of ${megabytes(totalBytes)}`;
}

export const words = (news: News) => (typeof news === "string" ? news : amount(news));

/** The first line of a text, cut to `width` with an ellipsis. */
export function fit(text: string, width: number): string {
  const line = text.split("\n", 1)[0] ?? "";
  if (line.length <= width) return line;
  return width < 1 ? "" : `${line.slice(0, width - 1)}…`;
}

/** The speed of a download over its last seconds. */
export class Speed {
  private readonly seen: { at: number; bytes: number }[] = [];

  /** Bytes a second, undefined until there is something to compare with. `at` in milliseconds. */
  after(bytes: number, at: number): number | undefined {
    // A try that begins again from zero.
    if (bytes < (this.seen.at(-1)?.bytes ?? 0)) this.seen.length = 0;
    this.seen.push({ at, bytes });
    while (this.seen.length > 2 && at - (this.seen[1]?.at ?? at) > 3_000) this.seen.shift();
    const first = this.seen[0];
    return first && at - first.at >= 200 ? ((bytes - first.bytes) / (at - first.at)) * 1000 : undefined;
  }
}
