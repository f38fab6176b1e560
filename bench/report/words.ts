import type { Figure, Series, Target, Unit } from "../model";

/** A number with its unit, to three digits that count. */
export function amount(value: number, unit: Unit): string {
  const digits = value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return `${digits.toLocaleString("en")}${unit === "1" ? "" : ` ${unit}`}`;
}

/** The median, and between which values half of the samples are. */
export function withSpread({ median, spread: [low, high], samples }: Series, unit: Unit): string {
  return samples.length === 1
    ? amount(median, unit)
    : `${amount(median, unit)} (${amount(low, "1")} to ${amount(high, "1")})`;
}

export function ratio({ ratio }: Figure): string {
  return ratio === undefined ? "" : ratio.toPrecision(3);
}

/** Such as "at most 1.3 times" or "at most 1 s". */
export function inWords({ of, is, limit }: Target, unit: Unit): string {
  return `${is} ${of === "ratio" ? `${limit} times` : amount(limit, unit)}`;
}
