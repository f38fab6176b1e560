import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../local/paths";
import { pulumiOrigin } from "../../local/setup/pulumi";
import { Sandbox } from "./sandbox";
import type { Source } from "./source";
import { type RunnableConfiguration, readConfiguration } from "./standIns";

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
  const home = path.join(cache, "states", `${stack}-${contentOf(base)}`);
  if (existsSync(home)) return { home, configuration };
  // Under another name until it is whole: of half a deployment the engine's and the services' states may differ.
  const unfinished = mkdtempSync(path.join(makeFolder(path.dirname(home)), "new-"));
  try {
    await inSandbox(unfinished, stack, async (sandbox) => {
      const { failure } = configuration ? await sandbox.deploy(base, configuration) : {};
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
    return await inSandbox(copy, stack, work);
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

function makeFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** What the state depends on beside the stack: that version's files, how they are compiled and run, the services that
 * stand for Azure, the engine. */
function contentOf(base: Source): string {
  const hash = createHash("sha256").update(path.basename(base.folder));
  const own = ["program.ts", "sandbox.ts"].map((file) => path.join(__dirname, file));
  const files = [...filesBelow(path.join(projectRoot, "local")), ...own];
  for (const file of files) hash.update(readFileSync(file));
  hash.update(pulumiOrigin()?.version ?? "");
  return hash.digest("hex").slice(0, 16);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
