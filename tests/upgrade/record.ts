/**
 * `npx tsx tests/upgrade/record.ts VERSION REF`: deploys a release on the services that stand for Azure, and keeps the
 * state that it leaves, for the test that brings it to the version of now. Nothing here is anybody's: every secret is made
 * up, and encrypted all the same.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Lines } from "../../local/display/lines";
import { projectRoot } from "../../local/paths";
import { ensureEngine } from "../../local/setup";
import { loadKeys } from "../../local/setup/keys";
import { baseline, onCopy } from "../../tools/diff/baseline";
import { checkOut } from "../../tools/diff/source";
import { type Release, releaseFolder, stackName } from "./release";

/** What the services know of what they have. The rest is about what runs: Kafka, its nodes, and notebooks. */
const services = ["addresses.json", "arm", "clusters", "databricks"];
const isOfWhatRuns = (file: string) => /\/hn\d-|ssh_host_|\/runs\.json$/.test(file);

async function record(version: string, ref: string): Promise<void> {
  await ensureEngine({ display: new Lines({ write: console.log }) });
  const cache = path.join(projectRoot, ".local", "diff");
  const source = await checkOut(ref, cache);
  const deployed = await baseline(source, stackName, cache);
  const { azure, passphrase } = await loadKeys(deployed.home);
  const { tenantId, subscriptionId, clientId } = azure;
  const release: Release = { commit: source.commit, passphrase, azure: { tenantId, subscriptionId, clientId } };

  const folder = releaseFolder(version);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "release.json"), `${JSON.stringify(release, null, 2)}\n`);
  await onCopy(deployed, stackName, async (sandbox) =>
    writeFileSync(path.join(folder, "state.json"), await sandbox.state()),
  );
  cpSync(path.join(deployed.home, "stack", "effective.yaml"), path.join(folder, `Pulumi.${stackName}.yaml`));
  for (const name of services) {
    cpSync(path.join(deployed.home, name), path.join(folder, "services", name), {
      recursive: true,
      filter: (file) => !isOfWhatRuns(file),
    });
  }
  refuseTraces(folder);
}

/** @throws Error when something of this machine is in the files. */
function refuseTraces(folder: string): void {
  const traces = [projectRoot, os.homedir(), os.tmpdir()];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const found = traces.filter((trace) => readFileSync(file, "utf8").includes(trace));
    if (found.length > 0) throw new Error(`\`${file}\` tells of this machine: ${found.join(", ")}.`);
  }
}

const [version, ref] = process.argv.slice(2);
if (!version || !ref) throw new Error("Usage: npx tsx tests/upgrade/record.ts VERSION REF");
record(version, ref).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
