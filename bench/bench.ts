import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Command, Option } from "commander";
import { Lines } from "../local/display/lines";
import { ensureSetup } from "../local/setup";
import { endWith, wholeMessage, wholeNumber } from "../tools/stack/command";
import { columns } from "../tools/table";
import { benches } from "./benches";
import { Ends } from "./ends";
import { describeMachine } from "./machine";
import type { Result, Results } from "./model";
import { compare, comparisonLines } from "./report/compare";
import { heading, rows } from "./report/rows";
import { addResults, committedResults, readResults } from "./results";

interface Flags {
  only?: string[];
  json?: string;
  compare?: true;
  rounds?: number;
}

const progress = (line: string) => console.error(line);

const program = new Command("bench")
  .description("Measures what people wait for, each beside what it is to be compared with, in turns.")
  .addOption(new Option("--only <name...>", "benches to run (default: all)").choices(Object.keys(benches)))
  .option("--json <file>", "write the results there; what it has of other benches stays")
  .option("--compare", "compare the ratios with bench/results.json; ends with 1 when one is worse")
  .option("--rounds <count>", "samples of each, for a quick look (default: as many as the bench needs)", wholeNumber);

async function main(flags: Flags): Promise<number> {
  if (process.platform !== "linux") {
    throw new Error("Memory and processor time are read from Linux's /proc: run this on Linux.");
  }
  await ensureSetup({ display: new Lines({ write: progress }) });
  const before = readResults(committedResults);
  const results: Results = {};
  const failed: string[] = [];
  for (const name of flags.only ?? Object.keys(benches)) {
    try {
      results[name] = await run(name, flags);
    } catch (error) {
      // The others may well be what somebody waits for.
      console.error(`${name}: ${(error as Error).message}`);
      failed.push(name);
      continue;
    }
    console.log(`\n${name}: ${benches[name].about}\n\n${columns([heading, ...rows(results[name])])}\n`);
    if (flags.json) addResults(flags.json, { [name]: results[name] });
  }
  if (failed.length > 0) {
    console.error(`Not measured: ${failed.join(", ")}.`);
    return 2;
  }
  if (!flags.compare) return 0;
  const comparisons = compare(before, results);
  console.log(
    `${comparisons.length} ratios compared with bench/results.json.\n${comparisonLines(comparisons).join("\n")}`,
  );
  return comparisons.some(({ verdict }) => verdict === "worse") ? 1 : 0;
}

async function run(name: string, { rounds }: Flags): Promise<Result> {
  mkdirSync(tmpdir(), { recursive: true });
  const folder = mkdtempSync(path.join(tmpdir(), `bench-${name}-`));
  const begin = Date.now();
  const ends = new Ends();
  ends.add(async () => rmSync(folder, { recursive: true, force: true }));
  try {
    const findings = await benches[name].run({
      folder,
      rounds: (usual) => rounds ?? usual,
      atEnd: (stop) => ends.add(stop),
      progress: (line) => progress(`${name}: ${line}`),
    });
    progress(`${name}: ${Math.round((Date.now() - begin) / 1000)} s`);
    return { date: `${new Date().toISOString().slice(0, 16)}Z`, machine: describeMachine(), ...findings };
  } finally {
    await ends.run();
  }
}

void endWith(main(program.parse().opts<Flags>()), 2, wholeMessage);
