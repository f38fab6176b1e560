import { readEndpoints } from "../endpoints";
import { twinPaths } from "../paths";
import { mergedEnvironment } from "../stack/clientEnvironment";
import { withoutOwnPassphrase } from "../stack/environment";

/**
 * Prints what other clients need to work with the twin: Azure's and Databricks' SDKs and command lines, curl, ssh and
 * Kafka's own tools. As `export` lines for `eval`, or as JSON.
 */
export async function environment(options: { json?: boolean }): Promise<void> {
  const variables = await mergedEnvironment();
  if (readEndpoints(twinPaths().root)?.network.mode === "namespaces") {
    console.error(
      "Kafka, Ambari and SSH are in networks of their own: what needs them runs with `npm run local -- exec -- <command>`, " +
        "or inside one with `exec --in <network>`.",
    );
  }
  if (options.json) {
    console.log(JSON.stringify(variables, null, 2));
    return;
  }
  for (const key of Object.keys(withoutOwnPassphrase)) console.log(`unset ${key}`);
  for (const [key, value] of Object.entries(variables)) {
    console.log(`export ${key}='${value.replaceAll("'", "'\\''")}'`);
  }
}
