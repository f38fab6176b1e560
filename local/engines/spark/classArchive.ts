import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { projectRoot, type ToolPaths } from "../../paths";
import { javaBinary } from "../../setup/prerequisites";
import { jvmArguments, jvmEnvironment, requireSpark, sparkClasspath, sparkConfiguration } from "./jvm";

/**
 * The class-data archive (AppCDS) for the jars, the runner and the Java there are now, `undefined` when there is none.
 * With it a run takes a third less processor time; without it everything works, only later.
 */
export function currentArchive(tools: ToolPaths): string | undefined {
  const file = archiveFile(tools);
  return existsSync(file) ? file : undefined;
}

/**
 * Makes the archive by running a notebook that does a little of everything; about 40 s of one core and 190 MB of
 * disk, once. Does nothing when it is there. Rejects with the end of the run's output when the run fails.
 */
export async function buildClassArchive(tools: ToolPaths): Promise<void> {
  requireSpark(tools);
  const file = archiveFile(tools);
  if (existsSync(file)) return;
  const folder = mkdtempSync(path.join(tools.root, "class-archive-"));
  try {
    const temporary = path.join(folder, "tmp");
    mkdirSync(temporary);
    const archive = path.join(folder, "archive.jsa");
    const jvm = [
      ...jvmArguments({ temporary }),
      `-XX:ArchiveClassesAtExit=${archive}`,
      // The archive is written by an orderly exit only. It warns of thousands of classes that it leaves out.
      "-Dtwin.orderlyExit=true",
      "-Xlog:disable",
      "-Xlog:all=error:stderr",
    ];
    const source = readFileSync(path.join(projectRoot, "local", "engines", "spark", "training.scala"), "utf8");
    const sparkConf = sparkConfiguration({ volumes: path.join(folder, "volumes"), scratch: folder });
    const main = ["twin.notebook.Runner", path.join(folder, "result.json"), folder];
    const training = promisify(execFile)(javaBinary(), [...jvm, ...main], {
      cwd: folder,
      env: jvmEnvironment(tools, { temporary }),
      timeout: 300_000,
    });
    training.child.stdin?.end(JSON.stringify({ name: "training", source, parameters: {}, secrets: {}, sparkConf }));
    await training.catch(({ message, stdout, stderr }) => {
      const said = `${message}\n${stdout}\n${stderr}`.trimEnd().split("\n").slice(-15).join("\n");
      throw new Error(`The class-data archive could not be made:\n${said}`);
    });
    renameSync(archive, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In the runner's folder, so that compiling the runner anew throws the archive away too. */
function archiveFile(tools: ToolPaths): string {
  const hash = createHash("sha256").update(javaBinary());
  for (const file of sparkClasspath(tools)) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`\0${file}\0${size}\0${mtimeMs}`);
  }
  return path.join(tools.runner, `classes-${hash.digest("hex").slice(0, 16)}.jsa`);
}
