import type { ComponentChildren } from "preact";
import type { Known } from "../model";

/** Tells good from bad without colour alone: each has a sign of its own, and the word is always there. */
export type Mood = "good" | "busy" | "bad" | "unknown";

const signs: Record<Mood, string> = { good: "✓", busy: "…", bad: "✕", unknown: "?" };

export function Badge({ mood, children }: { mood: Mood; children: ComponentChildren }) {
  return (
    <span class={`badge ${mood}`}>
      <span aria-hidden="true">{signs[mood]}</span> {children}
    </span>
  );
}

/** What is known, or that it is not, with the reason. */
export function Value<T>({ of, children }: { of: Known<T>; children: (value: T) => ComponentChildren }) {
  if (of.known) return <>{children(of.value)}</>;
  return (
    <span class="unknown">
      unknown <span class="reason">({of.reason})</span>
    </span>
  );
}

export const rate = (perSecond: number) => `${perSecond.toFixed(perSecond < 100 ? 1 : 0)}/s`;
export const whole = (count: number) => count.toLocaleString("en");
export const timeOf = (iso: string) => new Date(iso).toLocaleTimeString("en-GB");

/** A time span in the coarsest unit of which there are two. */
export function duration(seconds: number): string {
  const units = { days: 86_400, h: 3_600, min: 60, s: 1 };
  const [unit, size] = Object.entries(units).find(([, length]) => seconds >= 2 * length) ?? ["s", 1];
  return `${Math.floor(seconds / size)} ${unit}`;
}

export const sameId = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** What may be wider than the screen. The keyboard has to reach it, since only then can it scroll it. */
export function Scroll({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="scroll" tabIndex={0} aria-label={name}>
      {children}
    </section>
  );
}
