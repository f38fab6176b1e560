import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { projectRoot, toolPaths } from "../../local/paths";
import { engineVariables } from "../../local/stack/environment";
import { packagePlugin } from "./plugin";

/** Where the schema is kept. */
export const schemaFile = path.join(projectRoot, "plugin", "schema.json");

/**
 * The schema of the component package, as `pulumi package get-schema` prints it once it has checked it.
 *
 * @throws Error with what the engine said, such as which argument of which component no schema can express
 */
export async function packageSchema(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "package-"));
  try {
    const env = engineVariables(folder, toolPaths());
    mkdirSync(env.TMPDIR, { recursive: true });
    const args = ["package", "get-schema", await packagePlugin(folder)];
    const { stdout } = await execa("pulumi", args, { cwd: folder, env });
    return `${stdout}\n`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
