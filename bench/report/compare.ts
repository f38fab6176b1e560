import type { Figure, Results, Series } from "../model";
import { ratio } from "./words";

/** How a figure's ratio to its reference changed. */
export interface Comparison {
  bench: string;
  name: string;
  before: Figure;
  now: Figure;
  verdict: "worse" | "better" | "same";
}

/** A change of less than this part is no change, however quiet the machine was. */
const tolerance = 0.1;

/**
 * Compares the ratios of figures with those of other results, which may be another machine's: seconds are not compared. A
 * figure is worse, or better, when its ratio changed by more than a tenth and the ranges within which the quartiles place
 * it do not touch.
 */
export function compare(before: Results, now: Results): Comparison[] {
  return Object.entries(now).flatMap(([bench, { figures }]) =>
    figures.flatMap((figure) => {
      const earlier = before[bench]?.figures.find(({ name }) => name === figure.name);
      if (earlier?.ratio === undefined || figure.ratio === undefined) return [];
      return [{ bench, name: figure.name, before: earlier, now: figure, verdict: verdict(earlier, figure) }];
    }),
  );
}

/** A line for each figure whose ratio changed. */
export function comparisonLines(comparisons: readonly Comparison[]): string[] {
  return comparisons
    .filter(({ verdict }) => verdict !== "same")
    .map(
      ({ bench, name, before, now, verdict }) =>
        `${verdict}: ${bench}, ${name}: ${ratio(now)} times the reference, ${ratio(before)} before`,
    );
}

function verdict(before: Figure, now: Figure): Comparison["verdict"] {
  const [low, high] = range(before);
  const [lowNow, highNow] = range(now);
  const change = (now.ratio as number) / (before.ratio as number) - 1;
  if (Math.abs(change) <= tolerance || (lowNow <= high && low <= highNow)) return "same";
  return change > 0 === (now.better === "lower") ? "worse" : "better";
}

/** Ratios that the quartiles of both series allow. */
function range({ spread: [low, high], reference }: Figure): [number, number] {
  const [lowest, highest] = (reference as Series).spread;
  return [low / highest, high / lowest];
}
