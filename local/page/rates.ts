import { known, unknown } from "./known";
import type { Known } from "./model";

/** Over how long a rate is taken, ms: the producer sends in bursts, and a rate that jumps tells nothing. */
const windowMs = 10_000;

/** Messages a second, from totals that are looked at now and then. */
export class Rates {
  private readonly seen = new Map<string, { at: number; total: number }[]>();

  /** @param now ms since 1970 */
  of(name: string, total: number, now = Date.now()): Known<number> {
    const recent = (this.seen.get(name) ?? []).filter(({ at }) => now - at <= windowMs);
    // A total that shrinks is another topic of the same name.
    const before = (recent.at(-1)?.total ?? 0) > total ? [] : recent;
    this.seen.set(name, [...before, { at: now, total }]);
    const [first] = before;
    if (!first || now === first.at) return unknown("being measured");
    return known(((total - first.total) * 1000) / (now - first.at));
  }
}
