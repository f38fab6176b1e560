import { table, withTables } from "../../tools/markdown";
import type { Machine, Result, Results } from "../model";
import { ratioChart, svg, timelineChart } from "./charts";
import { heading, rows } from "./rows";

/** Puts the results into the page: a table for each bench, in the place that has its name. */
export function withResults(page: string, results: Results): string {
  return withTables(
    page,
    Object.fromEntries(Object.entries(results).map(([name, result]) => [name, section(name, result)])),
  );
}

/** The pictures that the page shows, as SVG, by name of their file. */
export function pictures(results: Results): Record<string, string> {
  const drawn: Record<string, string> = { "ratios.svg": svg(ratioChart(results)) };
  for (const [name, { timeline }] of Object.entries(results)) {
    if (timeline) drawn[`${name}.svg`] = svg(timelineChart(timeline));
  }
  return drawn;
}

function section(name: string, result: Result): string {
  const when = result.date.replace("T", " ").replace("Z", " UTC");
  const picture = result.timeline ? `\n\n![What takes how long, step by step](performance/${name}.svg)` : "";
  return `${table(heading, rows(result))}\n\nMeasured ${when} on ${inWords(result.machine)}.${picture}`;
}

function inWords({ processor, cores, memoryGB, system, node, java, pulumi }: Machine): string {
  return `${cores} cores of ${processor}, ${memoryGB} GB, ${system}, Node ${node}, Java ${java}, Pulumi ${pulumi}`;
}
