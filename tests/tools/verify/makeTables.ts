import { cpSync, readFileSync, rmSync } from "node:fs";
import * as path from "node:path";
import { TestEngine } from "../../local/engines/spark/runs";

/** Makes `tables/` anew by `tables.scala`, with the local environment's Spark and Delta, and without Hadoop's checksums. */
async function makeTables(): Promise<void> {
  const twin = new TestEngine();
  try {
    const { result, log } = await twin.run(readFileSync(path.join(__dirname, "tables.scala"), "utf8"));
    if (result.outcome !== "SUCCESS") throw new Error(`${JSON.stringify(result)}\n${log}`);
    const tables = path.join(__dirname, "tables");
    rmSync(tables, { recursive: true, force: true });
    const filter = (file: string) => !file.endsWith(".crc");
    cpSync(twin.onDisk("/Volumes/main/streaming/tables"), tables, { recursive: true, filter });
  } finally {
    await twin.close();
  }
}

void makeTables();
