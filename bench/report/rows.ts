import { isMet } from "../measure/figure";
import type { Figure, Findings } from "../model";
import { inWords, ratio, withSpread } from "./words";

/** Heading of `rows`. */
export const heading = ["Figure", "Median (quartiles)", "Reference", "Ratio", "Target"];

/** Figures as a table's rows, for a terminal and for the documentation. */
export function rows({ figures }: Findings): string[][] {
  return figures.map((figure) => [
    figure.name,
    withSpread(figure, figure.unit),
    figure.reference ? `${withSpread(figure.reference, figure.unit)}, ${figure.reference.name}` : "",
    ratio(figure),
    target(figure),
  ]);
}

function target(figure: Figure): string {
  if (!figure.target) return "";
  return `${inWords(figure.target, figure.unit)}: ${isMet(figure) ? "met" : "missed"}`;
}
