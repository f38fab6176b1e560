/** `npm run docs:package`: makes the schema of the component package anew, for which the engine asks the package. */
import { writeFileSync } from "node:fs";
import { Lines } from "../local/display/lines";
import { ensureEngine } from "../local/setup";
import { packageSchema, schemaFile } from "./packageSchema/schema";

async function main(): Promise<void> {
  await ensureEngine({ display: new Lines({ write: (line) => console.log(`set-up:${line}`) }) });
  writeFileSync(schemaFile, await packageSchema());
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
