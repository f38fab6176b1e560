import { median, quantileSorted } from "simple-statistics";
import type { Figure, Series, Target, Unit } from "../model";

/** Median and quartiles of samples. Throws when there are none. */
export function series(name: string, samples: readonly number[]): Series {
  const sorted = [...samples].sort((a, b) => a - b).map(rounded);
  if (sorted.length === 0) throw new Error(`There is no sample of \`${name}\`.`);
  return {
    name,
    samples: samples.map(rounded),
    median: rounded(median(sorted)),
    spread: [rounded(quantileSorted(sorted, 0.25)), rounded(quantileSorted(sorted, 0.75))],
  };
}

/** Puts samples beside those of the reference. */
export function figure(
  unit: Unit,
  subject: { name: string; samples: readonly number[] },
  reference?: { name: string; samples: readonly number[] },
  target?: Target,
): Figure {
  const measured = series(subject.name, subject.samples);
  const compared = reference && series(reference.name, reference.samples);
  return {
    ...measured,
    unit,
    better: unit === "records/s" ? "higher" : "lower",
    ...(compared && { reference: compared, ratio: rounded(measured.median / compared.median) }),
    ...(target && { target }),
  };
}

/** Whether a figure keeps to its target; undefined where it has none. */
export function isMet({ target, ratio, median }: Figure): boolean | undefined {
  if (!target) return undefined;
  const value = target.of === "ratio" ? ratio : median;
  if (value === undefined) throw new Error("A target for a ratio needs a reference.");
  return target.is === "at most" ? value <= target.limit : value >= target.limit;
}

/** Four digits that count: more is noise, and makes files that change all over. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
