import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findOnPath, isExecutable, runCommand } from "./command";
import { isAtLeast } from "./version";

const modules = path.join(__dirname, "go");
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/**
 * What is built. The Node language host is no module of its own at the engine's version; 3.68.0 of the SDK is the
 * newest that still contains it, and the engine works with it.
 */
const targets = [
  { module: "pulumi", main: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", program: "pulumi", label: "Pulumi CLI" },
  {
    module: "language-host",
    main: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    program: "pulumi-language-nodejs",
    label: "Node language host",
    version: "3.68.0",
  },
];

export interface PulumiBuild {
  version: string;
  /** Folder that gets the programs. */
  bin: string;
  /** Folder for modules and compiled packages (4 GB); kept when the build is interrupted, deleted when it is done. */
  work: string;
  onProgress: (text: string) => void;
}

/** Changes with the pinned modules. */
export function goModulesFingerprint(): string {
  const hash = createHash("sha256");
  for (const { module } of targets) {
    for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(path.join(modules, module, file)));
  }
  return hash.digest("hex");
}

/** The Go version that the pinned modules ask for. */
export function requiredGo(): string {
  return /^go (\S+)$/m.exec(readFileSync(path.join(modules, "pulumi", "go.mod"), "utf8"))?.[1] ?? "";
}

/**
 * Builds Pulumi's CLI and Node language host from the pinned Go modules: about 5 minutes on 2 cores. Every module is
 * checked against the committed go.sum. Rejects with the reason when there is no Go that can do it.
 */
export async function buildPulumi({ version, bin, work, onProgress }: PulumiBuild): Promise<void> {
  const env = environment(work);
  const go = await findGo(env);
  for (const target of targets) {
    const options = { cwd: path.join(modules, target.module), env };
    onProgress(`fetching the Go modules of the ${target.label}`);
    const packages = (await runCommand(go, ["list", "-deps", target.main], options)).trim().split("\n").length;
    let compiled = 0;
    let told = 0;
    const onErrorLine = () => {
      const percent = Math.floor((++compiled / packages) * 100);
      if (percent < told + 10 || percent > 100) return;
      told = percent;
      onProgress(`building the ${target.label}: ${percent}%`);
    };
    const fresh = path.join(bin, `.${target.program}.new`);
    const flags = `-s -w -X ${versionVariable}=v${target.version ?? version}`;
    await runCommand(go, ["build", "-v", "-trimpath", "-ldflags", flags, "-o", fresh, target.main], {
      ...options,
      onErrorLine,
    });
    renameSync(fresh, path.join(bin, target.program));
  }
  rmSync(work, { recursive: true, force: true });
}

/** Everything that Go writes stays below `work`; what the user configured for Go (proxy, checksum server) still counts. */
function environment(work: string): NodeJS.ProcessEnv {
  const folders = {
    GOPATH: path.join(work, "path"),
    GOCACHE: path.join(work, "cache"),
    GOTMPDIR: path.join(work, "tmp"),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  const configuration = process.env.XDG_CONFIG_HOME ?? path.join(os.homedir(), ".config");
  // Go keeps counters in the folder for configuration, so that is moved, and its settings are named where they are.
  const linux = {
    XDG_CONFIG_HOME: path.join(work, "config"),
    GOENV: process.env.GOENV ?? path.join(configuration, "go", "env"),
  };
  return {
    ...process.env,
    ...folders,
    ...(process.platform === "linux" ? linux : {}),
    GOMODCACHE: path.join(work, "path", "pkg", "mod"),
    GOFLAGS: "-mod=readonly -modcacherw",
    GOWORK: "off",
    // The Go that is here, rather than one that it would download; and no C compiler needed.
    GOTOOLCHAIN: "local",
    CGO_ENABLED: "0",
  };
}

async function findGo(env: NodeJS.ProcessEnv): Promise<string> {
  const needed = requiredGo();
  const found: string[] = [];
  const candidates = [...findOnPath("go"), "/usr/local/go/bin/go"].filter(isExecutable);
  for (const go of new Set(candidates)) {
    const output = await runCommand(go, ["env", "GOVERSION"], { env }).catch((error: Error) => error.message);
    const version = /^go(\d+(?:\.\d+)*)/.exec(output)?.[1];
    if (version && isAtLeast(version, needed)) return go;
    found.push(version ? `${go} is ${version}` : `${go} does not start`);
  }
  throw new Error(`building needs Go ${needed} or later: ${found.join(", ") || "there is no go on PATH"}`);
}
