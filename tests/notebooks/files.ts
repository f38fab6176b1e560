import { readFileSync } from "node:fs";
import * as path from "node:path";
import { librariesFor } from "../../components/databricks/runtime";
import { projectRoot } from "../../local/paths";

const separator = "\n// COMMAND ----------\n";

/** What a job puts on its cluster for the notebooks. */
export const libraries = librariesFor("16.4.x-scala2.12");

/** The text of a notebook, as it is deployed. */
export function readNotebook(name: "KafkaProducer" | "KafkaConsumer"): string {
  return readFileSync(path.join(projectRoot, "notebooks", `${name}.scala`), "utf8");
}

/** The cells of a notebook that come before `val NAME = `, with that line left out: its definitions, nothing run. */
export function definitionsOf(name: "KafkaProducer" | "KafkaConsumer", until: string): string[] {
  const source = readNotebook(name).replace(/^.*\n/, "");
  const end = source.indexOf(`\nval ${until} = `);
  if (end < 0) throw new Error(`${name} has no line \`val ${until} = \``);
  return source.slice(0, end).split(separator);
}
