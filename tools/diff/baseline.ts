import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import * as path from "node:path";
import { filesBelow } from "../../local/files";
import { blockOf } from "../../local/network/unrouted";
import { projectRoot } from "../../local/paths";
import { pulumiOrigin } from "../../local/setup/pulumi";
import { makeFolder, touch } from "./cache";
import { filesBelow as programFiles } from "./program";
import { Sandbox } from "./sandbox";
import type { Source } from "./source";
import { type RunnableConfiguration, readConfiguration } from "./standIns";
import { inTurn } from "./turn";

/** The base version cannot be deployed. The message is the engine's. */
export class CannotDeploy extends Error {}

/** Folder with what a deployment of a version of the project leaves; nothing, where that version does not know the stack. */
export interface Baseline {
  home: string;
  configuration?: RunnableConfiguration;
}

/**
 * What `base` leaves when it is deployed as `stack`: kept from an earlier run where nothing it depends on differs, else
 * made, which takes some ten seconds. A deployment that fails leaves nothing behind.
 *
 * @throws CannotDeploy when that version cannot be deployed
 */
export async function baseline(base: Source, stack: string, cache: string): Promise<Baseline> {
  const isKnown = existsSync(path.join(base.folder, `Pulumi.${stack}.yaml`));
  const configuration = isKnown ? readConfiguration(base.folder, stack, cache) : undefined;
  const home = path.join(cache, "states", `${stack}-${contentOf(base, configuration)}`);
  if (existsSync(home)) {
    touch(home);
    return { home, configuration };
  }
  // Under another name until it is whole: of half a deployment the engine's and the services' states may differ.
  const unfinished = mkdtempSync(path.join(makeFolder(path.dirname(home)), "new-"));
  try {
    await inSandbox(unfinished, stack, async (sandbox) => {
      const failure = configuration && (await sandbox.install(base, configuration));
      if (failure !== undefined) throw new CannotDeploy(failure);
    });
    // Another comparison may have made the same meanwhile.
    if (!existsSync(home)) renameSync(unfinished, home);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return { home, configuration };
}

/** Runs `work` in a sandbox that begins as the baseline is, and leaves the baseline as it is. */
export async function onCopy<T>({ home }: Baseline, stack: string, work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  const copy = mkdtempSync(path.join(path.dirname(home), "run-"));
  try {
    cpSync(home, copy, { recursive: true });
    return await inTurn(blockOf(home), () => inSandbox(copy, stack, work));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Runs `work` in a sandbox where nothing is deployed, and leaves nothing of it. */
export async function onNothing<T>(stack: string, cache: string, work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  const home = mkdtempSync(path.join(makeFolder(path.join(cache, "states")), "run-"));
  try {
    return await inSandbox(home, stack, work);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function inSandbox<T>(home: string, stack: string, work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  const sandbox = await Sandbox.open(home, stack);
  try {
    return await work(sandbox);
  } finally {
    await sandbox.close();
  }
}

/**
 * What the state depends on beside the stack: that version's program and packages, its configuration with what is made up
 * in it, how it is compiled and run, the services that stand for Azure, the engine.
 */
export function contentOf(base: Source, configuration: RunnableConfiguration | undefined): string {
  const hash = createHash("sha256");
  const add = (name: string, content: string | Buffer) => hash.update(`\0${name}\0`).update(content);
  if (configuration) {
    const { values, secrets } = configuration;
    add("configuration", JSON.stringify({ values, secrets }));
    // Of other stack files the program knows nothing.
    const program = programFiles(base.folder).filter((file) => !/^Pulumi\..+\.yaml$/.test(file));
    for (const file of program.sort()) add(file, readFileSync(path.join(base.folder, file)));
  }
  const tools = ["local", path.relative(projectRoot, __dirname)].flatMap((folder) =>
    filesBelow(path.join(projectRoot, folder)),
  );
  add("packages", readFileSync(path.join(projectRoot, "package-lock.json")));
  for (const file of tools.filter((each) => !isRendering(each))) {
    add(path.relative(projectRoot, file), readFileSync(file));
  }
  add("engine", pulumiOrigin()?.version ?? "");
  add("node", process.version);
  return hash.digest("hex").slice(0, 16);
}

/** How a report looks changes nothing of what it is about. */
function isRendering(file: string): boolean {
  return path.dirname(file) === path.join(__dirname, "render");
}
