import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";

const projectRoot = path.join(__dirname, "..");

/**
 * Writes what a generator makes, where it is another text by now. With `--check` on the command line it writes nothing:
 * where a file is stale it says so, and this process ends with 1.
 *
 * @param command what makes the files anew, such as `npm run docs:twin`
 * @param files text of each file, by its path
 * @param isCheck default: whether `--check` is on the command line
 */
export function writeOrCheck(
  command: string,
  files: Readonly<Record<string, string>>,
  isCheck = process.argv.includes("--check"),
): void {
  const stale = Object.entries(files).filter(
    ([file, text]) => !existsSync(file) || readFileSync(file, "utf8") !== text,
  );
  if (!isCheck) for (const [file, text] of stale) writeFileSync(file, text);
  else if (stale.length > 0) {
    console.error(
      `Stale: ${stale.map(([file]) => path.relative(projectRoot, file)).join(", ")}. Make anew: ${command}`,
    );
    process.exitCode = 1;
  }
}
