import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execaSync } from "execa";
import { projectRoot, toolPaths } from "../../local/paths";
import { processesNaming } from "../local/processes";

/**
 * The project in a folder of its own, as somebody has it who cloned it: a repository with a branch `main`, an edit of which
 * nobody knows. Packages and tools are those of the project.
 */
export class Copy {
  readonly folder = mkdtempSync(path.join(tmpdir(), "docs-"));

  /** @param octet the second one of Kafka's network, which no other test has */
  constructor(octet: number) {
    const files = this.git(projectRoot, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0");
    for (const file of files.filter(Boolean)) {
      cpSync(path.join(projectRoot, file), path.join(this.folder, file), { recursive: true });
    }
    symlinkSync(path.join(projectRoot, "node_modules"), path.join(this.folder, "node_modules"));
    const local = path.join(this.folder, "Pulumi.local.yaml");
    const network = `  streaming:kafkaAddressSpace: 10.${octet}.0.0/16\n  streaming:kafkaSubnetPrefix: 10.${octet}.0.0/24\n`;
    writeFileSync(local, readFileSync(local, "utf8").replace("config:\n", `config:\n${network}`));
    this.git(this.folder, "init", "--quiet", "--initial-branch", "main");
    // `node_modules` is a link here, which the pattern for folders does not ignore.
    this.git(this.folder, "add", "--all", "--", ".", ":!node_modules");
    this.git(
      this.folder,
      "-c",
      "user.name=test",
      "-c",
      "user.email=test@example.com",
      "commit",
      "--quiet",
      "-m",
      "all",
    );
    this.git(this.folder, "tag", "v1.2");
    this.git(this.folder, "branch", "feature");
    this.git(this.folder, "update-ref", "refs/remotes/origin/main", "HEAD");
  }

  /** What a command finds in its environment: tools that are there, no login, a backend in this folder for stacks of Azure. */
  environment(): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(([name]) => !/^(?:PULUMI|ARM|AZURE|npm)_|COLOR/.test(name));
    return {
      ...Object.fromEntries(kept),
      NO_COLOR: "1",
      STREAMING_TOOLS_DIR: toolPaths().root,
      PATH: `${process.env.PATH}${path.delimiter}${toolPaths().bin}`,
      PULUMI_HOME: path.join(this.folder, ".local", "home"),
      PULUMI_BACKEND_URL: `file://${this.folder}`,
      PULUMI_CONFIG_PASSPHRASE: "of tests",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
  }

  /** Removes it. Throws when processes of it are left. */
  remove(): void {
    const left = processesNaming(this.folder);
    rmSync(this.folder, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`Processes were left:\n${left.join("\n")}`);
  }

  private git(cwd: string, ...args: string[]): string {
    return execaSync("git", args, { cwd }).stdout;
  }
}
