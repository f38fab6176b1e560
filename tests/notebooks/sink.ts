import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

/** How many batches a file sink has committed. */
export function committedBatches(folder: string): number {
  const log = path.join(folder, "_spark_metadata");
  return existsSync(log) ? readdirSync(log).filter((name) => /^\d+(\.compact)?$/.test(name)).length : 0;
}

/**
 * The rows of a JSON file sink, as Spark itself would read them: of the files that its log names, which leaves out what
 * a killed batch has written. Files are named by `dbfs:/Volumes/...`, wherever the volumes are kept.
 */
export function committedRows<Row>(folder: string): Row[] {
  const log = path.join(folder, "_spark_metadata");
  const numbers = readdirSync(log).filter((name) => /^\d+(\.compact)?$/.test(name));
  const compacted = Math.max(
    -1,
    ...numbers.filter((name) => name.endsWith(".compact")).map((name) => Number.parseInt(name, 10)),
  );
  const entries = numbers.filter((name) =>
    name.endsWith(".compact") ? Number.parseInt(name, 10) === compacted : Number(name) > compacted,
  );
  const files = entries.flatMap((name) => readFileSync(path.join(log, name), "utf8").trim().split("\n").slice(1));
  return files.flatMap((entry) => {
    const { path: file } = JSON.parse(entry) as { path: string };
    const text = readFileSync(path.join(folder, path.basename(decodeURIComponent(file))), "utf8");
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row);
  });
}
